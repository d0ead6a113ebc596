"""Orders read from one CSV file, without a whole snapshot around them: quick enough for thousands of files."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from opttius_cli.catalog.tables import TABLES
from opttius_cli.installation.resources import read_sql
from opttius_cli.snapshot import build, staging
from opttius_cli.snapshot.casting import RowCaster
from opttius_cli.sources.csv_file import CsvFile
from opttius_cli.sources.file_names import parse_file_name, verify_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.snapshot.source_protocol import Part

COLUMNS = (
    "id",
    "branch_id",
    "customer_id",
    "email",
    "status",
    "payment_status",
    "total_amount",
    "created_at",
    "updated_at",
)
"""What is read of an order here; ``notes`` is a column that is not read."""
BRANCH = "00000000-0000-4000-8000-0000000000b1"
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class OrdersRead:
    """The rows in the order of their ids, what was refused or emptied, and how columns were read."""

    rows: list[Row]
    refused: set[int]
    rejects: list[tuple[int, str | None, str]]
    readings: set[tuple[str | None, str]]

    def column(self, name: str) -> list[str | None]:
        """The values of one column."""
        return [row[COLUMNS.index(name)] for row in self.rows]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """A connection that knows how cells are read."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET TimeZone = 'UTC'")
    for script in ("base/keys", "load/cells", "load/number_forms", "load/numbers", "load/dates", "load/meta"):
        con.execute(read_sql(script))
    con.execute("CREATE TABLE meta.tenants (tenant INTEGER, branch_id UUID, organization_id UUID)")
    return con


@contextmanager
def exported(content: bytes) -> Iterator[Path]:
    """A folder with an orders file of this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes(content)
        yield path


def read_orders(content: bytes) -> OrdersRead:
    """Read an orders file of this content."""
    with exported(content) as path:
        file = parse_file_name(path)
        assert file is not None
        return read_part(CsvFile(verify_type(file), TABLES["orders"], path.parent))


def read_part(part: Part) -> OrdersRead:
    """Read a part with rows of orders."""
    con, table = connection(), TABLES["orders"]
    con.execute("DROP TABLE IF EXISTS staged_orders; DELETE FROM meta.rejects; DELETE FROM meta.readings")
    con.execute(build._build_staging_ddl(table, build.UUID))
    try:
        staging.append_part(con, RowCaster(table, part.stage_view(con), build.UUID), part)
    finally:
        part.drop_view(con)
    values = ", ".join(f"CAST({name} AS VARCHAR)" for name in COLUMNS)
    rows = con.execute(f"SELECT {values} FROM staged_orders WHERE NOT refused ORDER BY ALL").fetchall()
    rejects = con.execute(
        "SELECT line, column_name, reason, refused FROM meta.rejects ORDER BY ALL"
    ).fetchall()
    readings = con.execute("SELECT column_name, reading FROM meta.readings").fetchall()
    return OrdersRead(
        rows,
        {line for line, _column, _reason, refused in rejects if refused},
        [(line, column, reason) for line, column, reason, _refused in rejects],
        set(readings),
    )


def uid(number: int) -> str:
    """A UUID that a person can tell from another."""
    return f"00000000-0000-4000-8000-{number:012d}"


def order_cells(
    number: int, *, total: str = "1000.50", created: str = "2026-01-02 03:04:05+00"
) -> Sequence[str]:
    """The cells of :data:`COLUMNS` of a plain order."""
    return (uid(number), BRANCH, uid(7), "a@b.cl", "delivered", "paid", total, created, "")
