"""What a snapshot asks of a source: the parts of each table, and each part staged as a view.

A part answers for completeness: after its view was read, it says whether that was every row of the file.
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
class Staged:
    """Rows of one table as a source hands them over: a view or table ``view`` of the build connection.

    ``columns`` maps a lower-case column name to (its name in the view, its DuckDB type). ``spanish`` says
    that numbers follow a Spanish spreadsheet. ``others`` are columns that are none of ours, as far as they
    are known: what one of ours may have been renamed to.
    """

    view: str
    columns: Mapping[str, tuple[str, str]]
    spanish: bool = False
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that could not even be taken apart into cells; ``reason`` is a word of the ``REASONS``."""

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
        """The file (and sheet) as messages name it."""

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Make the part's rows readable through a view. Raises SourceError when it cannot be read."""

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Whether ``rows``, which the view yielded (None: it broke off), are all there are.

        When they are not, the part can be staged again, and then reads in a slower way that leaves out
        only what it tells as refusals. Raises SourceError when no slower way is left.
        """

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """The rows that the reading of the view left out; asked once the view was read to its end."""

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """The line in the file of each of these rows, counted from 1 as the view yields them."""

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view and what was made for it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where and how a build goes on, for the source that it reads.

    ``scratch`` is a private folder for what has to be unpacked; whoever gives it removes it. What the source
    keeps open is closed with ``held``. ``progress`` is told (table, rows) while a long table arrives.
    ``before`` is the published snapshot of the same source, if there is one that may be built on.
    ``facts`` are what the source wants to find in the manifest the next time.
    """

    scratch: Path
    held: ExitStack
    progress: Callable[[str, int], None] = lambda _table, _rows: None
    before: Path | None = None
    facts: dict[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Where rows come from.

    ``good_for`` says for how many seconds a snapshot of it is fresh where nobody says otherwise; None: as long
    as the fingerprint is the same.
    """

    good_for: ClassVar[float | None]

    @property
    def key(self) -> str:
        """What tells its snapshots from all others: the source, and for whom it is read."""

    @property
    def name(self) -> str:
        """The source as messages and the manifest name it, without secrets."""

    def fingerprint(self) -> str:
        """A text that changes whenever the data may have changed."""

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """The parts of every table that the source holds, by table name; they last as long as ``site.held``."""


class Export(ABC):
    """A source that lies in files: it is the same for every reader, and fresh while the files are the same."""

    __slots__ = ()
    good_for: ClassVar[float | None] = None

    @property
    @abstractmethod
    def name(self) -> str:
        """The source as messages and the manifest name it."""

    @property
    def key(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, slots=True)
class ReadyMade(Export):
    """A snapshot that was loaded before and is itself the source: it is opened as it is, never built."""

    path: Path

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def fingerprint(self) -> str:
        """Size and modification time."""
        stat = self.path.stat()
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """Nothing: there is nothing to load."""
        return {}
