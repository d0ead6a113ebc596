"""Handle Ctrl-C from the first import to the last byte: at once where that is safe, and never lost.

Python raises KeyboardInterrupt wherever the main thread is. In the import system that breaks its locks, and
other threads that import wait forever; in the start of a native module it crashes the process; in a finalizer
it is dropped. In these places it is raised a moment later. Loops that wait can ask whether it came.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType  # noqa: TC003 - importing typing takes longer than printing the version

_LATER = 0.01
"""Seconds until an interruption that could not be raised is tried again."""
_IMPORTS = "<frozen importlib"
_NATIVE = "ExtensionFileLoader."
_state = {"asked": False, "settled": False}


def listen() -> None:
    """Handle Ctrl-C from here on, unless the parent process has set it to be ignored."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    _state.update(asked=False, settled=False)
    signal.signal(signal.SIGINT, _interrupt)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        sys.unraisablehook = _thrown_away


def asked() -> bool:
    """Tell whether Ctrl-C was pressed."""
    return _state["asked"]


def heed() -> None:
    """Raise KeyboardInterrupt when Ctrl-C was pressed and the program still runs as before."""
    if _state["asked"] and not _state["settled"]:
        _again(0)
        raise KeyboardInterrupt


def settle() -> None:
    """Ignore Ctrl-C from here on, because the exit code is already decided."""
    _state["settled"] = True


def _interrupt(_number: int, frame: FrameType | None) -> None:
    _state["asked"] = True
    if not (_is_torn_by_it(frame) and _again(_LATER)):
        heed()


def _is_torn_by_it(frame: FrameType | None) -> bool:
    """Tell whether an exception at ``frame`` would break an import, or the start of a native module."""
    if frame and frame.f_code.co_filename.startswith(_IMPORTS):
        return True
    while frame:
        if frame.f_code.co_qualname.startswith(_NATIVE):
            return True
        frame = frame.f_back
    return False


def _again(seconds: float) -> bool:
    """Raise the interruption again after ``seconds`` (0: never); False where the system has no timer."""
    if not hasattr(signal, "setitimer"):
        return False
    signal.setitimer(signal.ITIMER_REAL, seconds)
    return True


def _thrown_away(what: sys.UnraisableHookArgs) -> None:
    """Retry an interruption that Python could not raise; print any other error as Python does."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
    elif not _state["settled"]:
        _again(_LATER)
