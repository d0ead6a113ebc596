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

    ``columns`` maps a lower-case column name to (its name in the view, its DuckDB type). ``decimal_comma``
    says that numbers are written as in a Spanish spreadsheet. ``unknown_columns`` are the columns that the
    catalog does not have, where the source lists them: a catalog column may have been renamed to one of them.
    """

    view: str
    columns: Mapping[str, tuple[str, str]]
    decimal_comma: bool = False
    unknown_columns: Sequence[str] = ()


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
REASONS = (TOO_FEW, TOO_MANY, UNTERMINATED, NOT_JSON)


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

    ``scratch`` is a private folder for decompressed files; the build removes it. What the source keeps open
    is closed with ``exit_stack``. ``on_progress`` is called with (table, rows) while a long table is read.
    ``previous_snapshot`` is a published snapshot of the same source whose rows may be reused.
    ``manifest_facts`` are stored in the manifest, where the source finds them the next time.
    """

    scratch: Path
    exit_stack: ExitStack
    on_progress: Callable[[str, int], None] = lambda _table, _rows: None
    previous_snapshot: Path | None = None
    manifest_facts: dict[str, str] = field(default_factory=dict)


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
