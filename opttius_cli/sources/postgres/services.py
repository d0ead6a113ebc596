"""The service file of libpq: names for connections, with everything that belongs to each.

It is read here, too, because whether a host is this machine decides whether encryption is demanded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping


def service(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the service called ``name``. Raises SourceError when no file defines it."""
    for file in _files(environment):
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if (found := _section(text, name)) is not None:
            return found
    raise SourceError(
        _(
            "There is no service of that name. Define it in ~/.pg_service.conf (or in the file that "
            "PGSERVICEFILE names): a line [NAME], below it host=…, port=…, dbname=…, user=…"
        )
    )


def _files(environment: Mapping[str, str]) -> list[Path]:
    home = environment.get("HOME")
    users = environment.get("PGSERVICEFILE") or (str(Path(home) / ".pg_service.conf") if home else None)
    system = environment.get("PGSYSCONFDIR", "/etc/postgresql-common")
    return [Path(file) for file in (users, str(Path(system) / "pg_service.conf")) if file]


def _section(text: str, name: str) -> dict[str, str] | None:
    """The lines ``key=value`` below ``[name]``; None when there is no such section."""
    found: dict[str, str] | None = None
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            if found is not None:
                return found
            found = {} if line == f"[{name}]" else None
        elif found is not None and "=" in line and not line.startswith("#"):
            key, _equals, value = line.partition("=")
            found[key.strip()] = value.strip()
    return found
