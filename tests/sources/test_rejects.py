"""Rows that cannot be read are told with file, line, column and reason; nothing vanishes silently."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import duckdb
import pytest

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.sources.registry import open_source
from sources.snapshots import (
    BRANCH,
    CUSTOMER,
    NOW,
    ORDERS,
    ORGANIZATION,
    Reject,
    SnapshotContents,
    load,
    numbered_uuid,
    open_snapshot,
    open_store,
    order_line,
    orders_csv,
    write_shop,
)

if TYPE_CHECKING:
    from pathlib import Path

NOTED = f"{ORDERS},notes"


def places(loaded: SnapshotContents) -> list[tuple[int | None, str | None, str]]:
    return [(reject.line, reject.column, reject.reason) for reject in loaded.rejects]


def test_too_few_and_too_many_cells(tmp_path: Path) -> None:
    text = orders_csv(
        order_line(1), "only,three,cells", order_line(2), order_line(3) + ",more,cells", order_line(4)
    )
    loaded = load(write_shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert loaded.rejects == [
        Reject("orders.csv", 3, None, "too_few_cells", refused=True),
        Reject("orders.csv", 5, None, "too_many_cells", refused=True),
    ]
    assert loaded.column("orders", "id") == [numbered_uuid(1), numbered_uuid(2), numbered_uuid(4)]
    assert loaded.rows_read["orders"] == 3


def test_a_stray_quote_costs_a_single_line(tmp_path: Path) -> None:
    lines = [f"{order_line(n)},note {n}" for n in range(1, 2001)]
    lines[999] = f'{order_line(1000)},"never closed'
    loaded = load(
        write_shop(tmp_path / "export", orders=orders_csv(*lines, header=NOTED)), tmp_path / "cache"
    )
    assert places(loaded) == [(1001, None, "unterminated_quote")]
    assert loaded.rows_read["orders"] == 1999


@pytest.mark.slow
def test_stray_quotes_far_apart_cost_a_line_each(tmp_path: Path) -> None:
    lines = [f"{order_line(n)},note {n}" for n in range(1, 200_001)]
    for place in (10, 100_000, 199_990):
        lines[place] = f'{order_line(place + 1)},"never closed {place}'
    loaded = load(
        write_shop(tmp_path / "export", orders=orders_csv(*lines, header=NOTED)), tmp_path / "cache"
    )
    assert [reject.line for reject in loaded.rejects] == [12, 100_002, 199_992]
    assert loaded.rows_read["orders"] == 199_997


def test_lines_are_true_where_cells_hold_line_breaks(tmp_path: Path) -> None:
    text = orders_csv(
        f'{order_line(1)},"one\ntwo\nthree"',
        f"{order_line(2, total='x')},plain",
        f'{order_line(3)},"a\n\nb"',
        "few",
        f'{order_line(4, created="never")},"c\nd"',
        header=NOTED,
    )
    loaded = load(write_shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert places(loaded) == [
        (5, "total_amount", "unreadable"),
        (9, None, "too_few_cells"),
        (10, "created_at", "unreadable"),
    ]
    sound = text.replace("few\n", "")
    loaded = load(write_shop(tmp_path / "sound", orders=sound), tmp_path / "cache")
    assert places(loaded) == [(5, "total_amount", "unreadable"), (9, "created_at", "unreadable")]


def test_lines_are_true_in_packed_semicolon_files(tmp_path: Path) -> None:
    text = orders_csv(
        f'{order_line(1)},"one\ntwo"', "", f"{order_line(2, total='x')},plain", header=NOTED
    ).replace(",", ";")
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    (folder / "orders.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert load(folder, tmp_path / "cache").rejects == [
        Reject("orders.csv.gz", 5, "total_amount", "unreadable", refused=True)
    ]


def test_an_empty_key_or_date_refuses_and_an_unreadable_extra_does_not(tmp_path: Path) -> None:
    header = f"{ORDERS},updated_at,copago_amount"
    good = order_line(1)
    text = orders_csv(
        f"{good},soon,1",
        f",{BRANCH},{CUSTOMER},delivered,paid,1,2026-01-02,,",
        f"{order_line(2, created='')},,",
        f"{order_line(3)},,mucho",
        header=header,
    )
    loaded = load(write_shop(tmp_path / "export", orders=text), tmp_path / "cache")
    assert [(reject.line, reject.column, reject.reason, reject.refused) for reject in loaded.rejects] == [
        (2, "updated_at", "unreadable", False),
        (3, "id", "empty", True),
        (4, "created_at", "empty", True),
        (5, "copago_amount", "unreadable", False),
    ]
    assert loaded.column("orders", "id") == [numbered_uuid(1), numbered_uuid(3)]


def test_json_lines(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()

    def row(number: int, amount: str = "1") -> str:
        return (
            f'{{"id":"{numbered_uuid(number)}","branch_id":"{BRANCH}","status":"x","payment_status":"paid",'
            f'"total_amount":{amount},"created_at":"2026-01-02"}}'
        )

    (folder / "orders.jsonl").write_text(
        "\n".join([row(1), "", "{bad", row(2, '"x"'), "[1]", "  ", row(3)]) + "\n"
    )
    loaded = load(folder, tmp_path / "cache")
    assert places(loaded) == [(3, None, "not_json"), (4, "total_amount", "unreadable"), (5, None, "not_json")]
    assert loaded.rows_read["orders"] == 3
    (folder / "orders.jsonl").unlink()
    (folder / "orders.json").write_text(f"[{row(1)},\n\n{row(2, '[7]')},\n 7,\n{row(3)}]")
    loaded = load(folder, tmp_path / "cache")
    assert places(loaded) == [(3, "total_amount", "unreadable"), (4, None, "not_json")]


def test_dump(tmp_path: Path) -> None:
    columns = ORDERS.replace(",", ", ")
    rows = [
        order_line(1, status="a\\\\nb\\tc"),
        "few",
        order_line(2, total="x"),
        order_line(3) + ",more",
        order_line(4, status="\\N"),
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
    loaded = load(tmp_path / "shop.dump", tmp_path / "cache")
    assert places(loaded) == [
        (10, None, "too_few_cells"),
        (11, "total_amount", "unreadable"),
        (12, None, "too_many_cells"),
    ]
    assert loaded.column("orders", "status") == ["a\\nb\tc", None]


def test_a_row_of_a_sheet(tmp_path: Path) -> None:
    import openpyxl

    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ORDERS.split(","),
        [],
        order_line(1).split(","),
        order_line(2, total="x").split(","),
        [None] * 7,
    ):
        sheet.append(cells)
    book.save(folder / "orders.xlsx")
    loaded = load(folder, tmp_path / "cache")
    assert loaded.rejects == [Reject("orders.xlsx [Sheet]", 4, "total_amount", "unreadable", refused=True)]


def test_a_row_of_a_parquet_file(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    rows = [order_line(n, total=total).split(",") for n, total in enumerate(["1", "x", "3"])]
    pq.write_table(
        pa.table(dict(zip(ORDERS.split(","), zip(*rows, strict=True), strict=True))),
        folder / "orders.parquet",
    )
    assert places(load(folder, tmp_path / "cache")) == [(2, "total_amount", "unreadable")]


def test_strict_names_the_first_and_the_count(tmp_path: Path) -> None:
    text = orders_csv(order_line(1), order_line(2, total="x"), "few", order_line(3))
    folder = write_shop(tmp_path / "export", orders=text)
    with pytest.raises(SourceError, match=r"^2 rows or cells .* orders\.csv:3:total_amount \(unreadable\)"):
        load(folder, tmp_path / "cache", strict=True)
    assert not list((tmp_path / "cache").glob("*.duckdb"))
    (folder / "orders.csv").write_text(orders_csv(order_line(1)))
    assert load(folder, tmp_path / "cache", strict=True).rejects == []


DAMAGED = [
    ("few", "too_few_cells"),
    (",".join("123456789"), "too_many_cells"),
    (f'{numbered_uuid(9)},"never closed', "unterminated_quote"),
]


@pytest.mark.parametrize("table", ["branches", "customers", "orders"])
@pytest.mark.parametrize(("line", "reason"), DAMAGED, ids=[reason for _line, reason in DAMAGED])
@pytest.mark.parametrize("first", [False, True])
def test_a_damaged_row_of_a_required_table_costs_itself(
    tmp_path: Path, table: str, line: str, reason: str, *, first: bool
) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1)))
    path = folder / f"{table}.csv"
    header, row = path.read_text().splitlines()
    path.write_text("\n".join([header, *([line, row] if first else [row, line]), ""]))
    loaded = load(folder, tmp_path / "cache")
    assert loaded.rejects == [Reject(path.name, 2 if first else 3, None, reason, refused=True)]
    assert {name: loaded.rows_read[name] for name in ("branches", "customers", "orders")} == {
        "branches": 1,
        "customers": 1,
        "orders": 1,
    }
    assert loaded.column("orders", "id") == [numbered_uuid(1)]
    assert loaded.column("branches", "id") == [BRANCH]


def test_ids_that_are_text_stay_so_beside_a_damaged_branch(tmp_path: Path) -> None:
    folder = write_shop(
        tmp_path / "export",
        branches="id,organization_id,name\ncentro,o,Centro\nfew\n",
        customers="id,branch_id,created_at\nana,centro,2026-01-02\n",
    )
    loaded = load(folder, tmp_path / "cache")
    assert loaded.column("customers", "branch_id") == ["centro"]
    assert places(loaded) == [(3, None, "too_few_cells")]


FITS, TOO_MUCH = "9999999999999.99", "10000000000000"


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_amount_that_no_column_of_the_source_can_hold_is_unreadable(
    tmp_path: Path, separator: str, sign: str
) -> None:
    text = orders_csv(
        f"{order_line(1, total=sign + FITS)},{sign}{FITS}",
        f"{order_line(2, total=sign + TOO_MUCH)},1",
        f"{order_line(3, total='5')},{sign}{TOO_MUCH}",
        f"{order_line(4, total=sign + '1e13')},",
        header=f"{ORDERS},copago_amount",
    )
    folder = write_shop(tmp_path / "export", orders=text.replace(",", separator))
    loaded = load(folder, tmp_path / "cache")
    assert [(reject.line, reject.column, reject.reason, reject.refused) for reject in loaded.rejects] == [
        (3, "total_amount", "unreadable", True),
        (4, "copago_amount", "unreadable", False),
        (5, "total_amount", "unreadable", True),
    ]
    assert loaded.column("orders", "total_amount") == [sign + FITS, "5.00"]
    assert loaded.column("orders", "copago_amount") == [sign + FITS, None]


def test_an_amount_beyond_reason_in_a_typed_column_is_unreadable(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    with duckdb.connect() as con:
        rows = ", ".join(
            f"('{numbered_uuid(n)}', {amount})" for n, amount in enumerate((FITS, TOO_MUCH, "1e15"), 1)
        )
        con.execute(
            f"COPY (SELECT id, '{BRANCH}' AS branch_id, 'paid' AS status, 'paid' AS payment_status, "
            f"CAST(amount AS DECIMAL(38, 2)) AS total_amount, TIMESTAMP '2026-01-02' AS created_at "
            f"FROM (VALUES {rows}) AS t(id, amount)) TO '{folder}/orders.parquet'"
        )
    loaded = load(folder, tmp_path / "cache")
    assert places(loaded) == [(2, "total_amount", "unreadable"), (3, "total_amount", "unreadable")]
    assert loaded.column("orders", "total_amount") == [FITS]


OTHER = numbered_uuid(77)


def test_rejects_of_shared_rows_count_for_their_organization(tmp_path: Path) -> None:
    folder = write_shop(
        tmp_path / "export",
        organizations=f"id,name\n{ORGANIZATION},Opttius\n{OTHER},Otra\n",
        products=f"id,organization_id,branch_id,name\nx,{ORGANIZATION},{BRANCH},A\ny,{OTHER},,B\nz,,,C\n"
        f"{numbered_uuid(1)},{ORGANIZATION},{BRANCH},D\n",
        agreements=f"id,organization_id,name\nx,{OTHER},A\ny,nobody,B\n",
    )
    path = open_store(tmp_path / "cache").load_snapshot(open_source(str(folder)), NOW, BuildOptions())
    with open_snapshot(path) as con:
        rejects = con.execute(
            "SELECT DISTINCT table_name, line, CAST(organization_id AS VARCHAR), branch_id "
            "FROM meta.rejects LEFT JOIN meta.tenants USING (tenant) WHERE refused ORDER BY ALL"
        ).fetchall()
        assert con.execute("SELECT DISTINCT tenant FROM raw.products").fetchall() == [(None,)]
    assert rejects == [
        ("agreements", 2, OTHER, None),
        ("agreements", 3, None, None),
        ("products", 2, ORGANIZATION, None),
        ("products", 3, OTHER, None),
        ("products", 4, None, None),
    ]


def test_rows_of_an_unknown_branch_are_counted(tmp_path: Path) -> None:
    lost = order_line(2).replace(BRANCH, OTHER)
    folder = write_shop(
        tmp_path / "export",
        orders=orders_csv(
            order_line(1),
            lost,
            lost,
            order_line(3).replace(BRANCH, ""),
            # One id in a branch that is known and in one that is not: set aside.
            order_line(4),
            order_line(4).replace(BRANCH, OTHER),
            order_line(5, total="x").replace(BRANCH, OTHER),
        ),
        prescriptions=f"id,customer_id,branch_id\n{numbered_uuid(1)},{CUSTOMER},{OTHER}\n",
        products=f"id,branch_id,name\n{numbered_uuid(1)},{OTHER},A\n",
    )
    path = open_store(tmp_path / "cache").load_snapshot(open_source(str(folder)), NOW, BuildOptions())
    with open_snapshot(path) as con:
        counts = {
            name: con.execute(
                f"SELECT sum(copies) FROM (FROM raw.{name} UNION ALL FROM raw.{name}_contested) WHERE tenant IS NULL"
            ).fetchone()
            for name in ("orders", "prescriptions")
        }
        assert counts == {"orders": (3,), "prescriptions": (1,)}
        # What names neither a branch nor an organization has an owner number of its own.
        nobody = "SELECT tenant FROM meta.tenants WHERE branch_id IS NULL AND organization_id IS NULL"
        assert con.execute(f"SELECT count(*) FROM raw.orders WHERE tenant = ({nobody})").fetchone() == (1,)


@pytest.mark.parametrize("seed", range(20))
def test_no_row_vanishes_whatever_is_damaged(tmp_path: Path, seed: int) -> None:
    """Every line of a damaged file is a row, or part of one, or told as refused."""
    chance = random.Random(seed)
    lines = [f'{order_line(n)},"note ""{n}"""' for n in range(1, 301)]
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        where = chance.randrange(len(lines[at]))
        lines[at] = lines[at][:where] + chance.choice(['"', "", ",", '","', "\n"]) + lines[at][where + 1 :]
    loaded = load(
        write_shop(tmp_path / "export", orders=orders_csv(*lines, header=NOTED)), tmp_path / "cache"
    )
    whole = {f'{order_line(n)},"note ""{n}"""' for n in range(1, 301)} & set(lines)
    loaded_ids = set(loaded.column("orders", "id"))
    lost = [line for line in whole if line.split(",")[0] not in loaded_ids]
    assert len(lost) <= len({reject.line for reject in loaded.rejects})
    assert (
        loaded.rows_read["orders"] + len({reject.line for reject in loaded.rejects if reject.refused}) >= 290
    )


MOMENTS = {
    "0001-01-01 00:00:00+00": False,
    "0001-01-01 23:59:59.999999+00": False,
    "0001-01-02 00:00:00+00": True,
    "9999-12-31 00:00:00+00": True,
    "9999-12-31 23:59:59+00": False,
    "12026-11-20 10:00:00+00": False,
    "0044-03-15 12:00:00+00 (BC)": False,
}
"""Of an order: a moment outside the calendar is none that could be read."""


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_moments_outside_the_calendar_are_refused(tmp_path: Path, format_: str) -> None:
    lines = [order_line(number, created=moment) for number, moment in enumerate(MOMENTS, 1)]
    folder = write_shop(tmp_path / "export", orders=orders_csv(*lines))
    if format_ == "parquet":
        con = duckdb.connect()
        con.execute(f"CREATE TABLE orders AS FROM read_csv('{folder}/orders.csv', all_varchar = true)")
        con.execute(
            f"COPY (SELECT * REPLACE (TRY_CAST(created_at AS TIMESTAMPTZ) AS created_at) FROM orders) "
            f"TO '{folder}/orders.parquet'"
        )
        (folder / "orders.csv").unlink()
    loaded = load(folder, tmp_path / "cache")
    expected = [numbered_uuid(number) for number, fine in enumerate(MOMENTS.values(), 1) if fine]
    assert loaded.column("orders", "id") == expected
    assert {(reject.column, reject.refused) for reject in loaded.rejects} == {("created_at", True)}
    assert len(loaded.rejects) == len(MOMENTS) - len(expected)


def test_an_optional_date_outside_the_calendar_is_emptied_and_reported(tmp_path: Path) -> None:
    header = "id,customer_id,branch_id,status,total_amount,created_at,expiration_date\n"
    dates = ("12026-11-30", "0001-01-01", "9999-12-31", "2026-11-30")
    rows = [
        f"{numbered_uuid(number)},{CUSTOMER},{BRANCH},sent,1,2026-01-01 12:00:00+00,{date}\n"
        for number, date in enumerate(dates)
    ]
    folder = write_shop(tmp_path / "export")
    (folder / "quotes.csv").write_text(header + "".join(rows), encoding="utf-8")
    loaded = load(folder, tmp_path / "cache")
    assert loaded.column("quotes", "expiration_date") == [None, None, "9999-12-31", "2026-11-30"]
    assert loaded.rejects == [
        Reject("quotes.csv", line, "expiration_date", "unreadable", refused=False) for line in (2, 3)
    ]
