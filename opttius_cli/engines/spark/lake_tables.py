"""The tables of a lake as a session finds them: the small ones on the client, the large ones on the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.engines.spark.relations import Source
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.snapshot.lake import Lake

_DIRECTORY = {f"raw.{table.name}" for table in TABLES.values() if table.tenancy == "directory"}


@dataclass(frozen=True, slots=True)
class LakeTables:
    """The tables of an open lake."""

    lake: Lake

    def find_source(self, schema: str, name: str) -> Source:
        """Return the source that a table is. Raises KeyError when the lake has no such table."""
        table = self.lake.tables[f"{schema}.{name}"]
        return Source(f"{schema}__{name}", is_local=is_small(table.name, table.rows))

    def locate(self, schema: str, name: str) -> str:
        """Return the folder of a table, as the cluster reads it."""
        return str(self.lake.locate(f"{schema}.{name}"))


def is_small(name: str, rows: int) -> bool:
    """Return whether the client reads a table itself: the directory, what was loaded, rows that a load deferred."""
    return name in _DIRECTORY or name.startswith("meta.") or name.endswith("_contested") or rows == 0


def create_tables(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Create the lake's tables in ``con``, the small ones with their rows.

    Each is also there as ``raw__orders``, which is the name of the source.
    """
    con.execute("CREATE SCHEMA raw; CREATE SCHEMA meta")
    for table in lake.tables.values():
        schema, _dot, name = table.name.partition(".")
        qualified = f"{schema}.{quote_identifier(name)}"
        columns = ", ".join(f"{quote_identifier(column)} {kind}" for column, kind in table.columns.items())
        con.execute(f"CREATE TABLE {qualified} ({columns})")
        if table.rows and is_small(table.name, table.rows):
            files = str(lake.locate(table.name) / "*.parquet")
            con.execute(f"INSERT INTO {qualified} BY NAME SELECT * FROM read_parquet($1)", [files])
        con.execute(f"CREATE TEMP VIEW {quote_identifier(f'{schema}__{name}')} AS SELECT * FROM {qualified}")
