"""Rows that cannot be read are told with file, line, column and reason; nothing vanishes silently."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest

from opttius_cli.errors import SourceError
from sources.loading import BRANCH, CUSTOMER, ORDERS, Loaded, Reject, load, order, orders, shop, uid

if TYPE_CHECKING:
    from pathlib import Path

NOTED = f"{ORDERS},notes"


def places(found: Loaded) -> list[tuple[int | None, str | None, str]]:
    return [(one.line, one.column, one.reason) for one in found.rejects]


def test_too_few_and_too_many_cells(tmp_path: Path) -> None:
    text = orders(order(1), "only,three,cells", order(2), order(3) + ",more,cells", order(4))
    found = load(shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert found.rejects == [
        Reject("orders.csv", 3, None, "too_few_cells", refused=True),
        Reject("orders.csv", 5, None, "too_many_cells", refused=True),
    ]
    assert found.column("orders", "id") == [uid(1), uid(2), uid(4)]
    assert found.rows_read["orders"] == 3


def test_a_stray_quote_costs_one_line(tmp_path: Path) -> None:
    lines = [f"{order(n)},note {n}" for n in range(1, 2001)]
    lines[999] = f'{order(1000)},"never closed'
    found = load(shop(tmp_path / "export", orders=orders(*lines, header=NOTED)), tmp_path / "cache")
    assert places(found) == [(1001, None, "unterminated_quote")]
    assert found.rows_read["orders"] == 1999


def test_stray_quotes_far_apart_cost_a_line_each(tmp_path: Path) -> None:
    lines = [f"{order(n)},note {n}" for n in range(1, 200_001)]
    for place in (10, 100_000, 199_990):
        lines[place] = f'{order(place + 1)},"never closed {place}'
    found = load(shop(tmp_path / "export", orders=orders(*lines, header=NOTED)), tmp_path / "cache")
    assert [one.line for one in found.rejects] == [12, 100_002, 199_992]
    assert found.rows_read["orders"] == 199_997


def test_lines_are_true_where_cells_hold_line_breaks(tmp_path: Path) -> None:
    text = orders(
        f'{order(1)},"one\ntwo\nthree"',
        f"{order(2, total='x')},plain",
        f'{order(3)},"a\n\nb"',
        "few",
        f'{order(4, created="never")},"c\nd"',
        header=NOTED,
    )
    found = load(shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert places(found) == [
        (5, "total_amount", "unreadable"),
        (9, None, "too_few_cells"),
        (10, "created_at", "unreadable"),
    ]
    sound = text.replace("few\n", "")
    found = load(shop(tmp_path / "sound", orders=sound), tmp_path / "cache")
    assert places(found) == [(5, "total_amount", "unreadable"), (9, "created_at", "unreadable")]


def test_lines_are_true_in_packed_semicolon_files(tmp_path: Path) -> None:
    text = orders(f'{order(1)},"one\ntwo"', "", f"{order(2, total='x')},plain", header=NOTED).replace(
        ",", ";"
    )
    folder = shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    (folder / "orders.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert load(folder, tmp_path / "cache").rejects == [
        Reject("orders.csv.gz", 5, "total_amount", "unreadable", refused=True)
    ]


def test_an_empty_key_or_date_refuses_and_an_unreadable_extra_does_not(tmp_path: Path) -> None:
    header = f"{ORDERS},updated_at,copago_amount"
    good = order(1)
    text = orders(
        f"{good},soon,1",
        f",{BRANCH},{CUSTOMER},delivered,paid,1,2026-01-02,,",
        f"{order(2, created='')},,",
        f"{order(3)},,mucho",
        header=header,
    )
    found = load(shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert [(one.line, one.column, one.reason, one.refused) for one in found.rejects] == [
        (2, "updated_at", "unreadable", False),
        (3, "id", "empty", True),
        (4, "created_at", "empty", True),
        (5, "copago_amount", "unreadable", False),
    ]
    assert found.column("orders", "id") == [uid(1), uid(3)]


def test_json_lines(tmp_path: Path) -> None:
    folder = shop(tmp_path / "export")
    (folder / "orders.csv").unlink()

    def row(number: int, amount: str = "1") -> str:
        return (
            f'{{"id":"{uid(number)}","branch_id":"{BRANCH}","status":"x","payment_status":"paid",'
            f'"total_amount":{amount},"created_at":"2026-01-02"}}'
        )

    (folder / "orders.jsonl").write_text(
        "\n".join([row(1), "", "{bad", row(2, '"x"'), "[1]", "  ", row(3)]) + "\n"
    )
    found = load(folder, tmp_path / "cache")
    assert places(found) == [(3, None, "not_json"), (4, "total_amount", "unreadable"), (5, None, "not_json")]
    assert found.rows_read["orders"] == 3
    (folder / "orders.jsonl").unlink()
    (folder / "orders.json").write_text(f"[{row(1)},\n\n{row(2, '[7]')},\n 7,\n{row(3)}]")
    found = load(folder, tmp_path / "cache")
    assert places(found) == [(3, "total_amount", "unreadable"), (4, None, "not_json")]


def test_dump(tmp_path: Path) -> None:
    columns = ORDERS.replace(",", ", ")
    rows = [
        order(1, status="a\\\\nb\\tc"),
        "few",
        order(2, total="x"),
        order(3) + ",more",
        order(4, status="\\N"),
    ]
    text = (
        "-- PostgreSQL database dump\n\n"
        f"COPY public.branches (id, organization_id, name) FROM stdin;\n{BRANCH}\t\\N\tCentro\n\\.\n"
        "COPY public.customers (id, branch_id, created_at) FROM stdin;\n\\.\n"
        f"COPY public.orders ({columns}) FROM stdin;\n"
        + "".join(row.replace(",", "\t") + "\n" for row in rows)
        + "\\.\n-- PostgreSQL database dump complete\n"
    )
    (tmp_path / "shop.dump").write_text(text)
    found = load(tmp_path / "shop.dump", tmp_path / "cache")
    assert places(found) == [
        (10, None, "too_few_cells"),
        (11, "total_amount", "unreadable"),
        (12, None, "too_many_cells"),
    ]
    assert found.column("orders", "status") == ["a\\nb\tc", None]


def test_a_row_of_a_sheet(tmp_path: Path) -> None:
    import openpyxl

    folder = shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (ORDERS.split(","), [], order(1).split(","), order(2, total="x").split(","), [None] * 7):
        sheet.append(cells)
    book.save(folder / "orders.xlsx")
    found = load(folder, tmp_path / "cache")
    assert found.rejects == [Reject("orders.xlsx [Sheet]", 4, "total_amount", "unreadable", refused=True)]


def test_a_row_of_a_parquet_file(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    rows = [order(n, total=total).split(",") for n, total in enumerate(["1", "x", "3"])]
    pq.write_table(
        pa.table(dict(zip(ORDERS.split(","), zip(*rows, strict=True), strict=True))),
        folder / "orders.parquet",
    )
    assert places(load(folder, tmp_path / "cache")) == [(2, "total_amount", "unreadable")]


def test_strict_names_the_first_and_the_count(tmp_path: Path) -> None:
    text = orders(order(1), order(2, total="x"), "few", order(3))
    folder = shop(tmp_path / "export", orders=text)
    with pytest.raises(SourceError, match=r"^2 rows or cells .* orders\.csv:3:total_amount \(unreadable\)"):
        load(folder, tmp_path / "cache", strict=True)
    assert not list((tmp_path / "cache").glob("*.duckdb"))
    (folder / "orders.csv").write_text(orders(order(1)))
    assert load(folder, tmp_path / "cache", strict=True).rejects == []


@pytest.mark.parametrize("seed", range(20))
def test_no_row_vanishes_whatever_is_damaged(tmp_path: Path, seed: int) -> None:
    """Every line of a damaged file is a row, or part of one, or told as refused."""
    chance = random.Random(seed)
    lines = [f'{order(n)},"note ""{n}"""' for n in range(1, 301)]
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        where = chance.randrange(len(lines[at]))
        lines[at] = lines[at][:where] + chance.choice(['"', "", ",", '","', "\n"]) + lines[at][where + 1 :]
    found = load(shop(tmp_path / "export", orders=orders(*lines, header=NOTED)), tmp_path / "cache")
    whole = {f'{order(n)},"note ""{n}"""' for n in range(1, 301)} & set(lines)
    kept = set(found.column("orders", "id"))
    lost = [line for line in whole if line.split(",")[0] not in kept]
    assert len(lost) <= len({one.line for one in found.rejects})
    assert found.rows_read["orders"] + len({one.line for one in found.rejects if one.refused}) >= 290
