"""Handle Ctrl-C from the first import to the last byte.

Until a command begins, nothing needs to be undone: the process says so and ends. From then on Ctrl-C raises
KeyboardInterrupt. Where Python drops that (in a finalizer) it is raised again a moment later, and loops that
wait can ask whether it came.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress

TYPE_CHECKING = False  # importing typing takes longer than printing the version
if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_CODE = 130
_RETRY_SECONDS = 0.01
"""Seconds until an interruption that Python dropped is raised again."""
_state = {"requested": False, "disarmed": False, "running": False, "held_back": False}
_message = {"text": "Error: Interrupted."}


def install_handler() -> None:
    """Handle Ctrl-C from here on, unless the parent process has set it to be ignored."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    _state.update(requested=False, disarmed=False, running=False, held_back=False)
    signal.signal(signal.SIGINT, _handle_signal)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _handle_signal)
        sys.unraisablehook = _handle_unraisable


def set_message(text: str) -> None:
    """Set what is printed when Ctrl-C ends the process before a command begins."""
    _message["text"] = text


def begin_command() -> None:
    """Raise KeyboardInterrupt from here on, so that a command can undo what it began."""
    _state["running"] = True


def is_requested() -> bool:
    """Tell whether Ctrl-C was pressed."""
    return _state["requested"]


def raise_if_requested() -> None:
    """Raise KeyboardInterrupt when Ctrl-C was pressed and the program still runs as before."""
    if _state["requested"] and not _state["disarmed"] and not _state["held_back"]:
        _retry_after(0)
        raise KeyboardInterrupt


@contextmanager
def hold_back() -> Iterator[None]:
    """Raise an interruption only when the context ends: the start of a native module would crash."""
    _state["held_back"] = True
    try:
        yield
    finally:
        _state["held_back"] = False
    raise_if_requested()


def disarm() -> None:
    """Ignore Ctrl-C from here on, because the exit code is already decided."""
    _state["disarmed"] = True


def _handle_signal(_number: int, _frame: object) -> None:
    _state["requested"] = True
    if not _state["running"] and not _state["disarmed"]:
        _end_process()
    raise_if_requested()


def _end_process() -> None:
    with suppress(OSError):
        os.write(2, f"{_message['text']}\n".encode())
    os._exit(EXIT_CODE)


def _retry_after(seconds: float) -> None:
    """Raise the interruption again after ``seconds`` (0: never), where the system has a timer."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _handle_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """Retry an interruption that Python could not raise; print any other error as Python does."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
    elif not _state["disarmed"]:
        _retry_after(_RETRY_SECONDS)
