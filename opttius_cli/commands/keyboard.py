"""Keys of a person at a terminal, one at a time and without an echo; a keyboard that is none just waits."""

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
    """The open keyboard; what it was set to comes back when it is closed."""

    def __init__(self) -> None:
        """Look whether somebody can press keys here."""
        self._number = -1
        self._before: list[Any] = []
        with suppress(ImportError):
            import termios  # noqa: F401 - only systems with such terminals have it

            if sys.stdin is not None and sys.stdin.isatty():
                self._number = sys.stdin.fileno()

    @property
    def is_there(self) -> bool:
        """Whether somebody can press keys here."""
        return self._number >= 0

    def __enter__(self) -> Self:
        """Keys come at once and unseen from here on."""
        if self.is_there:
            import termios
            import tty

            self._before = termios.tcgetattr(self._number)
            tty.setcbreak(self._number)
        return self

    def __exit__(self, *_: object) -> None:
        """Set it as it was; a terminal that has gone away needs nothing."""
        if self.is_there:
            import termios

            with suppress(termios.error):
                termios.tcsetattr(self._number, termios.TCSADRAIN, self._before)

    def paused(self, meanwhile: Callable[[], object]) -> None:
        """Give the keyboard back, do something, take it again."""
        self.__exit__()
        meanwhile()
        self.__enter__()

    def pressed(self, seconds: float) -> str:
        """Wait so many seconds for a key: its name, "" when none came or it has none."""
        if not self.is_there:
            time.sleep(seconds)
            return ""
        if not select.select([self._number], [], [], seconds)[0]:
            return ""
        typed = os.read(self._number, _LONGEST)
        if not typed:
            # A terminal that has gone away is always ready to tell nothing.
            time.sleep(seconds)
        return _NAMES.get(typed, "")
