"""Ctrl-C, from the first import to the last byte: heard at once, and never lost.

Python raises KeyboardInterrupt wherever the main thread is. Where that is a callback of the import system or a
finalizer, it is thrown away there, and what it tore may keep another thread waiting for ever. So that it came is
kept, for loops that wait to look at (:func:`heed`), and what was thrown away is raised again a moment later.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_AGAIN = 0.01
"""Seconds after which an interruption that was thrown away is raised again: whoever did so has ended by then."""
_state = {"asked": False, "settled": False}


def listen() -> None:
    """Hear Ctrl-C from here on, unless whoever started the program wants it ignored."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    _state.update(asked=False, settled=False)
    signal.signal(signal.SIGINT, _interrupt)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        sys.unraisablehook = _thrown_away


def asked() -> bool:
    """Whether somebody wants the program to end."""
    return _state["asked"]


def heed() -> None:
    """Raise KeyboardInterrupt when somebody wants the program to end and that was not heard."""
    if _state["asked"] and not _state["settled"]:
        raise KeyboardInterrupt


def settle() -> None:
    """How the program ends is decided: from here on, Ctrl-C changes nothing."""
    _state["settled"] = True


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _state["asked"] = True
    heed()


def _thrown_away(what: sys.UnraisableHookArgs) -> None:
    """Raise an interruption again that Python could only have printed."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
    elif not _state["settled"]:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
