"""Fetching: rows go from the server into a DuckDB table batch by batch, so that memory stays bounded."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.snapshot.source_protocol import RejectedRow, StagedView
from opttius_cli.sources.postgres.errors import EncodingError
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.incremental import PreviousRows
    from opttius_cli.sources.postgres.queries import TableQuery

_BATCH_VIEW = "arriving"
_BATCHES_PER_COMMIT = 4
"""Batches per commit; committed one by one, each is compressed by itself, which takes twice the time."""


def fetch_rows(
    con: duckdb.DuckDBPyConnection,
    connection: ConnectionThread,
    sql: str,
    target: str,
    on_rows: Callable[[int], None],
) -> None:
    """Create the temporary table ``target`` from the result of ``sql``; ``on_rows`` gets each batch's size.

    After an error a part of the table is left, in a build that fails with it.
    """
    import pyarrow as pa

    stream = connection.stream_batches(sql)
    schema: pa.Schema = next(stream)
    con.execute("BEGIN")
    try:
        _insert_batch(
            con, schema.empty_table(), f"CREATE OR REPLACE TEMP TABLE {quote_identifier(target)} AS"
        )
        for number, batch in enumerate(stream):
            if number % _BATCHES_PER_COMMIT == 0:
                # Until it is committed, a batch is in memory twice.
                con.execute("COMMIT")
                con.execute("BEGIN")
            _insert_batch(con, pa.Table.from_batches([batch]), f"INSERT INTO {quote_identifier(target)}")
            on_rows(batch.num_rows)
    except BaseException:
        # An error of the rollback must not hide the first one.
        with suppress(Exception):
            con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _insert_batch(con: duckdb.DuckDBPyConnection, rows: pa.Table, statement: str) -> None:
    con.register(_BATCH_VIEW, rows)
    try:
        con.execute(f"{statement} SELECT * FROM {_BATCH_VIEW}")
    except BaseException:
        with suppress(Exception):
            con.unregister(_BATCH_VIEW)
        raise
    con.unregister(_BATCH_VIEW)


@dataclass(slots=True)
class FetchedTable:
    """One table of the database as a part of a source.

    ``previous`` are its rows in the previous snapshot, when only changes have to be fetched.
    """

    connection: ConnectionThread
    query: TableQuery
    label: str
    on_progress: Callable[[str, int], None]
    previous: PreviousRows | None = None
    _table_name: str = field(default_factory=lambda: f"pulled_{uuid.uuid4().hex}")

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Copy the rows into a temporary table."""
        if self.previous is None or not self.previous.merge_changes(con, self._table_name, self):
            self.fetch_into(con, self.query.select_rows(), self._table_name)
        columns = con.execute(f"DESCRIBE {quote_identifier(self._table_name)}").fetchall()
        return StagedView(
            self._table_name,
            {str(name): (str(name), str(column_type)) for name, column_type, *_rest in columns},
        )

    def fetch_into(self, con: duckdb.DuckDBPyConnection, sql: str, target: str) -> int:
        """Create the temporary table ``target`` from the result of ``sql``; returns the number of rows."""
        rows = 0

        def on_rows(count: int) -> None:
            nonlocal rows
            rows += count
            self.on_progress(self.query.table.name, rows)

        try:
            fetch_rows(con, self.connection, sql, target, on_rows)
        except EncodingError as error:
            raise error.for_table(self.label) from None
        return rows

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True: an incomplete result has already raised an error."""
        return True

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return nothing: every row of a database has all its cells."""
        return []

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return nothing: rows of a database have no line numbers."""
        return {}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the copy."""
        con.execute(f"DROP TABLE IF EXISTS {quote_identifier(self._table_name)}")
