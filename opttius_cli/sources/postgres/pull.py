"""Fetching: rows go from the server into a DuckDB table batch by batch, so that memory stays bounded."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.snapshot.source import Refusal, Staged
from opttius_cli.sources.postgres.failures import GarbledError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.sources.postgres.increment import Earlier
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.selection import Asked

_ARRIVING = "arriving"
_TOGETHER = 4
"""Batches per commit; committed one by one, each is compressed by itself, which takes twice the time."""


def pull(
    con: duckdb.DuckDBPyConnection, line: Line, query: str, into: str, arrived: Callable[[int], None]
) -> None:
    """Create the temporary table ``target`` from the result of ``sql``; ``on_rows`` gets each batch's size.

    After an error a part of the table is left, in a build that fails with it.
    """
    import pyarrow as pa

    stream = line.stream(query)
    schema: pa.Schema = next(stream)
    con.execute("BEGIN")
    try:
        _take(con, schema.empty_table(), f"CREATE OR REPLACE TEMP TABLE {quoted(into)} AS")
        for number, batch in enumerate(stream):
            if number % _TOGETHER == 0:
                # Until it is committed, a batch is in memory twice.
                con.execute("COMMIT")
                con.execute("BEGIN")
            _take(con, pa.Table.from_batches([batch]), f"INSERT INTO {quoted(into)}")
            arrived(batch.num_rows)
    except BaseException:
        # An error of the rollback must not hide the first one.
        with suppress(Exception):
            con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _take(con: duckdb.DuckDBPyConnection, rows: pa.Table, statement: str) -> None:
    con.register(_ARRIVING, rows)
    try:
        con.execute(f"{statement} SELECT * FROM {_ARRIVING}")
    except BaseException:
        with suppress(Exception):
            con.unregister(_ARRIVING)
        raise
    con.unregister(_ARRIVING)


@dataclass(slots=True)
class Pulled:
    """One table of the database as a part of a source.

    ``previous`` are its rows in the previous snapshot, when only changes have to be fetched.
    """

    line: Line
    asked: Asked
    label: str
    progress: Callable[[str, int], None]
    earlier: Earlier | None = None
    _view: str = field(default_factory=lambda: f"pulled_{uuid.uuid4().hex}")

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Copy the rows into a temporary table."""
        if self.earlier is None or not self.earlier.grown(con, self._view, self):
            self.pull(con, self.asked.rows(), self._view)
        described = con.execute(f"DESCRIBE {quoted(self._view)}").fetchall()
        return Staged(self._view, {str(name): (str(name), str(given)) for name, given, *_rest in described})

    def pull(self, con: duckdb.DuckDBPyConnection, query: str, into: str) -> int:
        """Create the temporary table ``target`` from the result of ``sql``; returns the number of rows."""
        rows = 0

        def arrived(more: int) -> None:
            nonlocal rows
            rows += more
            self.progress(self.asked.table.name, rows)

        try:
            pull(con, self.line, query, into, arrived)
        except GarbledError as error:
            raise error.of(self.label) from None
        return rows

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True: an incomplete result has already raised an error."""
        return True

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return nothing: every row of a database has all its cells."""
        return []

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return nothing: rows of a database have no line numbers."""
        return {}

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the copy."""
        con.execute(f"DROP TABLE IF EXISTS {quoted(self._view)}")
