"""Every command's answer about the worked example, held as JSON; and every format agrees with that JSON.

``OPTTIUS_UPDATE_GOLDEN=1`` writes the files anew.
"""

from __future__ import annotations

import csv
import json
import os
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from opttius_cli.cli import main
from opttius_cli.reports.layouts import EXPORTS

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example" / "data"
FILES = HERE / "reports"
AS_OF = "2026-11-22T15:00:00-03:00"
SCOPE = ["--organization", "cordillera", "--as-of", AS_OF, "--lang", "es", "--quiet"]
BRANCH = "SCL-01"
CUSTOMER = "113b37a0-4d72-45a4-91fc-ed20283613e0"

COMMANDS = {
    **{name: ["export", name] for name in EXPORTS},
    "dashboard": ["dashboard", "--period", "30"],
    "customers-command": ["customers", "--limit", "5", "--sort", "last_purchase"],
    "segments-lifecycle": ["segments"],
    "segments-rfm": ["segments", "--scheme", "rfm"],
    "customer": ["customer", CUSTOMER],
    "check": ["check"],
    "drivers-command": ["drivers"],
    "movement-command": ["segments", "--movement"],
    "reconcile": ["reconcile", "--branch", BRANCH],
    "reconcile-rows": ["reconcile", "--branch", BRANCH, "--rows", "linked_again"],
}
LISTS = sorted(EXPORTS)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of snapshots for all: building one anew each time would be most of the work."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _shared_cache(cache: Path, own_folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(cache))


def answered(capfd: pytest.CaptureFixture[str], *arguments: str) -> bytes:
    """What a command writes to stdout."""
    capfd.readouterr()
    code = main([*arguments, "--source", str(EXAMPLE), *SCOPE])
    out, err = capfd.readouterr()
    assert code == 0, err
    return out.encode()


def without_snapshot(text: bytes) -> dict[str, Any]:
    """The JSON document less what depends on when and where it was loaded."""
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    del document["data_quality"]["snapshot"]
    return document


@pytest.mark.parametrize("name", COMMANDS)
def test_golden(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The answer is the one that was looked at and kept."""
    command = COMMANDS[name]
    out = ["--output", "-"] if command[0] == "export" else []
    document = without_snapshot(answered(capfd, *command, *out, "--format", "json"))
    file = FILES / f"{name}.json"
    if os.environ.get("OPTTIUS_UPDATE_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            json.dumps(document, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8"
        )
    assert document == json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.mark.parametrize("name", LISTS)
def test_formats_agree(name: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """CSV, workbook, page and Parquet hold the rows of the JSON; CSV cell for cell."""
    rows = without_snapshot(answered(capfd, "export", name, "-o", "-", "-f", "json"))["rows"]
    text = answered(capfd, "export", name, "-o", "-", "-f", "csv").decode()
    listed = list(csv.DictReader(StringIO(text, newline="")))
    assert [list(row) for row in listed] == [list(row) for row in rows]
    for row, line in zip(rows, listed, strict=True):
        for value, cell in zip(row.values(), line.values(), strict=True):
            # An apostrophe keeps a spreadsheet from running what looks like a formula.
            assert cell in {spelled(value), f"'{spelled(value)}"}
    files = {kind: tmp_path / f"{name}.{kind}" for kind in ("parquet", "xlsx", "html", "md", "txt")}
    for kind, file in files.items():
        answered(capfd, "export", name, "-o", str(file), *(["-f", "table"] if kind == "txt" else []))
    table = pq.read_table(files["parquet"])
    assert table.num_rows == len(rows)
    assert table.column_names == (list(rows[0]) if rows else table.column_names)
    page = files["html"].read_text(encoding="utf-8")
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert body.count("<tr>") == len(rows)
    book: Any = openpyxl.load_workbook(BytesIO(files["xlsx"].read_bytes()))
    (sheet,) = [sheet for sheet in book.worksheets if sheet.tables]
    (inside,) = sheet.tables.values()
    sums = inside.totalsRowCount or 0
    assert sheet.max_row == len(rows) + 1 + sums
    assert all(cell.data_type != "f" for line in sheet.iter_rows(max_row=len(rows) + 1) for cell in line)


def spelled(value: Any) -> str:
    """A JSON value as CSV spells it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
