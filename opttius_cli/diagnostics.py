"""Exit codes, and the only writer to stderr. stdout is data and nothing else."""

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
    """The exit code of an error, by the nearest class that has one."""
    return next((_EXIT_CODES[kind] for kind in type(error).__mro__ if kind in _EXIT_CODES), UNEXPECTED)


def is_interruption(error: Exception) -> bool:
    """Whether an error is Ctrl-C: a library that was at work when it came says so in an error of its own.

    DuckDB has a class for it and sometimes a bare RuntimeError; Arrow repeats DuckDB's words while rows stream, in a
    bare OSError or one of its own. What any other error says, or after its first words, may be words of the data.
    """
    kind, text = type(error), str(error)
    return (
        kind.__name__ == "InterruptException"
        or (kind is RuntimeError and "interrupted" in text.lower())
        or ((kind is OSError or kind.__module__.startswith("pyarrow")) and text.startswith("INTERRUPT Error"))
    )


@dataclass(slots=True)
class Rate:
    """How many rows a second come of the table that is under way."""

    _table: str = ""
    _began: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def of(self, table: str, rows: int) -> float:
        """The rate, now that ``rows`` of ``table`` are there."""
        at = time.monotonic()
        if table != self._table:
            self._table, self._began = table, self._last
        self._last = at
        return rows / max(at - self._began, 0.001)


@dataclass(slots=True)
class Voice:
    """What may be said on stderr: everything, more (``--verbose``), or errors only (``--quiet``)."""

    quiet: bool = False
    verbose: bool = False

    def error(self, sentence: str) -> None:
        """Say why the command ended."""
        self._say(_("Error: {sentence}", sentence=sentence))

    def note(self, sentence: str) -> None:
        """Say something a person should know; silent under ``--quiet``."""
        if not self.quiet:
            self._say(sentence)

    def detail(self, sentence: str) -> None:
        """Say how it went; only under ``--verbose``."""
        if self.verbose and not self.quiet:
            self._say(sentence)

    def progress(self, sentence: str) -> None:
        """Show what is going on, on one line that the next one replaces; only on a terminal."""
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
            # Nobody listens to stderr any more; the exit code still tells.
            return


_PLAIN_SPACES = str.maketrans("\u00a0\u202f", "  ")
"""Amounts are held together by spaces that Python does not count among what can be printed."""


def _clean(sentence: str) -> str:
    """``sentence`` on one line, without passwords: no value may drive the terminal, or begin another message."""
    # A password may go on on the next line: joined first, it is masked with what it begins.
    spaced = masked("⏎".join(sentence.splitlines())).translate(_PLAIN_SPACES)
    return "".join(char if char.isprintable() else "�" for char in spaced)


def log_unexpected(folder: Path) -> Path | None:
    """Write the current exception to a private log file; returns its path, None when even that failed."""
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
    """An exception and what led to it: where it was, its type, and its message without values of the data."""
    if error is None:
        return ""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    led = _without_values(before)
    kind, message = type(error), _VALUES.sub("…", str(error))
    if kind.__module__.startswith(_OF_THE_DATA) and kind.__name__ not in _OF_THE_SQL:
        # What a library says of a value that it cannot use begins with the kind of fault and shows the value.
        message = message.partition(":")[0] + ": …"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return (
        f"{led}Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}: {message}\n"
    )
