"""Nothing of a source is passed over: what is not read is named, with what to do, and by every answer that lacks it."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import duckdb
import pytest

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.unread import build_unread_sentence, load_unread
from sources.snapshots import ORDERS, loaded_file, order_line, orders_csv, write_shop

if TYPE_CHECKING:
    from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def told(source: Path, cache: Path) -> dict[str, str]:
    """The sentence about each thing that is not read."""
    with duckdb.connect(str(loaded_file(source, cache)), read_only=True) as con:
        return {item.name: build_unread_sentence(item) for item in load_unread(con)}


def archive(name: str, data: bytes) -> bytes:
    """A ZIP of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("quotes.xls", OLE, "Excel 97 (.xls). Open it in Excel or LibreOffice, save it"),
        ("quotes.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), ""),
        ("quotes.csv.zip", archive("quotes.csv", b"id\n1\n"), "ZIP. Unpack it"),
        ("quotes.csv.bz2", b"BZh91AY&SY" + b"\0" * 30, "bunzip2 quotes.csv.bz2"),
        ("quotes.csv.xz", b"\xfd7zXZ\x00" + b"\0" * 30, "unxz quotes.csv.xz"),
        ("quotes.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 30, "7z. Unpack it"),
        ("quotes.rar", b"Rar!\x1a\x07\x00" + b"\0" * 30, "RAR. Unpack it"),
        ("quotes.sql", b"INSERT INTO quotes VALUES (1);\n", "A dump is read by itself"),
        ("quote.csv", b"id\n1\n", "If it holds quotes, name it quotes."),
        ("cotizaciones.csv", b"id\n1\n", "If it holds quotes, name it quotes."),
        ("Lab Work Orders.csv", b"id\n1\n", "If it holds lab_work_orders, name it lab_work_orders."),
        ("work_orders.csv", b"id\n1\n", "If it holds lab_work_orders, name it lab_work_orders."),
        ("shop_products.csv", b"id\n1\n", "If it holds products, name it products."),
        ("notes.docx", b"PK\x03\x04", "notes.docx is not read"),
    ],
)
def test_a_file_that_is_not_read_is_named(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / name).write_bytes(data)
    if not words:
        with pytest.raises(SourceError, match=r"workbook with a password.*remove the password"):
            told(folder, tmp_path / "cache")
        return
    sentences = told(folder, tmp_path / "cache")
    assert words in sentences.get(name, "")


def test_tables_in_an_inner_folder_are_named(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "more").mkdir()
    (folder / "more" / "quotes.csv").write_text("id\n")
    (folder / "more" / "picture.png").write_bytes(b"x")
    assert list(told(folder, tmp_path / "cache")) == ["more/quotes.csv"]


def test_what_hides_and_our_own_settings_are_not_named(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    for name in (".DS_Store", "~$orders.xlsx", "opttius.toml"):
        (folder / name).write_text("")
    assert told(folder, tmp_path / "cache") == {}


def test_a_new_file_that_is_not_read_makes_a_snapshot_stale(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    assert told(folder, tmp_path / "cache") == {}
    (folder / "quotes.xls").write_bytes(OLE)
    assert list(told(folder, tmp_path / "cache")) == ["quotes.xls"]


def test_a_schema_before_the_name_is_no_obstacle(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1)))
    for path in list(folder.iterdir()):
        path.rename(folder / f"public_{path.name}")
    assert told(folder, tmp_path / "cache") == {}


def test_names_that_are_not_utf8_are_told(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (tmp_path / "export").joinpath(os.fsdecode(b"nota\xf1.txt")).write_text("x")
    assert list(told(folder, tmp_path / "cache")) == ["nota�.txt"]
    (folder / os.fsdecode(b"orders-a\xf1o.csv")).write_text(ORDERS)
    with pytest.raises(SourceError, match=r"is not UTF-8\. Rename it"):
        told(folder, tmp_path / "cache")


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    os.mkfifo(folder / "orders.csv")
    with pytest.raises(SourceError, match="a pipe or a device"):
        told(folder, tmp_path / "cache")
    with pytest.raises(SourceError, match="a pipe or a device"):
        told(folder / "orders.csv", tmp_path / "cache")


@pytest.mark.parametrize("form", ["directory", "tar"])
def test_other_forms_of_pg_dump_come_with_the_command(form: str, tmp_path: Path) -> None:
    source = tmp_path / "dump"
    source.mkdir()
    (source / "toc.dat").write_bytes(b"PGDMP\x01")
    (source / "3456.dat.gz").write_bytes(b"")
    if form == "tar":
        with tarfile.open(tmp_path / "shop.dump", "w", format=tarfile.USTAR_FORMAT) as packed:
            packed.add(source / "toc.dat", "toc.dat")
        source = tmp_path / "shop.dump"
    with pytest.raises(
        SourceError, match=rf"pg_dump \({form}\)\. Type: pg_restore --data-only --file=shop\.sql"
    ):
        told(source, tmp_path / "cache")
