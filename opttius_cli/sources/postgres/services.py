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


def service(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Read the parameters of the service ``name``. Raises SourceError when no file defines it."""
    for file in _files(environment):
        try:
            found = _section(file.read_bytes(), name.encode("utf-8", "surrogateescape"))
        except OSError:
            continue
        if found is not None:
            return _decoded(found, file)
    raise SourceError(
        _(
            "There is no service of that name. Define it in ~/.pg_service.conf (or in the file that "
            "PGSERVICEFILE names): a line [NAME], and below it host=…, port=…, dbname=…, user=…"
        )
    )


def _files(environment: Mapping[str, str]) -> list[Path]:
    home = environment.get("HOME")
    users = environment.get("PGSERVICEFILE") or (str(Path(home) / ".pg_service.conf") if home else None)
    system = environment.get("PGSYSCONFDIR", "/etc/postgresql-common")
    return [Path(file) for file in (users, str(Path(system) / "pg_service.conf")) if file]


def _section(text: bytes, name: bytes) -> dict[bytes, bytes] | None:
    """Parse the lines ``key=value`` below ``[name]``; None without such a section.

    The first of equal keys counts.
    """
    found: dict[bytes, bytes] | None = None
    # Notepad writes a byte order mark at the start of a file.
    lines = text.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for line in (line.strip(_BLANKS) for line in lines):
        if line.startswith(b"["):
            if found is not None:
                return found
            found = {} if line.startswith(b"[" + name + b"]") else None
        elif found is not None and b"=" in line and not line.startswith(b"#"):
            key, _equals, value = line.partition(b"=")
            bare = key.rstrip(_BLANKS)
            # As in libpq: spaces after the equals sign belong to the value, unless there are some before it.
            found.setdefault(bare, value if bare == key else value.lstrip(_BLANKS))
    return found


def _decoded(found: Mapping[bytes, bytes], file: Path) -> dict[str, str]:
    """Decode the parameters, because the driver takes text. Raises SourceError."""
    try:
        return {key.decode(): value.decode() for key, value in found.items()}
    except UnicodeDecodeError:
        raise SourceError(
            _("{file} is not UTF-8 where it defines the service. Save it as UTF-8.", file=file)
        ) from None
