"""Declare what a source provides to a snapshot: the parts of each table, each staged as a view.

A part checks that it is complete: after its view was read, it says whether that was every row of the file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    import duckdb


@dataclass(frozen=True, slots=True)
class StagedView:
    """Rows of one table from a source: a view or table ``view`` of the build connection.

    ``columns`` maps a lower-case column name to (its name in the view, its DuckDB type). ``decimal_comma`` says
    that a comma seems to divide decimals, ``dates_reordered`` that dates seem not to begin with their year, so
    that what comes first has to be proved before any is read. ``notes`` count what was odd about the part as a
    whole, by a word for it.
    ``unknown_columns`` are none of ours, as far as they are known: what one of ours may have been renamed to.
    ``is_empty`` says that the part is known to have no rows, so that nothing need be asked of the view.
    """

    view: str
    columns: Mapping[str, tuple[str, str]]
    decimal_comma: bool = False
    dates_reordered: bool = False
    unknown_columns: Sequence[str] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be split into cells; ``reason`` is one of ``REASONS``."""

    line: int
    reason: str


TOO_FEW, TOO_MANY, UNTERMINATED, NOT_JSON = (
    "too_few_cells",
    "too_many_cells",
    "unterminated_quote",
    "not_json",
)
NO_COLUMNS, NO_RESULT, ROW_TWICE = "no_known_column", "formula_without_result", "row_number_twice"
REASONS = (TOO_FEW, TOO_MANY, UNTERMINATED, NOT_JSON, NO_COLUMNS, NO_RESULT, ROW_TWICE)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, folder, sheet or block of the source that is not read.

    ``reason`` is a word of the ``UNREAD_REASONS`` or the form of a file; ``table`` is what it seems to hold, if that
    can be guessed. ``columns`` are those that it lacks.
    """

    name: str
    reason: str
    table: str | None = None
    columns: str | None = None


UNREAD_NAME, UNREAD_FOLDER, UNREAD_BLOCK, UNREAD_COLUMNS = "name", "folder", "block", "columns"
UNREAD_REASONS = (UNREAD_NAME, UNREAD_FOLDER, UNREAD_BLOCK, UNREAD_COLUMNS)


class Part(Protocol):
    """One file, sheet or block that holds rows of one table."""

    @property
    def label(self) -> str:
        """Return the file (and sheet) as messages name it."""

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of the part's rows. Raises SourceError when it cannot be read."""

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether the ``rows`` that the view returned (None: it failed) are all rows of the part.

        When they are not, the part can be staged again. It is then read in a slower way that leaves out only
        the rejected rows. Raises SourceError when no slower way is left.
        """

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the rows that the view left out; call it after the view was read to its end."""

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line in the file of each of these rows, counted from 1 in the order of the view."""

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view and everything created for it."""


@dataclass(frozen=True, slots=True)
class LoadContext:
    """What a build gives to the source that it reads.

    ``scratch`` is a private folder for what has to be unpacked; whoever gives it removes it. What the source
    keeps open is closed with ``held``. ``progress`` is told (table, rows) while a long table arrives.
    ``before`` is the published snapshot of the same source, if there is one that may be built on.
    ``facts`` are what the source wants to find in the manifest the next time. ``unread`` takes what of the source
    is not read.
    """

    scratch: Path
    exit_stack: ExitStack
    on_progress: Callable[[str, int], None] = lambda _table, _rows: None
    previous_snapshot: Path | None = None
    manifest_facts: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


class Source(Protocol):
    """Where rows come from.

    ``default_max_age`` is for how many seconds its snapshot is fresh unless set otherwise; None: as long as
    the fingerprint is the same.
    """

    default_max_age: ClassVar[float | None]

    @property
    def key(self) -> str:
        """Return the key of its snapshots: the source, and the reader for whom it is read."""

    @property
    def name(self) -> str:
        """Return the source as messages and the manifest name it, without secrets."""

    def compute_fingerprint(self) -> str:
        """Return a text that changes whenever the data may have changed."""

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Return the parts of every table by name; they can be used until ``context.exit_stack`` closes."""


class FileSource(ABC):
    """A source made of files: the same for every reader, and fresh while the files do not change."""

    __slots__ = ()
    default_max_age: ClassVar[float | None] = None

    @property
    @abstractmethod
    def name(self) -> str:
        """Return the source as messages and the manifest name it."""

    @property
    def key(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True)
class SnapshotSource(FileSource):
    """An existing snapshot used as the source: it is opened as it is, never built."""

    path: Path

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return size and modification time."""
        stat = self.path.stat()
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Return nothing: there is nothing to load."""
        return {}
