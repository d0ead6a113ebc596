"""``opttius doctor`` on folders and files: what it says of exports that are whole, and of those that lack something."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA
from cli.test_damaged_snapshots import damage_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.run_program import RunResult

PAGADO = [
    "! Columns       orders.payment_status has a word that opttius does not know: pagado.",
    "                → Write under [words.orders.payment_status] of opttius.toml what is meant.",
    "",
    "Paste this into opttius.toml, and look whether it is right:",
    "",
    "[words.orders.payment_status]",
    'pagado = "paid"',
]
"""One sale of the sample is paid in Spanish."""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("README.md"))
    return folder


def test_a_whole_folder(run: Callable[..., RunResult]) -> None:
    ran = run("doctor", DATA)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"✓ Source        {DATA} can be read.",
        "✓ Tables        19 of 19 tables exist.",
        "✓ Columns       Every column that is needed exists.",
        "✓ Freshness     The last sale is of Nov 23, 2026.",
        *PAGADO,
    ]


def test_days_without_data_are_told(
    run: Callable[..., RunResult], exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dates are read as a load reads them; what lies ahead of today is no sale of yet."""
    (exports / "lab_work_orders.csv").unlink()
    orders = exports / "orders.csv"
    header, first, *_rows = orders.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("created_at")
    rows = [first.split(",") for _ in range(3)]
    for row, written in zip(rows, ("19-11-2026 10:00", "07-11-2026 23:00", "01-12-2026 09:00"), strict=True):
        row[place] = written
    orders.write_text("\n".join([header, *map(",".join, rows), ""]), encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_LANG", "en")
    ran = run("doctor", exports)
    assert ran.out.splitlines()[-2:] == [
        "! Freshness     The last sale is of Nov 19, 2026: 4 days without data since.",
        "                → Export the data again, or look at the days that they fill: --as-of latest",
    ]


def test_a_snapshot(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("doctor", shop, "--lang", "es")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out
        == f"✓ Origen               {shop} contiene los datos de {DATA}, cargados el 2026-11-23T15:00+00:00.\n"
        "✓ Al día               La última venta es del 23-11-2026.\n"
    )


def test_a_snapshot_that_is_damaged_where_it_is_read(
    run: Callable[..., RunResult], shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On this day statistics do not answer: the times themselves are read.
    monkeypatch.setenv("OPTTIUS_NOW", "2026-06-01T12:00:00Z")
    damaged = tmp_path / "damaged.duckdb"
    shutil.copy(shop, damaged)
    damage_file(damaged, first=damaged.stat().st_size // 4)
    ran = run("doctor", damaged)
    assert (ran.code, ran.err) == (4, "Error: The source cannot be used: 1 step failed.\n")
    assert ran.out.startswith(f"✗ Source        {damaged} is damaged (")


def test_a_folder_with_missing_tables(run: Callable[..., RunResult], exports: Path) -> None:
    (exports / "orders.csv").rename(exports / "ventas.csv")
    (exports / "quotes.csv").unlink()
    customers = exports / "customers.csv"
    text = customers.read_text(encoding="utf-8")
    customers.write_text(
        text.replace("created_at", "created_on", 1).replace("phone", "phone_number", 1), "utf-8"
    )
    ran = run("doctor", exports)
    assert ran.code == 4
    assert ran.err == "Error: The source cannot be used: 2 steps failed.\n"
    assert ran.out.splitlines()[1:] == [
        "! Source        ventas.csv is not read: its name is that of no table. If it holds orders, name it orders.",
        "✗ Tables        The table orders is missing, which is required.",
        "                → Export it as orders.csv (or .parquet, .json, a sheet of an .xlsx).",
        "! Tables        1 optional table is missing, so its figures stay empty: quotes.",
        "✓ Tables        17 of 19 tables exist.",
        "✗ Columns       customers has no column created_at, which is required.",
        "                → Does it have another name? created_on → created_at.",
        "! Columns       customers has no column phone: the figures that need it stay empty.",
        "                → Does it have another name? phone_number → phone.",
        "",
        "Paste this into opttius.toml, and look whether it is right:",
        "",
        "# Are the times local, without a zone? Then write at the top of the file:",
        '# naive_timezone = "America/Santiago"',
        "",
        "[tables]",
        'orders = "ventas.csv"',
        "",
        "[columns.customers]",
        '# created_at = "…"  required: nothing looks like it',
        "",
        "[values.customers]",
        '# created_at = "2026-01-01"  if it is so in every row: remove the first #',
        *PAGADO[-3:],
    ]


def test_texts_for_people_are_not_named_as_unread(run: Callable[..., RunResult], exports: Path) -> None:
    for name in ("README.md", "LICENSE", "notes.md"):
        (exports / name).write_text("What lies here.\n", encoding="utf-8")
    (exports / "apuntes.txt").write_text("id;total\n1;2\n", encoding="utf-8")
    notes = [line for line in run("doctor", exports).out.splitlines() if " is not read: " in line]
    assert notes == ["! Source        apuntes.txt is not read: its name is that of no table."]


def test_a_file_that_cannot_be_read(run: Callable[..., RunResult], exports: Path) -> None:
    (exports / "orders.csv").unlink()
    (exports / "orders.parquet").write_bytes(b"PAR1 not really")
    ran = run("doctor", exports, "-f", "json")
    assert ran.code == 4
    failed = [check for check in json.loads(ran.out)["checks"] if check["state"] == "failed"]
    assert failed
    assert "orders.parquet" in failed[0]["message"]


def test_no_source_exists_and_none_is_named(run: Callable[..., RunResult]) -> None:
    ran = run("doctor", "nowhere")
    assert ran.code == 4
    assert ran.out == "✗ Source        There is no folder or file “nowhere”. Check --source.\n"
    unsaid = run("doctor")
    assert (unsaid.code, unsaid.out) == (3, "")
    assert "No source of data is set." in unsaid.err


@pytest.mark.parametrize("width", [40, 80])
def test_sentences_are_folded_to_the_terminal(width: int) -> None:
    from io import BytesIO

    from opttius_cli.render.style import Style
    from opttius_cli.render.terminal import checklist

    out = BytesIO()
    item = checklist.ChecklistItem("Login", "failed", "word " * 30, "\x1b[31mremedy " * 20)
    checklist.write_item(item, out, Style("en", width), 8)
    lines = out.getvalue().decode().splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("✗ Login     word")
    assert all(line.startswith(" " * 12) for line in lines[1:])
    assert "\x1b" not in "".join(lines)
