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

_KEY_NAMES = {
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
_MAX_KEY_BYTES = 8


class Keyboard:
    """The keyboard of a terminal; the terminal's settings are restored when it is closed."""

    def __init__(self) -> None:
        """Check whether stdin is a terminal."""
        self._descriptor = -1
        self._saved_settings: list[Any] = []
        with suppress(ImportError):
            import termios  # noqa: F401 - only Unix has it

            if sys.stdin is not None and sys.stdin.isatty():
                self._descriptor = sys.stdin.fileno()

    @property
    def is_available(self) -> bool:
        """Whether stdin is a terminal, so that keys can be read."""
        return self._descriptor >= 0

    def __enter__(self) -> Self:
        """Switch the terminal to deliver keys at once and without echo."""
        if self.is_available:
            import termios
            import tty

            self._saved_settings = termios.tcgetattr(self._descriptor)
            tty.setcbreak(self._descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the terminal's settings; a terminal that was closed needs nothing."""
        if self.is_available:
            import termios

            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._saved_settings)

    def run_suspended(self, action: Callable[[], object]) -> None:
        """Restore the terminal, run ``action``, then switch it again."""
        self.__exit__()
        action()
        self.__enter__()

    def read_key(self, seconds: float) -> str:
        """Wait up to ``seconds`` for a key; returns its name, "" when none was pressed or it has no name."""
        if not self.is_available:
            time.sleep(seconds)
            return ""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return ""
        typed = os.read(self._descriptor, _MAX_KEY_BYTES)
        if not typed:
            # A closed terminal is always ready and delivers nothing, so wait here instead.
            time.sleep(seconds)
        return _KEY_NAMES.get(typed, "")
