"""Read the orders of a database in one way and time it: ``python -m benchmarks.read_orders WAY ADDRESS FOLDER``.

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


def prepare_opttius(address: str, folder: Path) -> Callable[[], int]:
    """As a load reads them: from the server into a table of its database on the disk."""
    from adbc_driver_postgresql import dbapi  # noqa: F401 - as with the others, what is imported is not counted

    from opttius_cli.session.snapshot_access import LIVE_LOAD_LIMITS
    from opttius_cli.snapshot.open import connect_duckdb
    from opttius_cli.snapshot.source_protocol import LoadContext
    from opttius_cli.sources.registry import DatabaseOptions, open_source

    def read() -> int:
        con = connect_duckdb(folder / "rows.duckdb", LIVE_LOAD_LIMITS)
        with ExitStack() as stack:
            (part,) = open_source(address, DatabaseOptions(environment=os.environ)).open_parts(
                LoadContext(folder, stack)
            )["orders"]
            staged = part.stage_view(con)
            return con.table(staged.view).shape[0]

    return read


def prepare_copy(address: str, folder: Path) -> Callable[[], int]:
    """COPY as CSV into a file, with psycopg."""

    def read() -> int:
        statement = f"COPY ({QUERY}) TO STDOUT (FORMAT csv, HEADER)".encode()
        with psycopg.connect(address) as con, con.cursor() as cursor, (folder / "rows.csv").open("wb") as out:
            with cursor.copy(statement) as rows:
                for block in rows:
                    out.write(block)
            return cursor.rowcount

    return read


def prepare_copy_into(address: str, folder: Path) -> Callable[[], int]:
    """The same, and the file into a table of DuckDB's, which is where a report can use the rows."""
    copied = prepare_copy(address, folder)

    def read() -> int:
        copied()
        con = duckdb.connect(folder / "rows.duckdb")
        con.execute(
            "CREATE TABLE orders AS SELECT * FROM read_csv($1, header = true)", [str(folder / "rows.csv")]
        )
        return con.table("orders").shape[0]

    return read


def prepare_pandas(address: str, folder: Path) -> Callable[[], int]:  # noqa: ARG001 - as the other ways
    """pandas.read_sql over a connection of psycopg's."""
    import pandas as pd

    def read() -> int:
        with psycopg.connect(address) as con, warnings.catch_warnings():
            # Of connections that are none of SQLAlchemy's, pandas says that it has not tested them.
            warnings.simplefilter("ignore")
            return len(pd.read_sql(QUERY, con))

    return read


WAYS = {
    "opttius": prepare_opttius,
    "psycopg-copy": prepare_copy,
    "psycopg-copy-in-c": prepare_copy,
    "psycopg-copy-into": prepare_copy_into,
    "pandas": prepare_pandas,
}


def main() -> int:
    """Read, and write rows and seconds into result.json."""
    way, address, folder = sys.argv[1:]
    read = WAYS[way](address, Path(folder))
    began = time.perf_counter()
    rows = read()
    result = {"rows": rows, "seconds": time.perf_counter() - began}
    (Path(folder) / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
