"""What a report needs of an engine: DuckDB, or a cluster that speaks Spark Connect."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from opttius_cli.engines.explained_rows import fill_explained
from opttius_cli.period import EARLIEST
from opttius_cli.scope import create_row_counts, fill_unseen_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa

    from opttius_cli.engines.explained_rows import RowSelection
    from opttius_cli.result import ColumnKind, Scope
    from opttius_cli.scope import ScopedViews
    from opttius_cli.sql import Connection


@dataclass(frozen=True, slots=True)
class SharedView:
    """A file of shared views, macros or materialized tables.

    A materialized table reads no orders before ``orders_from``. ``internal``: it holds more than a scope may see, so
    only other views may read it. ``defines`` are the views and macros that it makes, ``uses`` the shared views that it
    reads. ``stored`` is the table of a snapshot that holds its rows for a whole organization.
    """

    name: str
    sql: str
    orders_from: datetime | None = None
    internal: bool = False
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    stored: str = ""


class Engine(Protocol):
    """An engine opened on a snapshot; it is limited to one scope and one instant before a report runs.

    ``scoped`` are the views of its scope; what a query names of them is created before it runs. ``has_row_counts``:
    the rows of the scope have been counted. ``finds_similar``: it can compare texts by how alike they are, for
    suggestions.
    """

    finds_similar: ClassVar[bool]
    has_row_counts: bool
    scoped: ScopedViews

    @property
    def con(self) -> Connection:
        """Return what executes the project's SQL."""

    @property
    def local(self) -> Connection:
        """Return what executes SQL on this machine: it has the directory, and what the load recorded."""

    @property
    def has_stored_sales(self) -> bool:
        """Return whether the snapshot holds the stored views of this scope and instant."""

    def set_scope(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables``, and limit it to ``scope``; ``rules`` are macros that its views use."""

    def create_shared_views(self, views: Sequence[SharedView]) -> None:
        """Create the shared views on the scoped ones."""

    def create_row_counts(self) -> None:
        """Count the rows that the scope sees, and those that it does not; once."""
        if not self.has_row_counts:
            create_row_counts(self.scoped)
            self.has_row_counts = True

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables that the views read."""

    def fill_explained(self, selection: RowSelection) -> None:
        """Replace the rows of ``explained`` by those behind a figure, each with the step at which it left."""
        fill_explained(self.con, selection)

    def fill_unseen_rows(self) -> None:
        """Put the rows that findings count and no view shows into ``unseen_rows``."""
        self.create_row_counts()
        fill_unseen_rows(self.scoped)

    def run_query(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        *,
        masks: Mapping[str, str] | None = None,
        is_small: bool = False,
    ) -> pa.Table:
        """Run ``sql`` and return its rows in Arrow; ``masks`` are the macros that mask some of its columns."""

    def mask_values(self, values: Sequence[str | None], kind: ColumnKind) -> list[str | None]:
        """Mask ``values`` as in a column of ``kind``."""

    def interrupt(self) -> None:
        """Stop the query that is running; it may be called from another thread."""

    def close(self) -> None:
        """Close what the engine holds open; no query follows."""


@contextmanager
def stop_at_ctrl_c(engine: Engine) -> Iterator[None]:
    """Stop what ``engine`` runs when Ctrl-C ends what is done within: a cluster would go on without its client."""
    try:
        yield
    except KeyboardInterrupt:
        engine.interrupt()
        raise


def create_in_order(
    engine: Engine, views: Sequence[SharedView], create: Callable[[SharedView], object]
) -> None:
    """Create ``views`` one after the other, each with the variable ``orders_from`` that it is to read."""
    start = None
    for view in views:
        if start != (start := view.orders_from or EARLIEST):
            engine.set_variables({"orders_from": start})
        create(view)
    engine.set_variables({"orders_from": EARLIEST})
