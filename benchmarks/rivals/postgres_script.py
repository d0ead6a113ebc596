"""SQL in the shop's own PostgreSQL: ``revenue|segments ADDRESS``; it answers as every rival.

The server works, this process writes what it answers. Beside an answer it leaves what memory the server's process used.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.rivals import question
from benchmarks.rivals.server_usage import write_peak_memory

SQL = Path(__file__).parent / "sql"


def main(job: str, address: str) -> None:
    """Answer one question."""
    values = build_values(everything=job == "segments")
    with psycopg.connect(address, cursor_factory=psycopg.ClientCursor) as con:
        con.execute(_read("purchases"), values)
        if job == "revenue":
            print(question.format_revenue(con.execute(_read("revenue"), values).fetchall()))
        else:
            con.execute(_read("owners"), values)
            write_segments(con, values)
        write_peak_memory(con.info.backend_pid)


def build_values(*, everything: bool) -> dict[str, Any]:
    """What the statements ask for; ``everything`` reads all purchases, not those of two windows."""
    return {
        "organization": question.ORGANIZATION,
        "currency": question.CURRENCY,
        "zone": question.ZONE,
        "as_of": question.AS_OF,
        "until": question.UNTIL,
        "since": datetime(1970, 1, 1, tzinfo=UTC) if everything else question.PREVIOUS_FROM,
        "current_from": question.CURRENT_FROM,
        "at_risk_days": question.AT_RISK_DAYS,
        "vip_purchases": question.VIP_PURCHASES,
        "regular_purchases": question.REGULAR_PURCHASES,
    }


def write_segments(con: psycopg.Connection[Any], values: dict[str, Any]) -> None:
    """Write segments.parquet from what the server sends as CSV."""
    # Revenue does without these, so it does not wait for them.
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    sink = pa.BufferOutputStream()
    with con.cursor().copy(_read("segments"), values) as rows:
        for piece in rows:
            sink.write(piece)
    table = pyarrow.csv.read_csv(
        pa.BufferReader(sink.getvalue()),
        convert_options=pyarrow.csv.ConvertOptions(column_types={"customer_id": pa.string()}),
    )
    pyarrow.parquet.write_table(table, "segments.parquet")


def _read(name: str) -> bytes:
    return (SQL / f"postgres_{name}.sql").read_bytes()


if __name__ == "__main__":
    main(*sys.argv[1:])
