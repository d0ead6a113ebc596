"""The messages between the program and the process that runs a user's SQL.

A message is its kind (one byte), its length and its bytes. What the program sends is pickled. What comes back is
never unpickled: Arrow's stream format, and errors as JSON.
"""

from __future__ import annotations

import json
import pickle
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

ARROW, END, READY, ERROR = b"A", b"Z", b"R", b"E"
_HEAD = struct.Struct(">cQ")
_PICKLE_LENGTH = struct.Struct(">Q")


def send_object(pipe: BinaryIO, value: object) -> None:
    """Send ``value`` to the process."""
    data = pickle.dumps(value)
    pipe.write(_PICKLE_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive_object(pipe: BinaryIO) -> Any:
    """Receive what the program sent; raises EOFError when it has closed the pipe."""
    head = pipe.read(_PICKLE_LENGTH.size)
    if len(head) < _PICKLE_LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(_PICKLE_LENGTH.unpack(head)[0]))  # noqa: S301 - the program itself wrote it


def send_message(pipe: BinaryIO, kind: bytes, data: bytes | memoryview = b"") -> None:
    """Send one message back."""
    pipe.write(_HEAD.pack(kind, len(data)))
    pipe.write(data)
    if kind != ARROW:
        pipe.flush()


def send_error(pipe: BinaryIO, error: Mapping[str, str]) -> None:
    """Send an error: its class and its text."""
    send_message(pipe, ERROR, json.dumps(error).encode())


def receive_message(pipe: BinaryIO) -> tuple[bytes, bytes]:
    """Receive one message; raises EOFError when the process has ended."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    kind, length = _HEAD.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return kind, data
