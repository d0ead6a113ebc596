"""What programs write and people hand over, case by case: the right figure, or a sentence that helps.

`cases/expected.toml` says what is right; a case that is `pending` there must fail, or leave that list.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.build import BuildOptions, build_snapshot
from opttius_cli.sources.registry import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "cases"
EXPECTED: dict[str, Any] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
PENDING: list[str] = EXPECTED.pop("pending")
SALES = """
    SELECT count(*), coalesce(sum(total_amount), 0), count(*) - count(total_amount)
    FROM (
        SELECT status, payment_status, total_amount FROM raw.orders
        UNION ALL
        SELECT status, payment_status, total_amount FROM raw.lab_work_orders WHERE pos_order_id IS NULL
    )
    WHERE payment_status = 'paid' AND status NOT IN ('cancelled', 'refunded')
"""
REJECTS = """
    SELECT
        count(DISTINCT (table_name, ordinal)) FILTER (refused),
        count(*) FILTER (NOT refused),
        coalesce(string_agg(concat_ws(':', origin, line, column_name, reason), chr(10) ORDER BY origin, line), '')
    FROM meta.rejects
"""
READINGS = """
    SELECT coalesce(string_agg(concat_ws(':', origin, column_name, reading, cells), chr(10) ORDER BY origin), '')
    FROM meta.readings
"""
UNREAD = (
    "SELECT coalesce(string_agg(concat_ws(':', name, reason), chr(10) ORDER BY name), '') FROM meta.unread"
)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, marks=[pytest.mark.xfail(reason="pending", strict=True)] if case in PENDING else []
        )
        for case in EXPECTED
    ],
)
def test_case(case: str, tmp_path: Path) -> None:
    expected = EXPECTED[case]
    sentence = load_case(source_path(FOLDER / case), tmp_path, expected)
    if sentence is not None:
        pattern = expected.get("error", expected.get("either"))
        assert pattern, f"it must load: {sentence}"
        assert re.search(pattern, sentence, re.DOTALL), sentence


def load_case(source: Path, scratch: Path, expected: dict[str, Any]) -> str | None:
    """Check what was loaded; returns the sentence with which the load ended instead."""
    try:
        with loaded_snapshot(source, scratch) as con:
            assert "error" not in expected, "it must not load"
            check_figures(con, expected)
    except SourceError as error:
        return str(error)
    return None


def test_every_case_has_an_expectation() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == sorted(EXPECTED)
    assert set(PENDING) <= set(EXPECTED)


def source_path(case: Path) -> Path:
    """The one file of a case, or its folder."""
    entries = list(case.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_file() else case


@contextmanager
def loaded_snapshot(source: Path, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot of ``source`` in memory."""
    con = duckdb.connect(config={"temp_directory": str(scratch / "spill"), "threads": 2})
    try:
        con.execute("SET TimeZone = 'UTC'")
        build_snapshot(con, open_source(str(source)), BuildOptions())
        yield con
    finally:
        con.close()


def check_figures(con: duckdb.DuckDBPyConnection, expected: dict[str, Any]) -> None:
    """Compare what was loaded with what is right."""
    ((sales, revenue, without_amount),) = con.execute(SALES).fetchall()
    ((refused, emptied, rejects),) = con.execute(REJECTS).fetchall()
    ((readings,),) = con.execute(READINGS).fetchall()
    ((unread,),) = con.execute(UNREAD).fetchall()
    notes = f"{rejects}\n{readings}\n{unread}"
    assert (float(revenue), sales) == (expected.get("revenue", 30000), expected.get("sales", 3)), notes
    assert (refused, emptied) == (expected.get("refused", 0), expected.get("emptied", 0)), notes
    assert without_amount == expected.get("amounts", 0)
    for query, answer in expected.get("answers", {}).items():
        assert str(con.execute(query).fetchall()[0][0]) == answer
    assert re.search(expected.get("told", ""), notes), notes
