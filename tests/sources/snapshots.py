"""Loading for tests: real files, a real store, and what came of it as plain values."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from opttius_cli.catalog.tables import TABLES
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.snapshot.open import ResourceLimits
from opttius_cli.snapshot.store import SnapshotStore
from opttius_cli.sources.registry import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

EXAMPLE = Path(__file__).parents[1] / "example" / "data"
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
ORGANIZATION = "00000000-0000-4000-8000-0000000000a1"
BRANCH = "00000000-0000-4000-8000-0000000000b1"
CUSTOMER = "00000000-0000-4000-8000-0000000000c1"


def numbered_uuid(number: int) -> str:
    """A UUID that a person can tell from another."""
    return f"00000000-0000-4000-8000-{number:012d}"


@dataclass(frozen=True)
class Reject:
    """A row of ``meta.rejects``."""

    origin: str
    line: int | None
    column: str | None
    reason: str
    refused: bool


@dataclass(frozen=True)
class SnapshotContents:
    """What a load left behind."""

    tables: Mapping[str, list[tuple[object, ...]]]
    rejects: list[Reject]
    rows_read: Mapping[str, int]
    missing: set[tuple[str, str | None]]

    def column(self, table: str, name: str) -> list[object]:
        """The values of one column, in the order of the rows' keys."""
        at = [column.name for column in TABLES[table].columns].index(name)
        return [row[at] for row in self.tables[table]]


def open_store(folder: Path, *, zone: str = "UTC", memory: str = "1GB") -> SnapshotStore:
    """A store in ``folder``."""
    return SnapshotStore(folder, ResourceLimits(memory, 2), zone)


def load(source: Path | str, cache: Path, *, zone: str = "UTC", strict: bool = False) -> SnapshotContents:
    """Load ``source`` and return what is in its snapshot."""
    path = open_store(cache, zone=zone).load_snapshot(
        open_source(str(source)), NOW, BuildOptions(strict=strict)
    )
    with open_snapshot(path) as con:
        return read_snapshot(con)


def loaded_file(source: Path, cache: Path) -> Path:
    """The published snapshot of ``source``, loaded unless it is fresh."""
    opened_source, cached = open_source(str(source)), open_store(cache)
    return cached.find_fresh(opened_source, NOW) or cached.load_snapshot(opened_source, NOW, BuildOptions())


@contextmanager
def open_snapshot(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The snapshot at ``path``, read-only."""
    con = duckdb.connect(str(path), read_only=True)
    try:
        con.execute("SET TimeZone = 'UTC'")
        yield con
    finally:
        con.close()


def read_snapshot(con: duckdb.DuckDBPyConnection) -> SnapshotContents:
    """Everything that a snapshot holds, in an order that does not depend on how it was loaded."""
    tables = {}
    for name, table in TABLES.items():
        columns = ", ".join(f'CAST("{column.name}" AS VARCHAR)' for column in table.columns)
        for kind in (name, f"{name}_contested"):
            tables[kind] = con.execute(
                f'SELECT {columns}, copies, tenant FROM raw."{kind}" ORDER BY ALL'
            ).fetchall()
    rejects = [
        Reject(*row)
        for row in con.execute(
            "SELECT origin, line, column_name, reason, refused FROM meta.rejects ORDER BY ALL"
        ).fetchall()
    ]
    return SnapshotContents(
        tables,
        rejects,
        dict(con.execute("SELECT table_name, rows_read FROM meta.loaded").fetchall()),
        set(con.execute("SELECT table_name, column_name FROM meta.missing WHERE NOT quiet").fetchall()),
    )


def write_shop(folder: Path, **files: str | bytes) -> Path:
    """The smallest export that loads, without an order; ``files`` replace or add tables."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, str | bytes] = {
        "branches": f"id,organization_id,name,code\n{BRANCH},{ORGANIZATION},Centro,C-1\n",
        "customers": f"id,branch_id,created_at\n{CUSTOMER},{BRANCH},2026-01-02 03:04:05+00\n",
        "orders": "id,branch_id,customer_id,status,payment_status,total_amount,created_at\n",
    }
    for name, text in (tables | files).items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


ORDERS = "id,branch_id,customer_id,status,payment_status,total_amount,created_at"


def order_line(
    number: int, *, total: str = "1000.50", created: str = "2026-01-02 03:04:05+00", status: str = "delivered"
) -> str:
    """A line of :data:`ORDERS`."""
    return f"{numbered_uuid(number)},{BRANCH},{CUSTOMER},{status},paid,{total},{created}"


def orders_csv(*lines: str, header: str = ORDERS) -> str:
    """An orders file."""
    return "\n".join((header, *lines)) + "\n"


def example_rows(table: str) -> tuple[Sequence[str], list[list[str]]]:
    """The header and the rows of a table of the worked example, as text."""
    with (EXAMPLE / f"{table}.csv").open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    return header, rows
