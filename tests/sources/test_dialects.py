"""How CSV files are written by the programs that people have, and that each is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli.errors import SourceError
from sources.snapshots import (
    BRANCH,
    CUSTOMER,
    ORDERS,
    ORGANIZATION,
    SnapshotContents,
    load,
    numbered_uuid,
    order_line,
    orders_csv,
    write_shop,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def loaded(tmp_path: Path) -> Loader:
    """Load a shop whose orders file is this."""
    return Loader(tmp_path)


class Loader:
    """Loads a shop whose files are these."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str | bytes, *, zone: str = "UTC", **others: str | bytes) -> SnapshotContents:
        return load(
            write_shop(self.folder / "export", orders=text, **others), self.folder / "cache", zone=zone
        )


def totals(contents: SnapshotContents) -> list[object]:
    assert contents.rejects == []
    return contents.column("orders", "total_amount")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(loaded: Loader, separator: str, end: str) -> None:
    text = orders_csv(order_line(1), order_line(2)).replace(",", separator).replace("\n", end)
    assert totals(loaded(text)) == ["1000.50", "1000.50"]


def test_a_last_line_without_an_end(loaded: Loader) -> None:
    assert totals(loaded(orders_csv(order_line(1), order_line(2)).rstrip("\n"))) == ["1000.50", "1000.50"]


def test_mixed_line_ends(loaded: Loader) -> None:
    text = orders_csv(order_line(1)) + order_line(2) + "\r\n" + order_line(3) + "\n"
    assert totals(loaded(text)) == ["1000.50"] * 3


def test_empty_lines_are_no_rows(loaded: Loader) -> None:
    assert totals(loaded("\n" + orders_csv(order_line(1), "", "", order_line(2)) + "\n\r\n")) == [
        "1000.50",
        "1000.50",
    ]


def test_rows_of_empty_cells_are_no_rows(loaded: Loader) -> None:
    assert totals(loaded(orders_csv(order_line(1), ",,,,,,", order_line(2), ",,,,,,"))) == [
        "1000.50",
        "1000.50",
    ]


def spanish(*totals: str, dates: str = "02-01-2026 3:04") -> str:
    lines = [
        f"{numbered_uuid(n)};{BRANCH};{CUSTOMER};delivered;paid;{total};{dates};VERDADERO"
        for n, total in enumerate(totals)
    ]
    return "\r\n".join([ORDERS.replace(",", ";") + ";is_pos_sale", *lines]) + "\r\n"


def test_a_spanish_spreadsheet(loaded: Loader) -> None:
    contents = loaded(("\ufeff" + spanish("1.234.567,89", "1.234", "$ 990", "-5,5", "19990")).encode())
    assert totals(contents) == ["1234567.89", "1234.00", "990.00", "-5.50", "19990.00"]
    assert set(contents.column("orders", "is_pos_sale")) == {"true"}
    assert set(contents.column("orders", "created_at")) == {"2026-01-02 03:04:00+00"}


def test_a_semicolon_alone_makes_no_spanish_spreadsheet(loaded: Loader) -> None:
    assert totals(loaded(spanish("1.5", "12.50", "1000"))) == ["1.50", "12.50", "1000.00"]


def test_thousandths_of_money_are_in_doubt_whatever_the_column_proves(loaded: Loader) -> None:
    contents = loaded(spanish("1.5", "12.50", "1.000"))
    assert contents.column("orders", "total_amount") == ["1.50", "12.50"]
    assert [(reject.line, reject.column, reject.reason) for reject in contents.rejects] == [
        (4, "total_amount", "number_in_doubt")
    ]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("02-01-26", "2026-01-02 00:00:00+00"),
        ("2/1/2026 23:59:58", "2026-01-02 23:59:58+00"),
        ("02.01.2026", "2026-01-02 00:00:00+00"),
        ("2026-01-02T03:04:05.123Z", "2026-01-02 03:04:05.123+00"),
        ("2026-01-02 03:04:05.123+00", "2026-01-02 03:04:05.123+00"),
        ("2026-01-02 03:04:05-03:00", "2026-01-02 06:04:05+00"),
        ("2026-01-02", "2026-01-02 00:00:00+00"),
    ],
)
def test_forms_of_a_moment(loaded: Loader, written: str, instant: str) -> None:
    assert loaded(orders_csv(order_line(1, created=written))).column("orders", "created_at") == [instant]


def test_a_timestamp_without_offset_is_in_the_configured_zone(loaded: Loader) -> None:
    contents = loaded(
        orders_csv(
            order_line(1, created="2026-01-02 03:04:05"), order_line(2, created="02-01-2026 03:04:05")
        ),
        zone="America/Santiago",
    )
    assert contents.column("orders", "created_at") == ["2026-01-02 06:04:05+00"] * 2


def test_infinity_is_no_moment(loaded: Loader) -> None:
    text = orders_csv(
        f"{order_line(1)},infinity", f"{order_line(2)},-infinity", header=f"{ORDERS},updated_at"
    )
    contents = loaded(text)
    assert contents.rejects == []
    assert contents.column("orders", "updated_at") == [None, None]


def test_nan_is_no_amount(loaded: Loader) -> None:
    assert (
        totals(
            loaded(
                orders_csv(order_line(1, total="NaN"), order_line(2, total="\\N"), order_line(3, total=""))
            )
        )
        == [None] * 3
    )


def test_windows_1252_anywhere_in_the_file(loaded: Loader) -> None:
    many = [f"{order_line(n)},Ibañez {n}" for n in range(3000)]
    text = orders_csv(*many, f"{order_line(9999)},“Peñalolén” – 5 €", header=f"{ORDERS},email").encode(
        "cp1252"
    )
    contents = loaded(text)
    assert contents.rejects == []
    assert contents.column("orders", "email")[-1] == "“Peñalolén” – 5 €"


def test_a_separator_declared_on_the_first_line(loaded: Loader) -> None:
    contents = loaded("sep=;\r\n" + spanish("1,5", "malo"))
    assert contents.column("orders", "total_amount") == ["1.50"]
    assert [(reject.line, reject.column) for reject in contents.rejects] == [(4, "total_amount")]


def test_headers_in_capitals_with_quotes_and_spaces_in_any_order(loaded: Loader) -> None:
    header = '" Created_At ", NOTES ,"ID",BRANCH_ID,customer_id,"Status",notes,Payment_Status,total_amount'
    line = f'2026-01-02,"a, ""b""\nc",{numbered_uuid(1)},{BRANCH},{CUSTOMER},delivered,x,paid,7'
    assert totals(loaded(orders_csv(line, header=header))) == ["7.00"]


def test_a_catalog_column_twice_is_an_error(loaded: Loader) -> None:
    with pytest.raises(SourceError, match="names the column “status” twice"):
        loaded(orders_csv(order_line(1) + ",x", header=f"{ORDERS},STATUS"))


def test_eighty_five_columns(loaded: Loader) -> None:
    more = ",".join(f"extra_{n}" for n in range(78))
    lines = [order_line(n) + "," + ",".join(f'"{{""a"": {n}}}"' for _ in range(78)) for n in range(50)]
    assert totals(loaded(orders_csv(*lines, header=f"{ORDERS},{more}"))) == ["1000.50"] * 50


def test_arrays_and_truth(loaded: Loader) -> None:
    tags = ['"{a,""b, c"",NULL}"', '"[""a"", ""b, c""]"', "{}", "[]", "\\N", "vip"]
    flags = ["t", "F", "true", "0", "VERDADERO", "no"]
    lines = [
        f"{numbered_uuid(n)},{BRANCH},2026-01-02,{tag},{flag}"
        for n, (tag, flag) in enumerate(zip(tags, flags, strict=True))
    ]
    contents = loaded(
        orders_csv(), customers=orders_csv(*lines, header="id,branch_id,created_at,tags,is_active")
    )
    assert contents.rejects == []
    assert contents.column("customers", "is_active") == ["true", "false", "true", "false", "true", "false"]
    assert contents.column("customers", "tags") == [
        "[a, 'b, c', NULL]",
        "[a, 'b, c']",
        "[]",
        "[]",
        None,
        "[vip]",
    ]


def test_an_empty_table_is_a_table(loaded: Loader) -> None:
    contents = loaded(orders_csv(), categories="id,name")
    assert contents.rows_read["orders"] == contents.rows_read["categories"] == 0
    assert ("categories", None) not in contents.missing


@pytest.mark.parametrize(
    "name",
    [
        "orders[1]",
        "orders-*",
        "orders-?'\"; ñandú 眼镜",
        "ORDERS (2)",
        "public.orders_rows",
        "orders.[!a]{b,c}",
    ],
)
def test_names_that_look_like_patterns(tmp_path: Path, name: str) -> None:
    folder = write_shop(tmp_path / "ex[p]*rt")
    (folder / "orders.csv").unlink()
    if name == "orders[1]":
        name = "orders-[1]"
    (folder / f"{name}.csv").write_text(orders_csv(order_line(1)))
    (folder / "orders-1.csv").write_text(orders_csv(order_line(2)))
    (folder / "orders_notes.csv").write_text("id,order_id\n1,2\n")
    assert load(folder, tmp_path / "cache").column("orders", "id") == [numbered_uuid(1), numbered_uuid(2)]


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").rename(tmp_path / "elsewhere")
    (folder / "orders.csv").symlink_to(tmp_path / "elsewhere")
    assert load(folder, tmp_path / "cache").rows_read["orders"] == 0


def test_ids_that_are_no_uuids(tmp_path: Path) -> None:
    folder = write_shop(
        tmp_path / "export",
        branches="id,organization_id,name\nb1,o1,Centro\n",
        customers="id,branch_id,created_at\nc1,b1,2026-01-02\n",
    )
    contents = load(folder, tmp_path / "cache")
    assert contents.column("customers", "id") == ["c1"]
    assert ORGANIZATION not in contents.column("branches", "organization_id")
