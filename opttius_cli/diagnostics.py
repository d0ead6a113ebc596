"""Exit codes, and the only writer to stderr; stdout is for data alone."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli import errors, sigint
from opttius_cli.i18n import _
from opttius_cli.redaction import redact_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

SUCCESS, UNEXPECTED, USAGE, INTERRUPTED = 0, 1, 2, sigint.EXIT_CODE

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
    return next(
        (_EXIT_CODES[error_class] for error_class in type(error).__mro__ if error_class in _EXIT_CODES),
        UNEXPECTED,
    )


@dataclass(slots=True)
class RowRate:
    """Measure the rows per second of the table that is being loaded."""

    _table: str = ""
    _started: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def record_rows(self, table: str, rows: int) -> float:
        """Return the rate, now that ``rows`` of ``table`` have arrived."""
        now = time.monotonic()
        if table != self._table:
            self._table, self._started = table, self._last
        self._last = now
        return rows / max(now - self._started, 0.001)


@dataclass(slots=True)
class Reporter:
    """Write to stderr: errors and notes, also details (``--verbose``), or errors only (``--quiet``)."""

    quiet: bool = False
    verbose: bool = False

    def show_error(self, sentence: str, commands: Sequence[str] = ()) -> None:
        """Show why the command failed, and lines from which one can be copied.

        On a terminal the sentence is wrapped between words, and what it says to type is on a line of its own.
        """
        text = _clean_line(_("Error: {sentence}", sentence=sentence))
        lines = [text]
        if sys.stderr is not None and sys.stderr.isatty():
            lines = layout_error(text, shutil.get_terminal_size((80, 24)).columns)
        for line in (*lines, *(f"    {command}" for command in commands)):
            self._write_line(line)

    def show_note(self, sentence: str) -> None:
        """Show something a person should know; silent under ``--quiet``."""
        if not self.quiet:
            self._write_line(sentence)

    def show_detail(self, sentence: str) -> None:
        """Show how the work went; only under ``--verbose``."""
        if self.verbose and not self.quiet:
            self._write_line(sentence)

    @property
    def shows_progress(self) -> bool:
        """Return whether anybody sees progress: only a terminal shows it."""
        return not self.quiet and sys.stderr.isatty()

    def show_progress(self, sentence: str) -> None:
        """Show what is being done, on one line that the next one replaces; only on a terminal."""
        if self.shows_progress:
            sys.stderr.write(f"\r\x1b[2K{_clean_line(sentence)}")
            sys.stderr.flush()

    def clear_progress(self) -> None:
        """Clear the line of progress."""
        if self.shows_progress:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    @staticmethod
    def _write_line(sentence: str) -> None:
        if sys.stderr is None:
            return
        try:
            sys.stderr.write(_clean_line(sentence) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            # Nobody reads stderr any more; the exit code remains.
            return


_TO_TYPE = re.compile(
    r"(?<![\w“/.(-])(?P<typed>(?:opttius|pip install|pipx|systemctl|chmod|crontab) [^;“”()]*?"
    r"|(?<=[a-zñ] )--[a-z-]+(?: [A-ZÁÉÍÓÚÑ]+)?)"
    r"(?P<end>\.(?=\s|$)|,(?= )|;|$| (?=to |para )| \()"
)
"""A command or an option in a sentence, up to the sign or the words that end it."""
_INDENT = "    "


def layout_error(sentence: str, width: int) -> list[str]:
    """Return the lines of a sentence: wrapped, and every command that it says on a line of its own."""
    lines: list[str] = []
    position = 0
    for match in _TO_TYPE.finditer(sentence):
        lines += _wrap(sentence[position : match.start()], width)
        lines.append(_INDENT + match["typed"].rstrip())
        position = match.end("typed") + (match["end"] in {".", ","})
    return lines + _wrap(sentence[position:], width)


def _wrap(text: str, width: int) -> list[str]:
    """Wrap ``text`` between words; what can be copied, such as a path, is never broken."""
    return textwrap.wrap(text.strip(), width, break_long_words=False, break_on_hyphens=False)


_TO_PLAIN_SPACES = str.maketrans("\u00a0\u202f", "  ")
"""Amounts contain no-break spaces, which Python does not count as printable."""


def _clean_line(sentence: str) -> str:
    """Return ``sentence`` on one line, without passwords and without control characters.

    So no value can control the terminal or look like another message.
    """
    # A password may continue on the next line, so the lines are joined before it is redacted.
    one_line = redact_secrets("⏎".join(sentence.splitlines())).translate(_TO_PLAIN_SPACES)
    return "".join(char if char.isprintable() else "�" for char in one_line)
