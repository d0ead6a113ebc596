"""Whatever is wrong with a source is a sentence or two: which file, what, and what to do."""

from __future__ import annotations

import gzip
import os
import zipfile
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from opttius_cli.errors import MissingColumnError, MissingTableError, SourceError
from sources.snapshots import BRANCH, EXAMPLE, ORDERS, load, order_line, orders_csv, write_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refused(source: Path | str, cache: Path) -> str:
    """The sentence with which ``source`` is refused; nothing may be left behind."""
    with pytest.raises(SourceError) as caught:
        load(source, cache)
    if cache.exists():
        assert [path.name for path in cache.iterdir() if path.suffix != ".lock"] == []
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def test_nothing_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere", tmp_path / "cache") == (
        f"There is no folder or file “{tmp_path}/nowhere”. Check --source."
    )


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    assert "export is empty. Put one file per table into it" in refused(
        tmp_path / "export", tmp_path / "cache"
    )


def test_a_folder_without_a_catalog_table(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    for name in ("ventas.csv", "leeme.txt"):
        (tmp_path / "export" / name).write_text("a,b\n")
    sentence = refused(tmp_path / "export", tmp_path / "cache")
    assert "found leeme.txt, ventas.csv; expected branches, customers, orders" in sentence


def test_a_missing_table(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "customers.csv").unlink()
    with pytest.raises(MissingTableError, match="customers"):
        load(folder, tmp_path / "cache")


def test_a_missing_column(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders="id,status,notes\n")
    with pytest.raises(MissingColumnError, match=r"orders\.csv.*“payment_status”"):
        load(folder, tmp_path / "cache")


def test_no_header(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=order_line(1) + "\n")
    assert "orders.csv cannot be read: none of its first lines names columns of “orders”" in refused(
        folder, tmp_path / "cache"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_no_right_to_read(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").chmod(0)
    assert "you do not have permission to read it" in refused(folder, tmp_path / "cache")


def test_zero_bytes(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders="")
    assert "orders.csv cannot be read: it is empty (0 bytes)" in refused(folder, tmp_path / "cache")


def pack(kind: str, data: bytes) -> bytes:
    packed = gzip.compress(data) if kind == "gz" else pa.compress(data, codec="zstd", asbytes=True)
    assert isinstance(packed, bytes)
    return packed


@pytest.mark.parametrize(("kind", "harm"), [("gz", "cut"), ("gz", "flipped"), ("zst", "cut")])
def test_damaged_compression(tmp_path: Path, kind: str, harm: str) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    packed = bytearray(
        pack(kind, orders_csv(*(order_line(n, total=str(n * n)) for n in range(5000))).encode())
    )
    if harm == "cut":
        packed = packed[: len(packed) * 2 // 3]
    else:
        packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    (folder / f"orders.csv.{kind}").write_bytes(packed)
    assert f"orders.csv.{kind} cannot be read: its compressed data is cut short or damaged" in refused(
        folder, tmp_path / "cache"
    )


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "id\n")


def workbook(path: Path) -> None:
    import openpyxl

    openpyxl.Workbook().save(path)


def parquet(path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": [1]}), path)


MASKS: list[tuple[Callable[[Path], object], str]] = [
    (zipped, "CSV expected, ZIP found. Unpack it"),
    (workbook, "CSV expected, Excel (.xlsx) found"),
    (parquet, "CSV expected, Parquet found"),
    (lambda path: path.write_text("<!DOCTYPE html><p>Log in"), "CSV expected, HTML found"),
    (
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "Excel 97 (.xls) found. Open it",
    ),
    (lambda path: path.write_bytes(b"%PDF-1.7\n"), "PDF found"),
    (lambda path: path.write_bytes(b"PGDMP\x01\x0e"), "pg_dump (custom) found. Type: pg_restore"),
]


@pytest.mark.parametrize(("write", "message"), MASKS, ids=[message for _write, message in MASKS])
def test_a_csv_that_is_something_else(tmp_path: Path, write: Callable[[Path], object], message: str) -> None:
    folder = write_shop(tmp_path / "export")
    write(folder / "orders.csv")
    sentence = refused(folder, tmp_path / "cache")
    assert f"{folder / 'orders.csv'} is not what its name says: " in sentence
    assert message in sentence


def test_a_csv_that_is_packed_without_saying_so_is_read(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=gzip.compress(orders_csv(order_line(1)).encode()))
    assert load(folder, tmp_path / "cache").rows_read["orders"] == 1


@pytest.mark.parametrize("extension", ["parquet", "xlsx"])
@pytest.mark.parametrize("harm", ["cut", "flipped", "text"])
def test_damaged_parquet_and_workbooks(tmp_path: Path, extension: str, harm: str) -> None:
    import openpyxl
    import pyarrow.parquet as pq

    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    path = folder / f"orders.{extension}"
    rows = [order_line(n, total=str(n * 7)).split(",") for n in range(3000)]
    if extension == "parquet":
        pq.write_table(pa.table(dict(zip(ORDERS.split(","), zip(*rows, strict=True), strict=True))), path)
    else:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("orders")
        for cells in (ORDERS.split(","), *rows):
            sheet.append(cells)
        book.save(path)
    data = bytearray(path.read_bytes())
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "flipped":
        data[len(data) // 3 : len(data) // 3 + 400] = b"\xff" * 400
    else:
        data = bytearray(orders_csv(order_line(1)).encode())
    path.write_bytes(data)
    sentence = refused(folder, tmp_path / "cache")
    assert f"{path} cannot be read" in sentence or f"{path} is not what its name says" in sentence


def test_json_that_is_none(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    path = folder / "orders.json"
    path.write_text('[{"id": 1},\n {"id": 2},\n {"id": 3')
    assert "orders.json cannot be read: it is not valid JSON from line 3 on" in refused(
        folder, tmp_path / "cache"
    )
    path.write_text('[{"id": 1},\n {"id" 2},\n {"id": 3}]')
    assert "it is not valid JSON from line 2 on" in refused(folder, tmp_path / "cache")
    path.write_text("id,status\n1,2\n")
    assert "it is neither a JSON array nor JSON lines" in refused(folder, tmp_path / "cache")


def test_nul_bytes(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1), order_line(2) + "\0"))
    assert "orders.csv cannot be read: line 3 contains a NUL byte" in refused(folder, tmp_path / "cache")


def test_a_folder_named_like_a_file(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    (folder / "orders.csv").mkdir()
    assert "orders.csv cannot be read: it is a folder, not a file" in refused(folder, tmp_path / "cache")


def test_a_long_line(tmp_path: Path) -> None:
    folder = write_shop(
        tmp_path / "export", orders=orders_csv(order_line(1), order_line(2) + "x" * 9_000_000, order_line(3))
    )
    assert "orders.csv cannot be read: line 3 is longer than 8 MB" in refused(folder, tmp_path / "cache")


def test_a_long_quoted_cell_is_a_quote_left_open(tmp_path: Path) -> None:
    lines = [f"{order_line(n)},note" for n in range(1, 120_000)]
    lines[5] = f'{order_line(6)},"open'
    folder = write_shop(tmp_path / "export", orders=orders_csv(*lines, header=f"{ORDERS},notes"))
    loaded = load(folder, tmp_path / "cache")
    assert [(reject.line, reject.reason) for reject in loaded.rejects] == [(7, "unterminated_quote")]
    assert loaded.rows_read["orders"] == 119_998


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_a_giant_cell_takes_no_memory(tmp_path: Path, *, packed: bool) -> None:
    import subprocess
    import sys

    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    path = folder / ("orders.csv.gz" if packed else "orders.csv")
    with gzip.open(path, "wb", 1) if packed else path.open("wb") as file:
        file.write((orders_csv(order_line(1)) + '"').encode())
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"\n')
    program = (
        "import sys\nfrom opttius_cli import i18n\ni18n.set_language('en')\nfrom pathlib import Path\n"
        "from opttius_cli.errors import SourceError\n"
        "from sources.snapshots import load\n"
        "try:\n    load(sys.argv[1], Path(sys.argv[2]))\nexcept SourceError as error:\n    print(error)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    root = EXAMPLE.parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=True,
        cwd=root / "tests",
    )
    sentence, kilobytes = ran.stdout.strip().splitlines()
    assert "line" in sentence
    assert "3" in sentence
    assert int(kilobytes) < 250_000


def test_a_dump_cut_short(tmp_path: Path) -> None:
    from sources.test_formats import dump_text

    whole = dump_text()
    for share in (0.3, 0.7, 0.999):
        (tmp_path / "shop.sql").write_text(whole[: int(len(whole) * share)])
        assert "the dump is cut short after line" in refused(tmp_path / "shop.sql", tmp_path / "cache")


def test_dumps_that_cannot_be_read(tmp_path: Path) -> None:
    custom = tmp_path / "shop.dump"
    custom.write_bytes(b"PGDMP\x01\x0e\x00")
    assert "pg_dump --format=plain" in refused(custom, tmp_path / "cache")
    inserts = tmp_path / "shop.sql"
    inserts.write_text(
        "--\n-- PostgreSQL database dump\n--\nINSERT INTO public.orders VALUES (1);\n"
        "-- PostgreSQL database dump complete\n"
    )
    assert "--column-inserts" in refused(inserts, tmp_path / "cache")


def test_files_that_are_no_source(tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    assert "not an opttius snapshot" in refused(other, tmp_path / "cache")
    single = tmp_path / "orders.csv"
    single.write_text(orders_csv())
    assert "it holds only one table. Name the folder" in refused(single, tmp_path / "cache")
    thing = tmp_path / "thing"
    thing.write_bytes(b"\x7fELF")
    assert "this is not an export" in refused(thing, tmp_path / "cache")
    mask = tmp_path / "all.xlsx"
    mask.write_bytes(b"PAR1\0\0\0\0")
    assert "Excel (.xlsx) expected, Parquet found" in refused(mask, tmp_path / "cache")


def test_a_failed_load_leaves_the_snapshot_before_it(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1)))
    load(folder, tmp_path / "cache")
    before = {path: path.read_bytes() for path in (tmp_path / "cache").glob("*.duckdb")}
    (folder / "orders.csv").write_text(f"id\n{BRANCH}\n")
    with pytest.raises(SourceError):
        load(folder, tmp_path / "cache")
    assert {path: path.read_bytes() for path in (tmp_path / "cache").glob("*.duckdb")} == before
    assert len([path for path in (tmp_path / "cache").iterdir() if path.suffix != ".lock"]) == 1


@pytest.mark.parametrize("text", ["[]", "[\n]\n", "\ufeff[ ]"])
def test_a_json_table_without_rows_is_a_table(tmp_path: Path, text: str) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "quotes.json").write_text(text, encoding="utf-8")
    loaded = load(folder, tmp_path / "cache")
    assert (loaded.rows_read["quotes"], loaded.tables["quotes"]) == (0, [])
    assert not any(table == "quotes" for table, _column in loaded.missing)


@pytest.mark.parametrize("text", ["{}", '{"quotes": 1}', "[{}]", "[1, 2]"])
def test_json_that_holds_other_things_lacks_columns(tmp_path: Path, text: str) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "quotes.json").write_text(text, encoding="utf-8")
    with pytest.raises(
        MissingColumnError, match=r"quotes\.json: table “quotes” lacks the columns “id”, “customer_id”"
    ):
        load(folder, tmp_path / "cache")


def test_a_report_of_our_own_among_the_tables_is_recognized(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    own = folder / "customers-2026-11-22.csv"
    own.write_text("id,name\n1,Ana R.\n", encoding="utf-8")
    assert refused(folder, tmp_path / "cache").endswith("move it to another folder.")
    own.rename(folder / "customers-part.csv")
    assert refused(folder, tmp_path / "cache").endswith("opttius doctor proposes what to write.")
