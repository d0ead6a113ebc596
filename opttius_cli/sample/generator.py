"""Run the SQL files under sql/sample in the order given here, and write their rows to files.

Random values come from a hash of seed, purpose and row, so threads, memory and machine change no byte.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from opttius_cli.installation.resources import read_sql

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import duckdb

FileFormat = Literal["csv", "parquet"]

# Later files read the tables of earlier ones.
LOYALTY = 70
"""How many of 100 customers stay after each purchase, unless told otherwise."""

SCRIPTS = (
    "draw", "calendar", "names", "directory", "admins", "catalogue",
    "people", "visits", "baskets", "lab", "sales",
    "odd_products", "odd_customers", "odd_orders", "odd_lines", "odd_work_orders", "odd_clinic",
    "products", "orders", "order_lines", "credit_notes", "work_orders", "quotes", "clinic", "customers",
)  # fmt: skip

# The drafts of the rows written by hand, and the table that each ends up in.
ODD_TABLES = {
    "odd_customers": "customers",
    "odd_orders": "orders",
    "odd_items": "order_items",
    "odd_payments": "order_payments",
    "odd_credit_notes": "credit_notes",
    "odd_work_orders": "lab_work_orders",
    "odd_quotes": "quotes",
    "odd_appointments": "appointments",
    "odd_products": "products",
}


@dataclass(frozen=True, slots=True)
class OddCase:
    """A row written by hand: its table, its id, and what is odd about it."""

    table: str
    id: str
    description: str


def generate_sample(
    out: Path,
    *,
    customers: int,
    seed: int,
    until: date,
    loyalty: int = LOYALTY,
    file_format: FileFormat = "csv",
) -> dict[str, int]:
    """Write one file per table into the folder ``out``, and return the rows of each table.

    Sales cover the three years that end with the local day ``until``. ``loyalty`` is how many of 100 customers stay
    after each purchase. Files of the same name are replaced. Raises ValueError when ``customers`` is below 1.
    """
    if customers < 1:
        message = f"A sample needs at least one customer, not {customers}."
        raise ValueError(message)
    out.mkdir(parents=True, exist_ok=True)
    with _open_connection(out, customers=customers, seed=seed, until=until, loyalty=loyalty) as con:
        for name in SCRIPTS:
            con.execute(read_sql(f"sample/{name}"))
        # One writer keeps the order of the rows and the borders of row groups.
        con.execute("SET threads = 1")
        return {table: _write_file(con, table, out, file_format) for table in _list_tables(con)}


def list_odd_cases(out: Path, *, until: date) -> list[OddCase]:
    """Return the rows that every sample has, whatever its seed and size; DuckDB spills into ``out``."""
    with _open_connection(out, customers=1, seed=0, until=until) as con:
        for name in ("draw", *(script for script in SCRIPTS if script.startswith("odd_"))):
            con.execute(read_sql(f"sample/{name}"))
        cases: list[OddCase] = []
        for draft, table in ODD_TABLES.items():
            rows = con.table(f"draft.{draft}").project("CAST(id AS VARCHAR) AS id, what").order("id, what")
            cases += [OddCase(table, row["id"], row["what"]) for row in rows.to_arrow_table().to_pylist()]
        return cases


def _open_connection(
    spill: Path, *, customers: int, seed: int, until: date, loyalty: int = LOYALTY
) -> duckdb.DuckDBPyConnection:
    import duckdb  # keeps the start of every other command fast

    con = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "memory_limit": "2GB",
            "temp_directory": str(spill / ".spill"),
            "threads": "2",
        },
    )
    # DuckDB would draw its progress bar on stdout, which is for data.
    con.execute("SET enable_progress_bar = false")
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET VARIABLE customers = $customers", {"customers": customers})
    con.execute("SET VARIABLE seed = $seed", {"seed": seed})
    con.execute("SET VARIABLE until = $until", {"until": until})
    con.execute("SET VARIABLE loyalty = CAST($loyalty AS DOUBLE) / 100", {"loyalty": loyalty})
    return con


def _list_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public' ORDER BY table_name"
    rows = con.execute(query).fetchall()
    return [str(row[0]) for row in rows]


def _write_file(con: duckdb.DuckDBPyConnection, table: str, out: Path, file_format: FileFormat) -> int:
    """Write one table to a temporary name, then rename it: nobody reads half a file."""
    temporary = out / f".{table}.{os.getpid()}.part"
    relation = con.table(f"public.{table}")
    rows = len(relation)
    try:
        if file_format == "parquet":
            relation.write_parquet(str(temporary), compression="zstd")
        else:
            _format_arrays(relation).write_csv(str(temporary), header=True)
        temporary.replace(out / f"{table}.{file_format}")
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def _format_arrays(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Write arrays as Postgres does, ``{a,b}``: no other program uses DuckDB's list format."""
    if "tags" not in relation.columns:
        return relation
    return relation.project("* REPLACE ('{' || array_to_string(tags, ',') || '}' AS tags)")
