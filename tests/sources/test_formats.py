"""The same rows in every form give the same raw tables, cell for cell."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from generative.sheet_xml import SheetXml
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from opttius_cli.catalog.tables import TABLES, Kind
from sources.snapshots import EXAMPLE, SnapshotContents, example_rows, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Write = "Callable[[Path], Path]"


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> SnapshotContents:
    """The worked example, loaded from its CSV files."""
    return load(EXAMPLE, tmp_path_factory.mktemp("truth"))


def table_text(table: str, separator: str = ",", end: str = "\n", *, shuffled: bool = False) -> str:
    header, rows = example_rows(table)
    if shuffled:
        random.Random(7).shuffle(rows)
    out = io.StringIO()
    # Python would leave a line feed unquoted where lines end with CR.
    quoting: Literal[0, 1] = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows])
    return out.getvalue()


def gzipped(folder: Path) -> Path:
    for table in TABLES:
        (folder / f"{table}.csv.gz").write_bytes(gzip.compress(table_text(table).encode()))
    return folder


def zstandard(folder: Path) -> Path:
    for table in TABLES:
        data = pa.compress(table_text(table).encode(), codec="zstd", asbytes=True)
        (folder / f"public.{table.upper()}.CSV.zst").write_bytes(data)
    return folder


def tabs_utf16(folder: Path) -> Path:
    for table in TABLES:
        (folder / f"{table}_rows.tsv").write_bytes(table_text(table, "\t", "\r\n").encode("utf-16"))
    return folder


def pipes_marked(folder: Path) -> Path:
    for table in TABLES:
        (folder / f"{table} (1).csv").write_bytes(b"\xef\xbb\xbf" + table_text(table, "|", "\r").encode())
    return folder


def split_and_shuffled(folder: Path) -> Path:
    for table in TABLES:
        header, *lines = table_text(table, shuffled=True).splitlines()
        rows = list(csv.reader(lines)) if not any('"' in line for line in lines) else None
        if rows is None:
            (folder / f"{table}.csv").write_text(table_text(table, shuffled=True))
            continue
        for part in range(3):
            (folder / f"{table}-{2024 + part}.csv").write_text("\n".join([header, *lines[part::3]]) + "\n")
    return folder


def typed(folder: Path) -> duckdb.DuckDBPyConnection:
    """The example in a database, with the types that PostgreSQL gives it."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    types = {
        Kind.ID: "UUID",
        Kind.TEXT: "VARCHAR",
        Kind.MONEY: "DECIMAL(12, 2)",
        Kind.NUMBER: "INTEGER",
        Kind.FLAG: "BOOLEAN",
        Kind.INSTANT: "TIMESTAMPTZ",
        Kind.DATE: "DATE",
        Kind.JSON: "JSON",
        Kind.LIST: "VARCHAR",
    }
    for name, table in TABLES.items():
        present = example_rows(name)[0]
        source = con.read_csv(
            str(EXAMPLE / f"{name}.csv"), header=True, all_varchar=True, na_values=["", "\\N"]
        )

        def cell(column: str, kind: str, rows: duckdb.DuckDBPyRelation = source) -> str:
            """A typed cell; a column that holds something else is text, as no database has it."""
            strange = rows.filter(f'"{column}" IS NOT NULL AND TRY_CAST("{column}" AS {kind}) IS NULL')
            return f'CAST("{column}" AS {"VARCHAR" if len(strange) else kind}) AS "{column}"'

        cells = ", ".join(
            cell(column.name, types[column.kind]) for column in table.columns if column.name in present
        )
        con.execute(f"CREATE TABLE {name} AS SELECT {cells} FROM source")
        assert source
    return con


def parquet(folder: Path) -> Path:
    with typed(folder) as con:
        for table in TABLES:
            con.table(table).write_parquet(str(folder / f"{table}.parquet"))
    return folder


def json_array(folder: Path) -> Path:
    with typed(folder) as con:
        for table in TABLES:
            con.execute(f"COPY {table} TO '{folder}/{table}.json' (ARRAY true)")
    return folder


def json_lines(folder: Path) -> Path:
    with typed(folder) as con:
        for table in TABLES:
            con.execute(f"COPY {table} TO '{folder}/{table}.x' (FORMAT json)")
            data = (folder / f"{table}.x").read_bytes()
            (folder / f"{table}.x").unlink()
            (folder / f"{table}.ndjson.gz").write_bytes(gzip.compress(data))
    return folder


def _sheet_cell(kind: Kind | None, text: str) -> Any:
    """A cell as a spreadsheet holds it: numbers, dates and truth as such, the rest as text."""
    try:
        return _typed_cell(kind, text)
    except ValueError:
        return text


def _typed_cell(kind: Kind | None, text: str) -> Any:
    if text in ("", "\\N"):
        return None
    if kind is Kind.MONEY or kind is Kind.NUMBER:
        return float(text)
    if kind is Kind.FLAG:
        return text in ("t", "true", "1")
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    if kind is Kind.INSTANT:
        moment = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        return moment if moment.microsecond % 1000 == 0 else text
    return text


def fill(book: openpyxl.Workbook, table: str, title: str) -> None:
    sheet = book.create_sheet(title)
    header, rows = example_rows(table)
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    sheet.append(list(header))
    for row in rows:
        cells = []
        for name, text in zip(header, row, strict=True):
            cell = WriteOnlyCell(sheet, _sheet_cell(kinds.get(name), text))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)


def _workbook() -> openpyxl.Workbook:
    return openpyxl.Workbook(write_only=True)


def workbook(folder: Path) -> Path:
    book = _workbook()
    for table in TABLES:
        fill(book, table, table)
    book.save(folder / "all.xlsx")
    return folder / "all.xlsx"


def workbooks(folder: Path) -> Path:
    for table in TABLES:
        book = _workbook()
        fill(book, table, "Hoja1")
        book.save(folder / f"{table}.xlsx")
    return folder


_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


def dump_text() -> str:
    lines = ["--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"]
    lines.append("COPY auth.customers (id, email) FROM stdin;\nno\tno\n\\.\n\n")
    for table in TABLES:
        header, rows = example_rows(table)
        names = ", ".join(f'"{name}"' if name == "name" else name for name in header)
        lines.append(f"COPY public.{table} ({names}) FROM stdin;\n")
        for row in rows:
            cells = (
                "\\N" if cell in ("", "\\N") else "".join(_ESCAPES.get(c, c) for c in cell) for cell in row
            )
            lines.append("\t".join(cells) + "\n")
        lines.append("\\.\n\n\n")
    lines.append("--\n-- PostgreSQL database dump complete\n--\n")
    return "".join(lines)


def dump(folder: Path) -> Path:
    (folder / "shop.sql").write_text(dump_text(), newline="")
    return folder / "shop.sql"


def packed_dump(folder: Path) -> Path:
    (folder / "shop.sql.gz").write_bytes(gzip.compress(dump_text().encode()))
    return folder / "shop.sql.gz"


def _sql_text(cell: str) -> str:
    return "NULL" if cell in ("", "\\N") else "'" + cell.replace("'", "''") + "'"


def insert_dump(folder: Path) -> Path:
    """What pg_dump --inserts and --rows-per-insert write: one row, or several, to a statement; with columns or not."""
    lines = ["--\n-- PostgreSQL database dump\n--\n\n"]
    for at, table in enumerate(TABLES):
        header, rows = example_rows(table)
        names = ", ".join(f'"{name}"' for name in header)
        size = (1, 3, 100)[at % 3]
        for start in range(0, len(rows), size):
            values = (f"({', '.join(map(_sql_text, row))})" for row in rows[start : start + size])
            lines.append(f"INSERT INTO public.{table} ({names}) VALUES\n\t" + ",\n\t".join(values) + ";\n")
    lines.append("\n--\n-- PostgreSQL database dump complete\n--\n")
    (folder / "shop.sql").write_text("".join(lines), newline="")
    return folder / "shop.sql"


def _spanish_cell(kind: Kind | None, text: str) -> str:
    if kind in (Kind.MONEY, Kind.NUMBER) and re.fullmatch(r"-?\d+\.\d{1,2}", text):
        return text.replace(".", ",")
    return text


def spanish(folder: Path) -> Path:
    """CSV as Excel writes it in Spanish: semicolons, and a comma that divides decimals."""
    for table in TABLES:
        header, rows = example_rows(table)
        kinds = [
            TABLES[table].get_column(name).kind if TABLES[table].has_column(name) else None for name in header
        ]
        cells = [[_spanish_cell(kind, cell) for kind, cell in zip(kinds, row, strict=True)] for row in rows]
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([header, *cells])
        (folder / f"{table}.csv").write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    return folder


def json_shapes(folder: Path) -> Path:
    """Objects behind one another, pretty-printed; under a key; with keys in capitals."""
    for at, table in enumerate(TABLES):
        header, rows = example_rows(table)
        empty = ("", "\\N")
        names = [name.upper() if at % 3 == 2 else name for name in header]
        objects = [
            {name: cell for name, cell in zip(names, row, strict=True) if cell not in empty} for row in rows
        ]
        if at % 3 == 1:
            text = json.dumps({"data": {table: objects}})
        else:
            text = "\n".join(json.dumps(item, indent=2 if at % 3 == 0 else None) for item in objects)
        (folder / f"{table}.json").write_text(text, encoding="utf-8")
    return folder


def sheets_by_hand(folder: Path) -> Path:
    """Workbooks in the ways of XML that no library here writes: inline texts, results of formulas, dates from 1904."""
    for at, table in enumerate(TABLES):
        sheet = SheetXml(is_1904=at % 2 == 0)
        header, rows = example_rows(table)
        kinds = [
            TABLES[table].get_column(name).kind if TABLES[table].has_column(name) else None for name in header
        ]
        lines = [
            (
                1,
                "".join(
                    sheet.cell(f"{_letters(place)}1", name, "shared") for place, name in enumerate(header)
                ),
            )
        ]
        for number, row in enumerate(rows, 2):
            cells = "".join(
                sheet.cell(f"{_letters(place)}{number}", _sheet_value(kind, cell), FORMS_OF_TEXT[number % 4])
                for place, (kind, cell) in enumerate(zip(kinds, row, strict=True))
            )
            lines.append((number, cells))
        (folder / f"{table}.xlsx").write_bytes(sheet.write([lines[0], *lines[:0:-1]]))
    return folder


def _sheet_value(kind: Kind | None, text: str) -> Any:
    if text in ("", "\\N"):
        return None
    if kind in (Kind.MONEY, Kind.NUMBER) and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    return text


def _letters(place: int) -> str:
    return get_column_letter(place + 1)


def office(folder: Path) -> Path:
    """The workbook as LibreOffice writes it."""
    book = workbook(folder)
    profile = (folder / "profile").as_uri()
    program, kind = str(shutil.which("soffice")), "xlsx:Calc MS Excel 2007 XML"
    options = [f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
    command = [program, *options, str(folder / "written"), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "written" / "all.xlsx"


FORMS_OF_TEXT = ("shared", "inline", "runs", "result")
FORMS = [
    gzipped, zstandard, tabs_utf16, pipes_marked, split_and_shuffled, parquet, json_array, json_lines,
    workbook, workbooks, dump, packed_dump, insert_dump, spanish, json_shapes, sheets_by_hand,
    pytest.param(office, marks=pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")),
]  # fmt: skip


def unreadable(loaded: SnapshotContents) -> Counter[tuple[str | None, bool]]:
    """How many cells of each column could not be read, and whether that refused their rows."""
    return Counter((reject.column, reject.refused) for reject in loaded.rejects)


@pytest.mark.parametrize("write", FORMS, ids=lambda write: write.__name__)
def test_every_form_gives_the_same_tables(
    write: Callable[[Path], Path], tmp_path: Path, truth: SnapshotContents
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    loaded = load(write(folder), tmp_path / "cache")
    assert unreadable(loaded) == unreadable(truth)
    for table in truth.tables:
        assert loaded.tables[table] == truth.tables[table], table
    assert loaded.rows_read == truth.rows_read


def test_a_snapshot_is_opened_as_it_is(tmp_path: Path, truth: SnapshotContents) -> None:
    from opttius_cli.snapshot.build import BuildOptions
    from opttius_cli.sources.registry import open_source
    from sources.snapshots import NOW, open_snapshot, open_store, read_snapshot

    at = tmp_path / "mine.duckdb"
    open_store(tmp_path / "cache").load_snapshot(open_source(str(EXAMPLE)), NOW, BuildOptions(), into=at)
    source = open_source(str(at))
    assert open_store(tmp_path / "cache").find_fresh(source, NOW, 0) == at
    assert open_store(tmp_path / "cache").load_snapshot(source, NOW, BuildOptions()) == at
    with open_snapshot(at) as con:
        assert read_snapshot(con) == truth


def test_json_numbers_keep_their_cents(tmp_path: Path) -> None:
    from sources.snapshots import BRANCH, CUSTOMER, numbered_uuid, write_shop

    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    amounts = ["0.1", "1234567890.12", "-5", "1e3", '"19990.5"']
    rows = [
        f'{{"id": "{numbered_uuid(n)}", "branch_id": "{BRANCH}", "customer_id": "{CUSTOMER}", "status": "delivered", '
        f'"payment_status": "paid", "total_amount": {amount}, "created_at": "2026-01-02T03:04:05Z"}}'
        for n, amount in enumerate(amounts)
    ]
    (folder / "orders.jsonl").write_text("\n".join(rows))
    assert json.loads(rows[0])
    assert load(folder, tmp_path / "cache").column("orders", "total_amount") == [
        "0.10",
        "1234567890.12",
        "-5.00",
        "1000.00",
        "19990.50",
    ]
