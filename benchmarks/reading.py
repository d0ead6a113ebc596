"""``python -m benchmarks.reading WAY ADDRESS FOLDER``: the orders of a database, read in one way, and how long it took.

Every way reads the same columns of the same rows. What a way has to import is not counted; connecting is.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import psycopg

from opttius_cli.catalog.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [column.name for column in TABLES["orders"].columns]
QUERY = f"SELECT {', '.join(NAMES)} FROM orders"  # noqa: S608 - the catalog's own names


def opttius(address: str, folder: Path) -> Callable[[], int]:
    """As a load reads them: from the server into a table of its database on the disk."""
    from adbc_driver_postgresql import dbapi  # noqa: F401 - as with the others, what is imported is not counted

    from opttius_cli.session.snapshot_access import LIVE_LOAD_LIMITS
    from opttius_cli.snapshot.open import connect_duckdb
    from opttius_cli.snapshot.source_protocol import LoadContext
    from opttius_cli.sources.registry import DatabaseOptions, open_source

    def read() -> int:
        con = connect_duckdb(folder / "rows.duckdb", LIVE_LOAD_LIMITS)
        with ExitStack() as held:
            (part,) = open_source(address, DatabaseOptions(environment=os.environ)).open_parts(
                LoadContext(folder, held)
            )["orders"]
            staged = part.stage_view(con)
            return con.table(staged.view).shape[0]

    return read


def copy(address: str, folder: Path) -> Callable[[], int]:
    """COPY as CSV into a file, with psycopg."""

    def read() -> int:
        statement = f"COPY ({QUERY}) TO STDOUT (FORMAT csv, HEADER)".encode()
        with psycopg.connect(address) as con, con.cursor() as cursor, (folder / "rows.csv").open("wb") as out:
            with cursor.copy(statement) as rows:
                for block in rows:
                    out.write(block)
            return cursor.rowcount

    return read


def copy_into(address: str, folder: Path) -> Callable[[], int]:
    """The same, and the file into a table of DuckDB's, which is where a report can use the rows."""
    copied = copy(address, folder)

    def read() -> int:
        copied()
        con = duckdb.connect(folder / "rows.duckdb")
        con.execute(
            "CREATE TABLE orders AS SELECT * FROM read_csv($1, header = true)", [str(folder / "rows.csv")]
        )
        return con.table("orders").shape[0]

    return read


def frame(address: str, folder: Path) -> Callable[[], int]:  # noqa: ARG001 - as the other ways
    """pandas.read_sql over a connection of psycopg's."""
    import pandas as pd

    def read() -> int:
        with psycopg.connect(address) as con, warnings.catch_warnings():
            # Of connections that are none of SQLAlchemy's, pandas says that it has not tested them.
            warnings.simplefilter("ignore")
            return len(pd.read_sql(QUERY, con))

    return read


WAYS = {
    "opttius": opttius,
    "psycopg-copy": copy,
    "psycopg-copy-in-c": copy,
    "psycopg-copy-into": copy_into,
    "pandas": frame,
}


def main() -> int:
    """Read, and write rows and seconds into told.json."""
    way, address, folder = sys.argv[1:]
    read = WAYS[way](address, Path(folder))
    began = time.perf_counter()
    rows = read()
    told = {"rows": rows, "seconds": time.perf_counter() - began}
    (Path(folder) / "told.json").write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
