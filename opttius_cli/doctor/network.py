"""Checks of the network: host name, port, and whether the server offers encryption. No login is tried."""

from __future__ import annotations

import queue
import socket
import struct
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_ASKS_FOR_TLS = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's SSLRequest message, by which a client asks for encryption."""
_TICK = 0.1
T = TypeVar("T")


def addresses(host: str, seconds: float) -> list[str]:
    """Look up the IP addresses of a host name.

    Raises OSError, TimeoutError when there is no answer in time.
    """
    found = _within(seconds, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(where[0]) for *_rest, where in found))


def knock(host: str, port: int, seconds: float) -> None:
    """Open a connection and close it. Raises OSError when that fails."""
    _within(seconds, lambda: socket.create_connection((host, port), seconds).close())


def offers_encryption(host: str, port: int, seconds: float) -> bool:
    """Whether the server offers encryption. Raises OSError."""

    def ask() -> bool:
        with socket.create_connection((host, port), seconds) as one:
            one.sendall(_ASKS_FOR_TLS)
            return one.recv(1) == b"S"

    return _within(seconds, ask)


def _within(seconds: float, call: Callable[[], T]) -> T:
    """Run ``call`` in a thread and return its result, so that Ctrl-C need not wait. Raises TimeoutError."""
    done: queue.Queue[tuple[T | None, OSError | None]] = queue.Queue()

    def run() -> None:
        try:
            done.put((call(), None))
        except (OSError, UnicodeError) as error:
            done.put((None, error if isinstance(error, OSError) else OSError(str(error))))

    threading.Thread(target=run, daemon=True, name="network").start()
    waited = 0.0
    while waited <= seconds + 1:
        try:
            found, error = done.get(timeout=_TICK)
        except queue.Empty:
            waited += _TICK
            continue
        if error is not None:
            raise error
        return found  # type: ignore[return-value]
    raise TimeoutError
