"""A PostgreSQL server with the shop in it, as the app has it: tables, primary keys and indexes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from postgres.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres.server import Database

    from benchmarks.rivals.jobs import Place

SETTINGS = ("shared_buffers = '1GB'", "work_mem = '64MB'", "max_wal_size = '8GB'", "log_statement = 'none'")
TABLES = (
    "organizations",
    "branches",
    "customers",
    "orders",
    "lab_work_orders",
    "order_payments",
    "credit_notes",
)
"""What the questions are about."""
INDEXED = {
    "customers": ("branch_id", "created_at"),
    "orders": ("branch_id", "created_at", "customer_id"),
    "lab_work_orders": ("branch_id", "created_at", "customer_id", "pos_order_id"),
    "order_payments": ("order_id",),
    "credit_notes": ("order_id",),
}
"""The app's indexes, besides the primary key ``id`` of every table."""


@contextmanager
def open_database(place: Place, *, wanted: bool) -> Iterator[Server | None]:
    """Start a server, fill a database and leave its address in the place; None and nothing of it where not wanted."""
    place.address_file.unlink(missing_ok=True)
    if not wanted:
        yield None
        return
    server = Server(SETTINGS)
    try:
        database = server.database()
        fill_database(database, place.exports)
        place.address_file.parent.mkdir(parents=True, exist_ok=True)
        # The server is of this run alone, and so is its password.
        place.address_file.write_text(database.address_with_password, encoding="utf-8")
        yield server
    finally:
        server.close()
        place.address_file.unlink(missing_ok=True)


def fill_database(database: Database, exports: Path) -> None:
    """Copy the exports into the tables, then make keys and indexes, as a restored dump does."""
    for table in TABLES:
        _copy_table(database, exports, table)
        database.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
        for column in INDEXED.get(table, ()):
            database.execute(f"CREATE INDEX ON {table} ({column})")
    database.execute("VACUUM ANALYZE")


def _copy_table(database: Database, exports: Path, table: str) -> None:
    """Copy the CSV of a table, which a process of its own writes, into the database."""
    command = (sys.executable, "-m", "benchmarks.rivals.export_rows", str(exports / f"{table}.parquet"))
    with (
        subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as rows,
        database.server.connect(database.name) as con,
    ):
        lines = cast("IO[bytes]", rows.stdout)
        columns = lines.readline().decode().strip()
        copy = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
        with con.cursor().copy(copy.encode()) as into:
            while piece := lines.read(1 << 20):
                into.write(piece)
    if rows.returncode:
        raise subprocess.CalledProcessError(rows.returncode, command)
