"""Translate DuckDB's errors into ours, in one place: no exception of the engine leaves the program as it is.

An error is told by its class, or by the words with which Arrow repeats it while rows stream. Its text may hold
values of the data, so none of it is shown.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

from opttius_cli.errors import OpttiusError, OutOfMemoryError, OutputError
from opttius_cli.i18n import _
from opttius_cli.snapshot.damage import DamagedSnapshotError, EngineError
from opttius_cli.snapshot.temp_files import spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Fault(Enum):
    """What an error of the engine stands for.

    ``UNREADABLE``: a file could not be read or written. ``VALUE``: a value of the data does not fit. ``ENGINE``:
    anything else, such as a table that is not there.
    """

    INTERRUPTED = "interrupted"
    MEMORY = "memory"
    ROOM = "room"
    UNREADABLE = "unreadable"
    VALUE = "value"
    ENGINE = "engine"


_BY_CLASS = {
    "InterruptException": Fault.INTERRUPTED,
    "OutOfMemoryException": Fault.MEMORY,
    "IOException": Fault.UNREADABLE,
    "SerializationException": Fault.UNREADABLE,
    "DataError": Fault.VALUE,
    "IntegrityError": Fault.VALUE,
}
"""The faults of DuckDB's classes and of those below them; any other class is ``Fault.ENGINE``."""

_BY_WORDS = {
    "INTERRUPT": Fault.INTERRUPTED,
    "Out of Memory": Fault.MEMORY,
    "IO": Fault.UNREADABLE,
    "Serialization": Fault.UNREADABLE,
    "Data Corruption": Fault.UNREADABLE,
    "Conversion": Fault.VALUE,
    "Out of Range": Fault.VALUE,
    "Mismatch Type": Fault.VALUE,
    "Constraint": Fault.VALUE,
}
"""The faults by the words before " Error: " with which a text of DuckDB begins."""

_ABOUT_SQL = frozenset(
    {"BinderException", "CatalogException", "ParserException", "SyntaxException", "InternalException"}
)
"""DuckDB's classes of errors about a statement, not about values."""

_ENGINE_MODULES = ("_duckdb", "duckdb")
_WORDS = re.compile(r"(?P<words>[A-Z][A-Za-z/ -]{1,30}) Error: ")
_CORRUPT = "Corrupt database file"
"""How DuckDB says, in an error without a class of its own, that a checksum is wrong."""
_NO_ROOM = ("No space left", "File too large", "quota exceeded", "failed to offload data block")
"""Texts of a full disk or an exhausted quota; the last is of the folder for temporary files."""


def find_fault(error: BaseException) -> Fault | None:
    """Return what an error of the engine stands for; None for an error of somebody else."""
    kind, text = type(error), str(error)
    if kind.__module__ in _ENGINE_MODULES:
        fault = next((_BY_CLASS[base.__name__] for base in kind.__mro__ if base.__name__ in _BY_CLASS), None)
        fault = fault or (Fault.UNREADABLE if text.startswith(_CORRUPT) else Fault.ENGINE)
    elif kind is OSError or kind.__module__.startswith("pyarrow"):
        match = _WORDS.match(text)
        if match is None:
            return None
        fault = _BY_WORDS.get(match["words"], Fault.ENGINE)
    else:
        return None
    is_full = any(phrase in text for phrase in _NO_ROOM)
    return Fault.ROOM if is_full and fault in {Fault.UNREADABLE, Fault.ENGINE, Fault.MEMORY} else fault


def is_interruption(error: Exception) -> bool:
    """Tell whether an error stands for Ctrl-C: a library that was running then raises an error of its own.

    DuckDB may also raise a bare RuntimeError. The text of any other error, or a later part of a text, may come from
    the data.
    """
    is_bare = type(error) is RuntimeError and "interrupted" in str(error).lower()
    return is_bare or find_fault(error) is Fault.INTERRUPTED


def may_show_value(error: BaseException) -> bool:
    """Return whether the message of an error may show a value of the data; one about SQL shows none."""
    kind = type(error)
    return kind.__module__.startswith((*_ENGINE_MODULES, "pyarrow")) and kind.__name__ not in _ABOUT_SQL


def raise_if_unrecoverable(error: Exception) -> None:
    """Raise ``error`` again when it says nothing of the data: after Ctrl-C, and for want of memory or room."""
    if find_fault(error) in {Fault.INTERRUPTED, Fault.MEMORY, Fault.ROOM}:
        raise error


def translate_error(error: BaseException, path: Path | None = None) -> OpttiusError | None:
    """Return our error for one of the engine's that came while the snapshot at ``path`` was read.

    None for an error of somebody else, and for an interruption.
    """
    fault = find_fault(error)
    if fault is None or fault is Fault.INTERRUPTED:
        return None
    if fault is Fault.MEMORY:
        return OutOfMemoryError()
    if fault is Fault.ROOM:
        return OutputError(
            _(
                "{path} cannot be written: {why}.",
                path=path.parent if path else _("The folder for temporary files"),
                why=_("there is no room left on the disk"),
            )
        )
    if path is None or fault is Fault.VALUE:
        return EngineError(type(error).__name__)
    if spill_folder(path).name in str(error):
        return OutputError(
            _("{path} cannot be written: {why}.", path=spill_folder(path), why=_("the disk failed"))
        )
    return DamagedSnapshotError(path, type(error).__name__, is_unreadable=fault is Fault.UNREADABLE)


@contextmanager
def translate_errors(path: Path | None = None) -> Iterator[None]:
    """Raise our errors in place of the engine's while the snapshot at ``path`` is read."""
    try:
        yield
    except Exception as error:
        if (translated := translate_error(error, path)) is None:
            raise
        raise translated from error
