"""What cannot be read of a database is counted as in an export of it: row by row, though rows have no line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.run_program import run_inline

from postgres.live_database import SHOP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from cli.run_program import RunResult

    from postgres.server import Database, Server


def test_rows_that_cannot_be_read_are_counted_row_by_row(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, database = run_inline(capsys), server.database()
    database.execute(SHOP)
    database.execute(
        "UPDATE customers SET created_at = 'infinity' WHERE first_name < 'Cliente 2';"
        "UPDATE orders SET total_amount = NULL, created_at = NULL WHERE total_amount <= 50"
    )
    for table in ("organizations", "branches", "customers", "orders"):
        export(database, table, tmp_path)
    live, files = (refusals(run, where) for where in (database.address, tmp_path))
    assert live == files
    assert live["load"] == {"customers": 111, "orders": 5}
    assert live["dashboard"] == live["check"] == {"customers": 75, "orders": 3}


def export(database: Database, table: str, folder: Path) -> None:
    """A table as the CSV file of an export."""
    copy = f"COPY {table} TO STDOUT (FORMAT csv, HEADER)"
    with database.server.connect(database.name) as con, con.cursor().copy(copy.encode()) as rows:
        (folder / f"{table}.csv").write_bytes(b"".join(rows))


def refusals(run: Callable[..., RunResult], where: str | Path) -> dict[str, dict[str, int]]:
    """How many rows of which table are said to have been refused, by whom."""
    load = json.loads(run("load", where, "-f", "json").out)
    board = json.loads(run("dashboard", "-s", where, "-O", "Una", "-f", "json").out)
    check = json.loads(run("check", "-s", where, "-O", "Una", "-f", "json").out)
    return {
        "load": {row["table_name"]: row["refused"] for row in load["rows"] if row["refused"]},
        "dashboard": board["data_quality"]["refused_rows"],
        "check": {
            row["table_name"]: row["count"] for row in check["rows"] if row["finding"] == "refused_rows"
        },
    }
