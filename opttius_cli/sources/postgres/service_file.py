"""The service file of libpq: named connections with their parameters.

It is read here and never by libpq, because the host decides whether encryption is required. It is read as
bytes, as libpq does, so that only the service in use has to be UTF-8.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLANKS = b" \t\n\v\f\r"
"""The whitespace of C; other whitespace may be a part of a password."""


def read_service(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Read the parameters of the service ``name``. Raises SourceError when no file defines it."""
    for file in _list_files(environment):
        try:
            parameters = _parse_section(file.read_bytes(), name.encode("utf-8", "surrogateescape"))
        except OSError:
            continue
        if parameters is not None:
            return _decode_parameters(parameters, file)
    raise SourceError(
        _(
            "There is no service of that name. Define it in ~/.pg_service.conf (or in the file that "
            "PGSERVICEFILE names): a line [NAME], and below it host=…, port=…, dbname=…, user=…"
        )
    )


def _list_files(environment: Mapping[str, str]) -> list[Path]:
    home = environment.get("HOME")
    user_file = environment.get("PGSERVICEFILE") or (str(Path(home) / ".pg_service.conf") if home else None)
    system_folder = environment.get("PGSYSCONFDIR", "/etc/postgresql-common")
    return [Path(file) for file in (user_file, str(Path(system_folder) / "pg_service.conf")) if file]


def _parse_section(text: bytes, name: bytes) -> dict[bytes, bytes] | None:
    """Parse the lines ``key=value`` below ``[name]``; None without such a section.

    The first of equal keys counts.
    """
    parameters: dict[bytes, bytes] | None = None
    # Notepad writes a byte order mark at the start of a file.
    lines = text.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for line in (line.strip(_BLANKS) for line in lines):
        if line.startswith(b"["):
            if parameters is not None:
                return parameters
            parameters = {} if line.startswith(b"[" + name + b"]") else None
        elif parameters is not None and b"=" in line and not line.startswith(b"#"):
            key, _equals, value = line.partition(b"=")
            stripped = key.rstrip(_BLANKS)
            # As in libpq: spaces after the equals sign belong to the value, unless there are some before it.
            parameters.setdefault(stripped, value if stripped == key else value.lstrip(_BLANKS))
    return parameters


def _decode_parameters(parameters: Mapping[bytes, bytes], file: Path) -> dict[str, str]:
    """Decode the parameters, because the driver takes text. Raises SourceError."""
    try:
        return {key.decode(): value.decode() for key, value in parameters.items()}
    except UnicodeDecodeError:
        raise SourceError(
            _("{file} is not UTF-8 where it defines the service. Save it as UTF-8.", file=file)
        ) from None
