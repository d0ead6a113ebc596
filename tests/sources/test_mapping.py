"""Spreadsheets of one's own: doctor proposes how they are mapped, and so mapped they give the same figures."""

from __future__ import annotations

import csv
import json
import tomllib
from typing import TYPE_CHECKING

import openpyxl
import pytest

from opttius_cli.config import read_config_file
from opttius_cli.doctor.headers import SheetHeader, read_headers
from opttius_cli.doctor.mapping_proposal import build_proposal
from opttius_cli.doctor.proposal_block import format_block
from opttius_cli.errors import ConfigError, MissingColumnError, MissingTableError, SourceError
from opttius_cli.snapshot.build import BuildOptions, build_snapshot
from opttius_cli.sources.mapping import SourceMapping, build_mapping
from opttius_cli.sources.registry import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROWS = {
    "sucursales": [["Código", "Nombre"], ["1", "Centro"]],
    "clientes": [
        ["Código", "Sucursal", "Nombre", "Apellido", "Teléfono", "Correo", "Fecha registro", "Notas"],
        ["1", "1", "Ana", "Pérez", "+56 9 1234 5678", "ana@x.cl", "2026-01-03", "-"],
        ["2", "1", "Juan", "Soto", "", "juan@x.cl", "2026-02-05", "-"],
    ],
    "ventas": [
        [
            "N venta",
            "Sucursal",
            "Id cliente",
            "Fecha venta",
            "Estado",
            "Estado pago",
            "Total",
            "Telefono contacto",
        ],
        ["10", "1", "1", "2026-02-10", "delivered", "paid", "45990", "123"],
        ["11", "1", "2", "2026-02-11", "delivered", "paid", "12000", ""],
    ],
}
COLUMNS = {
    "branches": {"id": "Código", "name": "Nombre"},
    "customers": {"id": "Código", "branch_id": "Sucursal", "first_name": "Nombre", "last_name": "Apellido",
                  "email": "Correo", "phone": "Teléfono", "created_at": "Fecha registro"},
    "orders": {"id": "N venta", "branch_id": "Sucursal", "customer_id": "Id cliente", "status": "Estado",
               "payment_status": "Estado pago", "total_amount": "Total", "created_at": "Fecha venta"},
}  # fmt: skip


def write_folder(folder: Path) -> Path:
    """A folder with a CSV file per table, as Excel in Spanish writes it."""
    folder.mkdir()
    for name, rows in ROWS.items():
        with (folder / f"{name}.csv").open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    return folder


def write_book(path: Path, titles: Mapping[str, str]) -> Path:
    """A workbook with a sheet per table, under a title above the header."""
    book = openpyxl.Workbook(write_only=True)
    for name, rows in ROWS.items():
        sheet = book.create_sheet(titles[name])
        sheet.append(["Óptica Sur"])
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_block(headers: Sequence[SheetHeader]) -> str | None:
    """The block that is proposed for files and sheets of which nothing is read, by the names of their columns."""
    return format_block(build_proposal(headers, {}, SourceMapping()), SourceMapping(), has_zone=False)


def propose(path: Path) -> dict[str, dict[str, object]]:
    """The block that is proposed for a source of which nothing is read, as TOML reads it."""
    block = write_block(read_headers(path))
    assert block is not None
    return tomllib.loads(block)


def load(path: Path, mapping: SourceMapping) -> list[tuple[object, ...]]:
    """Customers with their purchases, from a snapshot of the source."""
    import duckdb

    con = duckdb.connect()
    build_snapshot(con, open_source(str(path), mapping=mapping), BuildOptions())
    return con.execute(
        "SELECT CAST(customer.id AS VARCHAR), first_name, last_name, phone, CAST(created_at AS DATE), "
        "(SELECT CAST(sum(total_amount) AS INTEGER) FROM raw.orders WHERE customer_id = customer.id) "
        "FROM raw.customers AS customer ORDER BY 1"
    ).fetchall()


@pytest.mark.parametrize("form", ["csv", "sheets", "one"])
def test_what_is_proposed_reads_the_same_rows(tmp_path: Path, form: str) -> None:
    titles = {"sucursales": "Hoja1", "clientes": "Clientes", "ventas": "Ventas 2026"}
    if form == "csv":
        path, places = write_folder(tmp_path / "csv"), ["sucursales.csv", "clientes.csv", "ventas.csv"]
    else:
        path, places = write_book(tmp_path / "datos.xlsx", titles), ["Hoja1", "Clientes", "Ventas 2026"]
    if form == "one":
        path, places = tmp_path, [f"datos.xlsx#{place}" for place in places]
    block = propose(path)
    # Who writes a sheet of their own writes the dates of their own clock; in UTC each would be the day before.
    zone = {"naive_timezone": "America/Santiago"}
    assert block == {"tables": dict(zip(COLUMNS, places, strict=True)), "columns": COLUMNS} | zone
    file = tmp_path / "opttius.toml"
    file.write_text(write_block(read_headers(path)) or "", encoding="utf-8")
    config = read_config_file(file)
    rows = load(path, build_mapping(config["tables"], config["columns"]))
    assert [(*row[:4], str(row[4]), row[5]) for row in rows] == [
        ("1", "Ana", "Pérez", "+56 9 1234 5678", "2026-01-03", 45990),
        ("2", "Juan", "Soto", None, "2026-02-05", 12000),
    ]


def test_a_column_that_is_another_thing_is_not_proposed() -> None:
    columns = ("id", "branch_id", "created_at", "nombre", "mail_enviado", "fono_2", "rut", "estado",
               "created_by")  # fmt: skip
    block = write_block([SheetHeader("customers.csv", "customers", columns)])
    assert block is not None
    assert tomllib.loads(block)["columns"] == {"customers": {"first_name": "nombre"}}
    orders = ("id", "total", "estado_pago", "fecha", "statuz")
    proposed = tomllib.loads(write_block([SheetHeader("v.csv", "ventas", orders)]) or "")
    assert proposed["columns"]["orders"] == {
        "status": "statuz", "payment_status": "estado_pago", "total_amount": "total", "created_at": "fecha"
    }  # fmt: skip


def test_what_nothing_looks_like_is_named_at_once() -> None:
    block = write_block([SheetHeader("clientes.csv", "clientes", ("nombre", "correo"))])
    assert block is not None
    lines = block.splitlines()
    for missing in ("# orders =", "# id =", '# created_at = "…"', '# created_at = "2026-01-01"'):
        assert sum(line.startswith(missing) for line in lines) == 1, block
    assert write_block([]) is None


def test_one_run_names_everything_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "customers.csv").write_text("nombre,correo\nAna,a@x.cl\n", encoding="utf-8")
    with pytest.raises(MissingTableError, match="lacks 2 required tables: branches, orders"):
        load(folder, SourceMapping())
    (folder / "branches.csv").write_text("id,nombre\n1,Centro\n", encoding="utf-8")
    (folder / "customers.csv").write_text("id,nombre\n1,Ana\n", encoding="utf-8")
    (folder / "orders.csv").write_text("id,total\n1,2\n", encoding="utf-8")
    with pytest.raises(MissingColumnError) as caught:
        load(folder, SourceMapping())
    for sentence in ("branches.csv: table “branches” has no column “name”", "customers.csv: table “customers” lacks",
                     "orders.csv: table “orders” lacks"):  # fmt: skip
        assert str(caught.value).count(sentence) == 1


def test_one_file_may_hold_every_table(tmp_path: Path) -> None:
    """A row per sale with its customer and branch: each table takes its columns from it; equal ids are one row."""
    file = tmp_path / "todo.csv"
    file.write_text(
        "Cod local,Local,Cliente,Nombre,Alta,N,Fecha,Estado,Pago,Total\n"
        "1,Centro,7,Ana,2025-01-01,10,2026-02-10,delivered,paid,45990\n"
        "1,Centro,7,Ana,2025-01-01,11,2026-02-11,delivered,paid,12000\n",
        encoding="utf-8",
    )
    (tmp_path / "orders.csv").write_text("id\n99\n", encoding="utf-8")
    columns = {
        "branches": {"id": "Cod local", "name": "Local"},
        "customers": {"id": "Cliente", "branch_id": "Cod local", "first_name": "Nombre", "created_at": "Alta"},
        "orders": {"id": "N", "branch_id": "Cod local", "customer_id": "Cliente", "created_at": "Fecha",
                   "status": "Estado", "payment_status": "Pago", "total_amount": "Total"},
    }  # fmt: skip
    rows = load(file, build_mapping(dict.fromkeys(columns, file.name), columns))
    assert [(row[0], row[1], row[5]) for row in rows] == [("7", "Ana", 57990)]
    with pytest.raises(SourceError, match=r"\[tables\] orders.*The source has todo\.csv"):
        load(file, SourceMapping({"orders": "orders.csv"}))
    with pytest.raises(SourceError, match=r"under \[tables\]"):
        load(file, SourceMapping())


def test_two_columns_for_one_of_ours_are_proposed_once() -> None:
    """The first is read, the other is mentioned; and such a sheet has no more columns of a table than it has."""
    columns = ("id", "branch_id", "created_at", "Email", "correo", "mail", "nombre", "nombres")
    block = write_block([SheetHeader("clientes.csv", "clientes", columns)]) or ""
    assert tomllib.loads(block)["columns"] == {"customers": {"first_name": "nombre"}}
    for column, name in (("correo", "email"), ("mail", "email"), ("nombres", "first_name")):
        assert f'# "{column}" may be {name}, too: one column is read for it' in block.splitlines()
    # Of the two sheets, the one with more columns of customers is theirs, not the one that has the email thrice.
    emails = SheetHeader("a.csv", "a", ("id", "Email", "correo", "mail"))
    people = SheetHeader("b.csv", "b", ("id", "email", "telefono"))
    proposed = tomllib.loads(write_block([emails, people]) or "")
    assert proposed["tables"]["customers"] == "b.csv"


@pytest.mark.parametrize(
    ("tables", "columns", "message"),
    [({"clients": "x.csv"}, {}, "there is no “clients”. The nearest: "),
     ({}, {"customers": {"frist_name": "x"}}, "there is no “frist_name”. The nearest: first_name"),
     ({}, {"customers": {"name": "a", "first_name": "b"}}, "it is first_name, which another line names")],
)  # fmt: skip
def test_a_mapping_that_cannot_be_meant(
    tables: dict[str, str], columns: dict[str, dict[str, str]], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        build_mapping(tables, columns)


@pytest.mark.parametrize("place", ["nada.csv", "datos.xlsx#Nada", "#Nada"])
def test_a_place_that_does_not_exist_is_named_with_what_there_is(tmp_path: Path, place: str) -> None:
    titles = {"sucursales": "branches", "clientes": "customers", "ventas": "orders"}
    write_book(tmp_path / "datos.xlsx", titles)
    source = tmp_path / "datos.xlsx" if place.startswith("#") else tmp_path
    with pytest.raises(SourceError, match=r"\[tables\] customers.*(datos\.xlsx|customers)"):
        load(source, SourceMapping({"customers": place}))


def test_a_whole_name_and_another_mapping_are_taken(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "csv")
    tables = {"branches": "sucursales.csv", "customers": "clientes.csv", "orders": "ventas.csv"}
    customers = {**COLUMNS["customers"], "name": "Apellido"}
    del customers["first_name"], customers["last_name"]
    mapping = build_mapping(tables, {**COLUMNS, "customers": customers})
    assert [row[1] for row in load(folder, mapping)] == ["Pérez", "Soto"]
    source = open_source(str(folder), mapping=mapping)
    assert source.compute_fingerprint() != open_source(str(folder)).compute_fingerprint()


def test_json_and_parquet_are_mapped_too(tmp_path: Path) -> None:
    import duckdb

    folder = tmp_path / "mine"
    folder.mkdir()
    rows = {
        name: [dict(zip(table[0], row, strict=True)) for row in table[1:]] for name, table in ROWS.items()
    }
    (folder / "clientes.json").write_text(json.dumps(rows["clientes"]), encoding="utf-8")
    (folder / "sucursales.json").write_text(json.dumps(rows["sucursales"]), encoding="utf-8")
    (folder / "v.json").write_text(json.dumps(rows["ventas"]), encoding="utf-8")
    duckdb.sql(f"COPY (FROM read_json('{folder / 'v.json'}')) TO '{folder / 'ventas.parquet'}'")
    tables = {"branches": "sucursales.json", "customers": "clientes.json", "orders": "ventas.parquet"}
    assert [row[5] for row in load(folder, build_mapping(tables, COLUMNS))] == [45990, 12000]
