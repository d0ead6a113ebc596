"""``python -m benchmarks.rivals.export_rows FILE.parquet``: print rows as CSV, of each id the one written last.

A primary key allows an id once, and what a database has in its place is the row that was written last. Of an id that
two organizations have, it is that of the organization which is asked about: the tool reads no row of the other. Lists
are left out: no question is about them, and PostgreSQL writes them otherwise.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.rivals.question import ORGANIZATION

_ASKED = """
    SELECT branch.id
    FROM read_parquet('{folder}/branches.parquet') AS branch
    INNER JOIN read_parquet('{folder}/organizations.parquet') AS organization
        ON branch.organization_id = organization.id
    WHERE organization.slug = '{slug}'
"""
WRITTEN = ("updated_at DESC NULLS LAST", "created_at DESC")


def main(file: str) -> None:
    """Print the columns, then the rows."""
    with duckdb.connect() as con:
        rows = con.read_parquet(file)
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        columns = [name for name, kind in types.items() if not kind.endswith("[]")]
        terms = [term for term in WRITTEN if term.partition(" ")[0] in types] or ["id"]
        if "branch_id" in types:
            asked = _ASKED.format(folder=Path(file).parent, slug=ORGANIZATION)
            terms.insert(0, f"branch_id IN ({asked}) DESC NULLS LAST")
        order = ", ".join(terms)
        ranked = rows.project(f"*, row_number() OVER (PARTITION BY id ORDER BY {order}) AS place")
        print(", ".join(columns), flush=True)
        ranked.filter("place = 1").project(", ".join(columns)).write_csv("/dev/stdout", header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
