"""Read keys from a terminal, one at a time and without echo; where there is no terminal, only wait."""

from __future__ import annotations

import os
import select
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = {
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"k": "up",
    b"\x1b[B": "down",
    b"\x1bOB": "down",
    b"j": "down",
    b"\x1b[5~": "page-up",
    b"b": "page-up",
    b"\x1b[6~": "page-down",
    b" ": "page-down",
    b"\x1b[H": "home",
    b"\x1b[1~": "home",
    b"g": "home",
    b"\x1b[F": "end",
    b"\x1b[4~": "end",
    b"G": "end",
    b"q": "quit",
    b"r": "refresh",
}
_LONGEST = 8


class Keyboard:
    """The keyboard of a terminal; the terminal's settings are restored when it is closed."""

    def __init__(self) -> None:
        """Check whether stdin is a terminal."""
        self._number = -1
        self._before: list[Any] = []
        with suppress(ImportError):
            import termios  # noqa: F401 - only Unix has it

            if sys.stdin is not None and sys.stdin.isatty():
                self._number = sys.stdin.fileno()

    @property
    def is_there(self) -> bool:
        """Whether stdin is a terminal, so that keys can be read."""
        return self._number >= 0

    def __enter__(self) -> Self:
        """Switch the terminal to deliver keys at once and without echo."""
        if self.is_there:
            import termios
            import tty

            self._before = termios.tcgetattr(self._number)
            tty.setcbreak(self._number)
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the terminal's settings; a terminal that was closed needs nothing."""
        if self.is_there:
            import termios

            with suppress(termios.error):
                termios.tcsetattr(self._number, termios.TCSADRAIN, self._before)

    def paused(self, meanwhile: Callable[[], object]) -> None:
        """Restore the terminal, run ``action``, then switch it again."""
        self.__exit__()
        meanwhile()
        self.__enter__()

    def pressed(self, seconds: float) -> str:
        """Wait up to ``seconds`` for a key; returns its name, "" when none was pressed or it has no name."""
        if not self.is_there:
            time.sleep(seconds)
            return ""
        if not select.select([self._number], [], [], seconds)[0]:
            return ""
        typed = os.read(self._number, _LONGEST)
        if not typed:
            # A closed terminal is always ready and delivers nothing, so wait here instead.
            time.sleep(seconds)
        return _NAMES.get(typed, "")
