"""Checks of the network: host name, port, and whether the server offers encryption. No login is tried."""

from __future__ import annotations

import queue
import socket
import struct
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's SSLRequest message, by which a client asks for encryption."""
_POLL_SECONDS = 0.1
T = TypeVar("T")


def resolve_host(host: str, seconds: float) -> list[str]:
    """Look up the IP addresses of a host name.

    Raises OSError, TimeoutError when there is no answer in time.
    """
    entries = _run_with_timeout(seconds, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(sockaddr[0]) for *_rest, sockaddr in entries))


def check_port(host: str, port: int, seconds: float) -> None:
    """Open a connection and close it. Raises OSError when that fails."""
    _run_with_timeout(seconds, lambda: socket.create_connection((host, port), seconds).close())


def can_encrypt(host: str, port: int, seconds: float) -> bool:
    """Whether the server offers encryption. Raises OSError."""

    def request_encryption() -> bool:
        with socket.create_connection((host, port), seconds) as connection:
            connection.sendall(_SSL_REQUEST)
            return connection.recv(1) == b"S"

    return _run_with_timeout(seconds, request_encryption)


def _run_with_timeout(seconds: float, call: Callable[[], T]) -> T:
    """Run ``call`` in a thread and return its result, so that Ctrl-C need not wait. Raises TimeoutError."""
    results: queue.Queue[tuple[T | None, OSError | None]] = queue.Queue()

    def run() -> None:
        try:
            results.put((call(), None))
        except (OSError, UnicodeError) as error:
            results.put((None, error if isinstance(error, OSError) else OSError(str(error))))

    threading.Thread(target=run, daemon=True, name="network").start()
    waited = 0.0
    while waited <= seconds + 1:
        try:
            result, error = results.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            waited += _POLL_SECONDS
            continue
        if error is not None:
            raise error
        return result  # type: ignore[return-value]
    raise TimeoutError
