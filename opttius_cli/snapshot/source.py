"""What a snapshot asks of a source: the parts of each table, and each part staged as a view.

A part answers for completeness: after its view was read, it says whether that was every row of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows of one table as a source hands them over: a view or table ``view`` of the build connection.

    ``columns`` maps a lower-case column name to (its name in the view, its DuckDB type). ``spanish`` says
    that numbers follow a Spanish spreadsheet.
    """

    view: str
    columns: Mapping[str, tuple[str, str]]
    spanish: bool = False


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


class Source(Protocol):
    """Where rows come from."""

    @property
    def name(self) -> str:
        """The source as messages and the manifest name it, without secrets."""

    def fingerprint(self) -> str:
        """A text that changes whenever the data may have changed."""

    def parts(self, scratch: Path) -> Mapping[str, Sequence[Part]]:
        """The parts of every table that the source holds, by table name.

        ``scratch`` is a private folder for what has to be unpacked; whoever gives it removes it.
        """


@dataclass(frozen=True, slots=True)
class ReadyMade:
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

    def parts(self, scratch: Path) -> Mapping[str, Sequence[Part]]:
        """Nothing: there is nothing to load."""
        return {}
