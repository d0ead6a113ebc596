"""Ctrl-C, from the first import to the last byte: heard at once, and never lost.

Python raises KeyboardInterrupt wherever the main thread is. In the import system that tears its locks, and another
thread that imports waits for ever; a native module that begins takes the process down; what is raised in a
finalizer is thrown away. There it is raised a moment later, and that it came is kept, for loops that wait.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType  # noqa: TC003 - to import typing, which could tell, takes longer than all of the version

_LATER = 0.01
"""Seconds after which an interruption is raised that found no place."""
_IMPORTS = "<frozen importlib"
_NATIVE = "ExtensionFileLoader."
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
    """Raise KeyboardInterrupt when somebody wants the program to end and nothing has come of it."""
    if _state["asked"] and not _state["settled"]:
        _again(0)
        raise KeyboardInterrupt


def settle() -> None:
    """How the program ends is decided: from here on, Ctrl-C changes nothing."""
    _state["settled"] = True


def _interrupt(_number: int, frame: FrameType | None) -> None:
    _state["asked"] = True
    if not (_is_torn_by_it(frame) and _again(_LATER)):
        heed()


def _is_torn_by_it(frame: FrameType | None) -> bool:
    """Whether an exception would break what stands at ``frame``: an import between two modules, or a native one."""
    if frame and frame.f_code.co_filename.startswith(_IMPORTS):
        return True
    while frame:
        if frame.f_code.co_qualname.startswith(_NATIVE):
            return True
        frame = frame.f_back
    return False


def _again(seconds: float) -> bool:
    """Let the interruption be tried again after so many seconds, not at all after 0; False where that cannot be."""
    if not hasattr(signal, "setitimer"):
        return False
    signal.setitimer(signal.ITIMER_REAL, seconds)
    return True


def _thrown_away(what: sys.UnraisableHookArgs) -> None:
    """Try an interruption again that Python could only have printed."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
    elif not _state["settled"]:
        _again(_LATER)
