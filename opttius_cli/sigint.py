"""Handle Ctrl-C from the first import to the last byte: at once where that is safe, and never lost.

Python raises KeyboardInterrupt wherever the main thread is. In the import system that breaks its locks, and
other threads that import wait forever; in the start of a native module it crashes the process; in a finalizer
it is dropped. In these places it is raised a moment later. Loops that wait can ask whether it came.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType  # noqa: TC003 - importing typing takes longer than printing the version

_RETRY_SECONDS = 0.01
"""Seconds until an interruption that could not be raised is tried again."""
_IMPORT_SYSTEM = "<frozen importlib"
_NATIVE_LOADER = "ExtensionFileLoader."
_state = {"requested": False, "disarmed": False}


def install_handler() -> None:
    """Handle Ctrl-C from here on, unless the parent process has set it to be ignored."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    _state.update(requested=False, disarmed=False)
    signal.signal(signal.SIGINT, _handle_signal)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _handle_signal)
        sys.unraisablehook = _handle_unraisable


def is_requested() -> bool:
    """Tell whether Ctrl-C was pressed."""
    return _state["requested"]


def raise_if_requested() -> None:
    """Raise KeyboardInterrupt when Ctrl-C was pressed and the program still runs as before."""
    if _state["requested"] and not _state["disarmed"]:
        _retry_after(0)
        raise KeyboardInterrupt


def disarm() -> None:
    """Ignore Ctrl-C from here on, because the exit code is already decided."""
    _state["disarmed"] = True


def _handle_signal(_number: int, frame: FrameType | None) -> None:
    _state["requested"] = True
    if not (_is_unsafe_to_raise(frame) and _retry_after(_RETRY_SECONDS)):
        raise_if_requested()


def _is_unsafe_to_raise(frame: FrameType | None) -> bool:
    """Tell whether an exception at ``frame`` would break an import, or the start of a native module."""
    if frame and frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
        return True
    while frame:
        if frame.f_code.co_qualname.startswith(_NATIVE_LOADER):
            return True
        frame = frame.f_back
    return False


def _retry_after(seconds: float) -> bool:
    """Raise the interruption again after ``seconds`` (0: never); False where the system has no timer."""
    if not hasattr(signal, "setitimer"):
        return False
    signal.setitimer(signal.ITIMER_REAL, seconds)
    return True


def _handle_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """Retry an interruption that Python could not raise; print any other error as Python does."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
    elif not _state["disarmed"]:
        _retry_after(_RETRY_SECONDS)
