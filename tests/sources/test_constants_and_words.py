"""What a sheet does not say, says in other words, or says once for two columns: constants, words and shared columns."""

from __future__ import annotations

import json
import tomllib
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest

from opttius_cli import setting_parsers
from opttius_cli.config import resolve_config
from opttius_cli.errors import ConfigError, SourceError
from opttius_cli.snapshot.build import BuildOptions, build_snapshot
from opttius_cli.sources.mapping import SourceMapping, build_mapping
from opttius_cli.sources.registry import open_source
from sources.snapshots import BRANCH, CUSTOMER, ORDERS, order_line, orders_csv, write_shop

if TYPE_CHECKING:
    from pathlib import Path

SALES = [
    ["Folio", "Fecha", "Cliente", "Total", "Pago"],
    ["1001", "2026-02-10", "7", "45990", "Pagado"],
    ["1002", "2026-02-11", "7", "12000", "  PENDIENTE "],
    ["", "", "", "", ""],
    ["1003", "2026-02-12", "7", "9900", ""],
    ["1004", "2026-02-13", "7", "5000", "canje"],
]
PEOPLE = [["Ficha", "Nombre"], ["7", "Ana"]]
TABLES = {"customers": "clientes", "orders": "ventas"}
COLUMNS = {
    "customers": {"id": "Ficha", "first_name": "Nombre"},
    "orders": {"id": "Folio", "order_number": "Folio", "customer_id": "Cliente", "created_at": "Fecha",
               "total_amount": "Total", "payment_status": "Pago"},
}  # fmt: skip
VALUES = {
    "branches": {"id": "1", "name": "Óptica Sur"},
    "customers": {"branch_id": "1", "created_at": "2025-01-01", "is_active": "true"},
    "orders": {"branch_id": "1", "status": "delivered", "currency": "CLP", "discount_amount": "0"},
}
WORDS = {"orders": {"payment_status": {"pagado": "paid", " Pendiente": "pending"}}}
FORMS = ("csv", "xlsx", "json", "parquet")


def write_sheets(folder: Path, form: str) -> SourceMapping:
    """Two sheets in a folder, with the mapping that reads them."""
    folder.mkdir()
    for name, rows in (("clientes", PEOPLE), ("ventas", SALES)):
        file = folder / f"{name}.{form}"
        objects = [dict(zip(rows[0], (cell or None for cell in row), strict=True)) for row in rows[1:]]
        if form == "csv":
            file.write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")
        elif form == "xlsx":
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("Hoja1")
            for row in [["Óptica Sur"], *rows]:
                sheet.append(row)
            book.save(file)
        elif form == "json":
            file.write_text(json.dumps(objects), encoding="utf-8")
        else:
            source = folder.parent / f"{name}.json"
            source.write_text(json.dumps(objects), encoding="utf-8")
            duckdb.sql(
                f"COPY (SELECT COLUMNS(*) FROM read_json('{source}', columns = "
                f"{dict.fromkeys(rows[0], 'VARCHAR')})) TO '{file}'"
            )
    mark = "#Hoja1" if form == "xlsx" else ""
    places = {table: f"{name}.{form}{mark}" for table, name in TABLES.items()}
    return build_mapping(places, COLUMNS, VALUES, WORDS)


def load(path: Path, mapping: SourceMapping, query: str) -> list[tuple[object, ...]]:
    """The answer of ``query`` on a snapshot of the source."""
    with closing(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        build_snapshot(con, open_source(str(path), mapping=mapping), BuildOptions())
        return con.execute(query).fetchall()


@pytest.mark.parametrize("form", FORMS)
def test_two_sheets_are_completed_to_a_whole_source(tmp_path: Path, form: str) -> None:
    mapping = write_sheets(tmp_path / "mine", form)
    orders = load(
        tmp_path / "mine",
        mapping,
        "SELECT id, order_number, branch_id, customer_id, status, payment_status, currency, "
        "CAST(total_amount AS INTEGER), CAST(discount_amount AS INTEGER) FROM raw.orders ORDER BY id",
    )
    assert orders == [
        ("1001", "1001", "1", "7", "delivered", "paid", "CLP", 45990, 0),
        ("1002", "1002", "1", "7", "delivered", "pending", "CLP", 12000, 0),
        ("1003", "1003", "1", "7", "delivered", None, "CLP", 9900, 0),
        ("1004", "1004", "1", "7", "delivered", "canje", "CLP", 5000, 0),
    ]
    assert load(
        tmp_path / "mine",
        mapping,
        "SELECT person.id, first_name, person.is_active, CAST(created_at AS VARCHAR), shop.id, shop.name "
        "FROM raw.customers AS person, raw.branches AS shop",
    ) == [("7", "Ana", True, "2025-01-01 00:00:00+00", "1", "Óptica Sur")]


@pytest.mark.parametrize("form", FORMS)
def test_no_constant_makes_a_row_of_an_empty_one(tmp_path: Path, form: str) -> None:
    mapping = write_sheets(tmp_path / "mine", form)
    counts = "SELECT (SELECT count(*) FROM raw.orders), (SELECT count(*) FROM meta.rejects)"
    assert load(tmp_path / "mine", mapping, counts) == [(4, 0)]


def test_the_empty_word_is_an_empty_cell(tmp_path: Path) -> None:
    mapping = write_sheets(tmp_path / "mine", "csv")
    words = {"orders": {"payment_status": {"": "paid", "canje": "failed"}}}
    mapping = build_mapping(mapping.tables, COLUMNS, VALUES, words)
    assert load(
        tmp_path / "mine", mapping, "SELECT id, payment_status FROM raw.orders WHERE id > '1002' ORDER BY id"
    ) == [("1003", "paid"), ("1004", "failed")]


@pytest.mark.parametrize(
    ("key", "people", "buyer"),
    [("rut", "12.345.678-5", "12345678-5"), ("email", "Ana@x.cl", " ana@X.cl"), ("first_name", "Ana Peña", "ana peña")],
)  # fmt: skip
def test_an_id_that_is_personal_is_stored_as_its_digest(
    tmp_path: Path, key: str, people: str, buyer: str
) -> None:
    """Ids are shown whole; the references to a person are the same digest, however the person is written."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "clientes.csv").write_text(f"Quien\n{people}\n-\n", encoding="utf-8")
    (folder / "ventas.csv").write_text(
        f"Folio,Fecha,Quien,Total\n1,2026-02-10,{buyer},100\n2,2026-02-10,,100\n", encoding="utf-8"
    )
    columns = {
        "customers": {"id": "Quien", key: "Quien"},
        "orders": {"id": "Folio", "created_at": "Fecha", "customer_id": "Quien", "total_amount": "Total"},
    }
    values = {**VALUES, "orders": {"status": "delivered", "payment_status": "paid"}}
    mapping = build_mapping({"customers": "clientes.csv", "orders": "ventas.csv"}, columns, values)
    query = f"SELECT {key}, id = (SELECT customer_id FROM raw.orders WHERE id = '1'), id FROM raw.customers"
    ((text, is_same, digest),) = load(folder, mapping, query)
    assert (text, is_same) == (people, True)
    assert str(people) not in str(digest)
    assert len(str(digest)) == 32
    assert load(folder, mapping, "SELECT customer_id FROM raw.orders WHERE id = '2'") == [(None,)]
    keyed = replace(mapping, id_key="secret")
    ((_text, is_same, other),) = load(folder, keyed, query)
    assert is_same
    assert other != digest
    assert keyed.stamp != mapping.stamp


@pytest.mark.parametrize("form", FORMS)
def test_a_row_without_an_id_is_known_by_its_file_and_number(tmp_path: Path, form: str) -> None:
    mapping = write_sheets(tmp_path / "mine", form)
    columns = {**COLUMNS, "orders": {**COLUMNS["orders"], "order_number": "Folio"}}
    del columns["orders"]["id"]
    mapping = build_mapping(
        mapping.tables, columns, {**VALUES, "orders": {**VALUES["orders"], "id": "{row}"}}, WORDS
    )
    rows = load(tmp_path / "mine", mapping, "SELECT id, order_number FROM raw.orders ORDER BY 2")
    label = "ventas.xlsx [Hoja1]" if form == "xlsx" else f"ventas.{form}"
    # The empty line of a CSV file is one of its rows; a sheet passes it over.
    numbers = (1, 2, 3, 4) if form == "xlsx" else (1, 2, 4, 5)
    assert rows == [(f"{label}#{number}", str(1000 + at)) for at, number in enumerate(numbers, 1)]
    assert load(tmp_path / "mine", mapping, "SELECT id, order_number FROM raw.orders ORDER BY 2") == rows


def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    """Also after the slow reader took over: the last line has a cell too many."""
    mapping = write_sheets(tmp_path / "mine", "csv")
    with (tmp_path / "mine" / "ventas.csv").open("a", encoding="utf-8") as file:
        file.write("1005;nunca;7;100;pagado\n1006;2026-02-14;7;100;PAGADO;x;y\n1007;2026-02-15;7;1;pagado\n")
    query = "SELECT line, column_name, reason FROM meta.rejects ORDER BY line"
    assert load(tmp_path / "mine", mapping, query) == [
        (7, "created_at", "unreadable"), (8, None, "too_many_cells")
    ]  # fmt: skip
    query = "SELECT status, payment_status FROM raw.orders WHERE id = '1007'"
    assert load(tmp_path / "mine", mapping, query) == [("delivered", "paid")]


def test_a_constant_for_a_column_that_is_there_is_refused(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1)))
    mapping = build_mapping({}, {}, {"orders": {"status": "cancelled"}})
    with pytest.raises(
        SourceError, match=r"\[values\.orders\] status: orders\.csv has a column of that name"
    ):
        load(folder, mapping, "SELECT 1")


def test_a_table_without_rows_has_no_column_of_its_own(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    (folder / "orders.json").write_text("[]", encoding="utf-8")
    mapping = build_mapping({}, {}, {"orders": {"status": "delivered"}})
    assert load(folder, mapping, "SELECT count(*) FROM raw.orders") == [(0,)]


def test_words_are_those_of_files_whose_names_are_ours_too(tmp_path: Path) -> None:
    line = order_line(1).replace("paid", "PAGADO")
    folder = write_shop(tmp_path / "export", orders=orders_csv(line))
    dump = tmp_path / "shop.sql"
    dump.write_text(
        "COPY public.branches (id, name) FROM stdin;\n" + f"{BRANCH}\tCentro\n" + "\\.\n"
        "COPY public.customers (id, branch_id, created_at) FROM stdin;\n"
        f"{CUSTOMER}\t{BRANCH}\t2026-01-02\n" + "\\.\n"
        f"COPY public.orders ({ORDERS.replace(',', ', ')}) FROM stdin;\n"
        + line.replace(",", "\t")
        + "\n\\.\n",
        encoding="utf-8",
    )
    query = "SELECT payment_status FROM raw.orders"
    for source in (folder, dump):
        assert load(source, SourceMapping(), query) == [("pagado",)]
        assert load(source, build_mapping({}, {}, {}, WORDS), query) == [("paid",)]


def test_only_what_is_written_decides_whether_it_is_loaded_again(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    mappings = [
        SourceMapping(),
        build_mapping({}, {}, {}, WORDS),
        build_mapping({}, {}, {"customers": {"first_name": "Ana"}}),
    ]
    stamps = [open_source(str(folder), mapping=mapping).compute_fingerprint() for mapping in mappings]
    assert len(set(stamps)) == 3


@pytest.mark.parametrize(
    ("values", "words", "message"),
    [
        ({"order": {"status": "x"}}, {}, r"\[values\.order\]: there is no “order”. The nearest: orders"),
        ({"orders": {"statuz": "x"}}, {}, r"\[values\.orders\] statuz: .* The nearest: status"),
        ({"orders": {"payment_status": "paid"}}, {}, "says that “Pago” holds it. Remove one of the two lines"),
        ({"orders": {"status": "entregado"}}, {}, "“entregado” must be one of pending, processing, shipped"),
        ({"customers": {"is_active": "si"}}, {}, r"is_active: “si” must be true or false"),
        ({"orders": {"discount_amount": "1.5"}}, {}, "“1.5” must be a whole number such as 0"),
        ({"customers": {"created_at": "1-1-2025"}}, {}, "must be a date such as 2026-01-31"),
        ({"customers": {"rut": "{row}"}}, {}, "Name a column that tells its rows apart"),
        ({}, {"orders": {"estado": {"a": "paid"}}}, r"\[words\.orders\.estado\]"),
        ({}, {"orders": {"payment_status": {"pagado": "payed"}}}, "payment_status. pagado: “payed” must be one of"),
        ({}, {"orders": {"payment_status": {"a": "paid", "A ": "pending"}}}, "“A ” means two things"),
        ({}, {"orders": {"total_amount": {"gratis": "0"}}}, "total_amount holds amounts or dates, not words"),
        ({"orders": {"status": "delivered"}}, {"orders": {"status": {"a": "delivered"}}}, "Remove one of the two"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_key(
    values: dict[str, dict[str, str]], words: dict[str, dict[str, dict[str, str]]], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"opttius\.toml, .*{message}"):
        build_mapping({}, COLUMNS, values, words)


def test_values_are_written_as_toml_writes_them() -> None:
    parsed = tomllib.loads(
        '[orders]\nid = 7\nis_pos_sale = true\ncreated_at = 2026-01-31\nstatus = " delivered "'
    )
    assert setting_parsers.parse_values(parsed) == {
        "orders": {"id": "7", "is_pos_sale": "true", "created_at": "2026-01-31", "status": "delivered"}
    }


@pytest.mark.parametrize(
    "text", ['values = "x"', '[values]\norders = "x"', "[values.orders]\nid = [1]", '[values.orders]\nid = " "',
             'words = "x"', "[words]\norders = 1", '[words.orders]\npagado = "paid"', "[words.orders.status]\na = []"]
)  # fmt: skip
def test_a_table_of_another_form_is_refused_with_an_example(tmp_path: Path, text: str) -> None:
    (tmp_path / "opttius.toml").write_text(text, encoding="utf-8")
    key = "words" if "words" in text else "values"
    with pytest.raises(
        ConfigError, match=rf"opttius\.toml: {key} = .* must be tables such as \[{key}\.orders"
    ):
        resolve_config({}, {"OPTTIUS_CONFIG_DIR": str(tmp_path)}, tmp_path)
