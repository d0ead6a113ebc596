"""A bare DuckDB script, on the Parquet exports or on the tool's own snapshot: ``JOB exports|snapshot PATH``.

``revenue`` prints a line per branch, ``segments`` writes segments.parquet, ``load`` sorts every table into a database.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.rivals import question

SQL = Path(__file__).parent / "sql"
KEYS = Path(__file__).parents[2] / "sql" / "base" / "rules" / "keys.sql"
"""How RUTs are compared: the project's own macros, which are plain DuckDB."""


def main(job: str, form: str, path: str) -> None:
    """Answer one question from one form of the data."""
    if job == "load":
        load_sorted(Path(path))
        return
    con = duckdb.connect()
    set_variables(con, everything=job == "segments")
    if form == "snapshot":
        con.execute(f"ATTACH '{path}' AS shop (READ_ONLY)")
        con.execute(_read("snapshot"))
    else:
        con.execute(f"SET file_search_path = '{path}'")
        con.execute(_read("parquet"))
    con.execute(_read("purchases"))
    if job == "revenue":
        print(question.format_revenue(con.execute(_read("revenue")).fetchall()))
    else:
        con.execute(KEYS.read_text(encoding="utf-8"))
        con.execute(_read("segments"))


def set_variables(con: duckdb.DuckDBPyConnection, *, everything: bool) -> None:
    """Set what the statements ask for; ``everything`` reads all purchases, not those of two windows."""
    for name, value in (
        ("organization", question.ORGANIZATION),
        ("currency", question.CURRENCY),
        ("zone", question.ZONE),
        ("as_of", question.AS_OF),
        ("until", question.UNTIL),
        ("since", datetime(1970, 1, 1, tzinfo=UTC) if everything else question.PREVIOUS_FROM),
        ("current_from", question.CURRENT_FROM),
        ("at_risk_days", question.AT_RISK_DAYS),
        ("vip_purchases", question.VIP_PURCHASES),
        ("regular_purchases", question.REGULAR_PURCHASES),
    ):
        con.execute(f"SET VARIABLE {name} = $1", [value])


def load_sorted(folder: Path) -> None:
    """Write every export into a new database, each table in the order of its rows' dates; print how many rows."""
    database = Path("sorted.duckdb")
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as con:
        for file in sorted(folder.glob("*.parquet")):
            names = [row[0] for row in con.execute(f"DESCRIBE FROM '{file}'").fetchall()]
            order = "ORDER BY created_at" if "created_at" in names else ""
            rows = con.execute(f"CREATE TABLE {file.stem} AS FROM '{file}' {order}").fetchall()
            print(file.stem, rows[0][0])


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
