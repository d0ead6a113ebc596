"""How CSV files are written by the programs that people have, and that each is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli.errors import SourceError
from sources.loading import (
    BRANCH,
    CUSTOMER,
    ORDERS,
    ORGANIZATION,
    Loaded,
    load,
    order,
    orders,
    shop,
    uid,
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

    def __call__(self, text: str | bytes, *, zone: str = "UTC", **others: str | bytes) -> Loaded:
        return load(shop(self.folder / "export", orders=text, **others), self.folder / "cache", zone=zone)


def totals(found: Loaded) -> list[object]:
    assert found.rejects == []
    return found.column("orders", "total_amount")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(loaded: Loader, separator: str, end: str) -> None:
    text = orders(order(1), order(2)).replace(",", separator).replace("\n", end)
    assert totals(loaded(text)) == ["1000.50", "1000.50"]


def test_a_last_line_without_an_end(loaded: Loader) -> None:
    assert totals(loaded(orders(order(1), order(2)).rstrip("\n"))) == ["1000.50", "1000.50"]


def test_mixed_line_ends(loaded: Loader) -> None:
    text = orders(order(1)) + order(2) + "\r\n" + order(3) + "\n"
    assert totals(loaded(text)) == ["1000.50"] * 3


def test_empty_lines_are_no_rows(loaded: Loader) -> None:
    assert totals(loaded("\n" + orders(order(1), "", "", order(2)) + "\n\r\n")) == ["1000.50", "1000.50"]


def test_rows_of_empty_cells_are_no_rows(loaded: Loader) -> None:
    assert totals(loaded(orders(order(1), ",,,,,,", order(2), ",,,,,,"))) == ["1000.50", "1000.50"]


def spanish(*totals: str, dates: str = "02-01-2026 3:04") -> str:
    lines = [
        f"{uid(n)};{BRANCH};{CUSTOMER};delivered;paid;{total};{dates};VERDADERO"
        for n, total in enumerate(totals)
    ]
    return "\r\n".join([ORDERS.replace(",", ";") + ";is_pos_sale", *lines]) + "\r\n"


def test_a_spanish_spreadsheet(loaded: Loader) -> None:
    found = loaded(("\ufeff" + spanish("1.234.567,89", "1.234", "$ 990", "-5,5", "19990")).encode())
    assert totals(found) == ["1234567.89", "1234.00", "990.00", "-5.50", "19990.00"]
    assert set(found.column("orders", "is_pos_sale")) == {"true"}
    assert set(found.column("orders", "created_at")) == {"2026-01-02 03:04:00+00"}


def test_a_semicolon_alone_makes_no_spanish_spreadsheet(loaded: Loader) -> None:
    assert totals(loaded(spanish("1.5", "12.50", "1.000"))) == ["1.50", "12.50", "1.00"]


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
    assert loaded(orders(order(1, created=written))).column("orders", "created_at") == [instant]


def test_a_moment_without_offset_is_in_the_given_zone(loaded: Loader) -> None:
    found = loaded(
        orders(order(1, created="2026-01-02 03:04:05"), order(2, created="02-01-2026 03:04:05")),
        zone="America/Santiago",
    )
    assert found.column("orders", "created_at") == ["2026-01-02 06:04:05+00"] * 2


def test_infinity_is_no_moment(loaded: Loader) -> None:
    text = orders(f"{order(1)},infinity", f"{order(2)},-infinity", header=f"{ORDERS},updated_at")
    found = loaded(text)
    assert found.rejects == []
    assert found.column("orders", "updated_at") == [None, None]


def test_nan_is_no_amount(loaded: Loader) -> None:
    assert (
        totals(loaded(orders(order(1, total="NaN"), order(2, total="\\N"), order(3, total="")))) == [None] * 3
    )


def test_windows_1252_anywhere_in_the_file(loaded: Loader) -> None:
    many = [f"{order(n)},Ibañez {n}" for n in range(3000)]
    text = orders(*many, f"{order(9999)},“Peñalolén” – 5 €", header=f"{ORDERS},email").encode("cp1252")
    found = loaded(text)
    assert found.rejects == []
    assert found.column("orders", "email")[-1] == "“Peñalolén” – 5 €"


def test_a_separator_declared_on_the_first_line(loaded: Loader) -> None:
    found = loaded("sep=;\r\n" + spanish("1,5", "malo"))
    assert found.column("orders", "total_amount") == ["1.50"]
    assert [(one.line, one.column) for one in found.rejects] == [(4, "total_amount")]


def test_headers_in_capitals_with_quotes_and_spaces_in_any_order(loaded: Loader) -> None:
    header = '" Created_At ", NOTES ,"ID",BRANCH_ID,customer_id,"Status",notes,Payment_Status,total_amount'
    line = f'2026-01-02,"a, ""b""\nc",{uid(1)},{BRANCH},{CUSTOMER},delivered,x,paid,7'
    assert totals(loaded(orders(line, header=header))) == ["7.00"]


def test_one_of_our_columns_twice_is_an_error(loaded: Loader) -> None:
    with pytest.raises(SourceError, match="names the column “status” twice"):
        loaded(orders(order(1) + ",x", header=f"{ORDERS},STATUS"))


def test_eighty_five_columns(loaded: Loader) -> None:
    more = ",".join(f"extra_{n}" for n in range(78))
    lines = [order(n) + "," + ",".join(f'"{{""a"": {n}}}"' for _ in range(78)) for n in range(50)]
    assert totals(loaded(orders(*lines, header=f"{ORDERS},{more}"))) == ["1000.50"] * 50


def test_arrays_and_truth(loaded: Loader) -> None:
    tags = ['"{a,""b, c"",NULL}"', '"[""a"", ""b, c""]"', "{}", "[]", "\\N", "vip"]
    flags = ["t", "F", "true", "0", "VERDADERO", "no"]
    lines = [
        f"{uid(n)},{BRANCH},2026-01-02,{tag},{flag}"
        for n, (tag, flag) in enumerate(zip(tags, flags, strict=True))
    ]
    found = loaded(orders(), customers=orders(*lines, header="id,branch_id,created_at,tags,is_active"))
    assert found.rejects == []
    assert found.column("customers", "is_active") == ["true", "false", "true", "false", "true", "false"]
    assert found.column("customers", "tags") == [
        "[a, 'b, c', NULL]",
        "[a, 'b, c']",
        "[]",
        "[]",
        None,
        "[vip]",
    ]


def test_an_empty_table_is_a_table(loaded: Loader) -> None:
    found = loaded(orders(), categories="id,name")
    assert found.rows_read["orders"] == found.rows_read["categories"] == 0
    assert ("categories", None) not in found.missing


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
    folder = shop(tmp_path / "ex[p]*rt")
    (folder / "orders.csv").unlink()
    if name == "orders[1]":
        name = "orders-[1]"
    (folder / f"{name}.csv").write_text(orders(order(1)))
    (folder / "orders-1.csv").write_text(orders(order(2)))
    (folder / "orders_notes.csv").write_text("id,order_id\n1,2\n")
    assert load(folder, tmp_path / "cache").column("orders", "id") == [uid(1), uid(2)]


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    folder = shop(tmp_path / "export")
    (folder / "orders.csv").rename(tmp_path / "elsewhere")
    (folder / "orders.csv").symlink_to(tmp_path / "elsewhere")
    assert load(folder, tmp_path / "cache").rows_read["orders"] == 0


def test_ids_that_are_no_uuids(tmp_path: Path) -> None:
    folder = shop(
        tmp_path / "export",
        branches="id,organization_id,name\nb1,o1,Centro\n",
        customers="id,branch_id,created_at\nc1,b1,2026-01-02\n",
    )
    found = load(folder, tmp_path / "cache")
    assert found.column("customers", "id") == ["c1"]
    assert ORGANIZATION not in found.column("branches", "organization_id")
