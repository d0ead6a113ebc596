"""Exit codes, and the only writer to stderr; stdout is for data alone."""

from __future__ import annotations

import re
import sys
import time
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opttius_cli import errors, private
from opttius_cli.addresses import masked
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

DONE, UNEXPECTED, USAGE, INTERRUPTED = 0, 1, 2, 130

_EXIT_CODES: dict[type[errors.OpttiusError], int] = {
    errors.CheckFailedError: 1,
    errors.UsageError: USAGE,
    errors.ConfigError: 3,
    errors.SourceError: 4,
    errors.NotAllowedError: 5,
    errors.NotFoundError: 6,
    errors.OutputError: 7,
    errors.AlertError: 10,
    errors.BusyError: 75,
}


def exit_code(error: errors.OpttiusError) -> int:
    """Return the exit code of an error, by the nearest class that has one."""
    return next((_EXIT_CODES[kind] for kind in type(error).__mro__ if kind in _EXIT_CODES), UNEXPECTED)


def is_interruption(error: Exception) -> bool:
    """Tell whether an error stands for Ctrl-C: a library that was running then raises an error of its own.

    DuckDB raises its own class or a bare RuntimeError; Arrow repeats DuckDB's message while rows stream, in a
    bare OSError or an error of its own. The text of any other error, or a later part of a text, may come from
    the data.
    """
    kind, text = type(error), str(error)
    return (
        kind.__name__ == "InterruptException"
        or (kind is RuntimeError and "interrupted" in text.lower())
        or ((kind is OSError or kind.__module__.startswith("pyarrow")) and text.startswith("INTERRUPT Error"))
    )


@dataclass(slots=True)
class Rate:
    """Measure the rows per second of the table that is being loaded."""

    _table: str = ""
    _began: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def of(self, table: str, rows: int) -> float:
        """Return the rate, now that ``rows`` of ``table`` have arrived."""
        at = time.monotonic()
        if table != self._table:
            self._table, self._began = table, self._last
        self._last = at
        return rows / max(at - self._began, 0.001)


@dataclass(slots=True)
class Voice:
    """Write to stderr: errors and notes, also details (``--verbose``), or errors only (``--quiet``)."""

    quiet: bool = False
    verbose: bool = False

    def error(self, sentence: str) -> None:
        """Show why the command failed."""
        self._say(_("Error: {sentence}", sentence=sentence))

    def note(self, sentence: str) -> None:
        """Show something a person should know; silent under ``--quiet``."""
        if not self.quiet:
            self._say(sentence)

    def detail(self, sentence: str) -> None:
        """Show how the work went; only under ``--verbose``."""
        if self.verbose and not self.quiet:
            self._say(sentence)

    def progress(self, sentence: str) -> None:
        """Show what is being done, on one line that the next one replaces; only on a terminal."""
        if not self.quiet and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{_clean(sentence)}")
            sys.stderr.flush()

    def progress_end(self) -> None:
        """Clear the line of progress."""
        if not self.quiet and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    @staticmethod
    def _say(sentence: str) -> None:
        if sys.stderr is None:
            return
        try:
            sys.stderr.write(_clean(sentence) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            # Nobody reads stderr any more; the exit code remains.
            return


_PLAIN_SPACES = str.maketrans("\u00a0\u202f", "  ")
"""Amounts contain no-break spaces, which Python does not count as printable."""


def _clean(sentence: str) -> str:
    """Return ``sentence`` on one line, without passwords and without control characters.

    So no value can control the terminal or look like another message.
    """
    # A password may continue on the next line, so the lines are joined before it is redacted.
    spaced = masked("⏎".join(sentence.splitlines())).translate(_PLAIN_SPACES)
    return "".join(char if char.isprintable() else "�" for char in spaced)


def log_unexpected(folder: Path) -> Path | None:
    """Write the current exception to a private log file; returns its path, None when that failed too."""
    try:
        private.make_folder(folder)
        file = folder / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
        file.touch(mode=0o600)
        file.write_text(masked(_without_values(sys.exc_info()[1])), encoding="utf-8")
    except OSError:
        return None
    return file


_OF_THE_DATA = ("_duckdb", "duckdb", "pyarrow")
_OF_THE_SQL = {
    "BinderException",
    "CatalogException",
    "ParserException",
    "SyntaxException",
    "InternalException",
}
_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|\S+@\S+|\d[\d.\- ]{5,}[\dkK]")


def _without_values(error: BaseException | None) -> str:
    """Format an exception and its causes: traceback, type, and message without values of the data."""
    if error is None:
        return ""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    led = _without_values(before)
    kind, message = type(error), _VALUES.sub("…", str(error))
    if kind.__module__.startswith(_OF_THE_DATA) and kind.__name__ not in _OF_THE_SQL:
        # A library's message about a bad value begins with the kind of error; then it shows the value.
        message = message.partition(":")[0] + ": …"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return (
        f"{led}Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}: {message}\n"
    )
