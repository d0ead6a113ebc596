"""The text of a header: TOML in the comments at the top of an SQL file, between two ``-- ---`` lines.

Every error names the file, the line and the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.reports.schema_checks import InvalidValueError
from opttius_cli.toml_file import InvalidTomlError, parse_text
from opttius_cli.toml_lines import find_line

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.reports.schema_checks import Check, KeyPath

FENCE = "-- ---"


class HeaderError(ConfigError):
    """A file of sql/, or a user's report, whose declarations cannot be used."""

    def __init__(self, file: str, line: int, reason: str, path: KeyPath = ()) -> None:
        key = ".".join(path)
        super().__init__(
            _("{file}, line {line}: {key}: {why}", file=file, line=line, key=key, why=reason)
            if key
            else _("{file}, line {line}: {why}", file=file, line=line, why=reason)
        )


def escape_name(name: str) -> str:
    """Return a file's name with an escape in place of each character that cannot be printed."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in name)


def read_report_file(file: Path) -> str:
    """Read the text of a report. Raises HeaderError when it cannot be read or named, or is not UTF-8."""
    if not file.name.isprintable():
        raise HeaderError(
            escape_name(str(file)), 1, _("its name has a character that cannot be printed. Rename it.")
        )
    try:
        if not file.is_file():
            raise HeaderError(str(file), 1, _("it is not a file that can be read"))
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except UnicodeDecodeError as error:
        raise HeaderError(str(file), 1, _("it is not in UTF-8. Save it as UTF-8.")) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise HeaderError(str(file), 1, _("it cannot be read: {why}", why=why)) from error


def split_header(sql: str, file: str) -> tuple[str, str]:
    """Return the TOML between the fences of ``sql``, and the SQL after them.

    Raises:
        HeaderError: there is no header.
    """
    lines = [line.rstrip("\r") for line in sql.split("\n")]
    if lines[0].rstrip() != FENCE:
        raise HeaderError(file, 1, _("it must begin with a line “-- ---”"))
    for end, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            header = [row.removeprefix("--").removeprefix(" ") for row in lines[1:end]]
            return "\n".join(header), "\n".join(lines[end + 1 :])
        if not line.startswith("--"):
            raise HeaderError(file, end + 1, _("a line “-- ---” must end the header before the SQL"))
    raise HeaderError(file, len(lines), _("a line “-- ---” must end the header before the SQL"))


def parse_header(header: str, file: str, check: Check, first_line: int = 2) -> dict[str, Any]:
    """Parse the TOML ``header``, and check it against a schema; ``first_line`` is its first line in ``file``.

    Raises:
        HeaderError: it is not valid TOML, or ``check`` rejects it.
    """
    try:
        table = parse_text(header)
    except InvalidTomlError as error:
        reason = _('this is not valid TOML; write each key once, for example shape = "rows"')
        raise HeaderError(file, first_line - 1 + error.line, reason) from error
    try:
        check(table, ())
    except InvalidValueError as error:
        raise build_error(header, file, error, first_line) from error
    return table


def build_error(header: str, file: str, error: InvalidValueError, first_line: int = 2) -> HeaderError:
    """Return the error that names the line of a wrong key."""
    line = first_line - 1 + find_line(header, error.path)
    return HeaderError(file, line, error.reason, error.path)
