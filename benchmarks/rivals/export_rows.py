"""``python -m benchmarks.rivals.export_rows FILE.parquet``: print rows as CSV, of each id the one written last.

A primary key allows an id once, and what a database has in its place is the row that was written last. Lists are left
out: no question is about them, and PostgreSQL writes them otherwise.
"""

from __future__ import annotations

import sys

import duckdb

WRITTEN = ("updated_at DESC NULLS LAST", "created_at DESC")


def main(file: str) -> None:
    """Print the columns, then the rows."""
    with duckdb.connect() as con:
        rows = con.read_parquet(file)
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        columns = [name for name, kind in types.items() if not kind.endswith("[]")]
        order = ", ".join(term for term in WRITTEN if term.partition(" ")[0] in types) or "id"
        ranked = rows.project(f"*, row_number() OVER (PARTITION BY id ORDER BY {order}) AS place")
        print(", ".join(columns), flush=True)
        ranked.filter("place = 1").project(", ".join(columns)).write_csv("/dev/stdout", header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
