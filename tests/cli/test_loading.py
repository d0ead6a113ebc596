"""load, check and sample: what they print, write, and leave alone."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable


def test_load_prints_the_rows_of_each_table(run: Callable[..., RunResult]) -> None:
    ran = run("load", DATA, "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    rows = {row["table_name"]: row for row in json.loads(ran.out)["rows"]}
    for file in DATA.glob("*.csv"):
        assert rows[file.stem]["refused"] == 0
        assert rows[file.stem]["rows_read"] > 0
    assert set(rows) == {file.stem for file in DATA.glob("*.csv")}


def test_load_into_a_file_of_ones_own(run: Callable[..., RunResult]) -> None:
    ran = run("load", DATA, "--into", "mine.duckdb")
    assert (ran.code, ran.err) == (0, "")
    file = Path("mine.duckdb")
    assert list(Path.cwd().iterdir()) == [file.absolute()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    again = run("load", DATA, "--into", "mine.duckdb")
    assert (again.code, again.out) == (7, "")
    assert file.read_bytes() == before
    command = ("dashboard", *MIRADOR, "-f", "json", "--section", "kpis")
    answer, same = (json.loads(run(*command, "-s", source).out) for source in ("mine.duckdb", DATA))
    assert answer["kpis"] == same["kpis"]


def test_a_second_answer_loads_nothing(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("dashboard", "-s", DATA, *MIRADOR, "-f", "json")
    first = run(*command)
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-23T15:30:00+00:00")
    assert run(*command) == first


def test_check_counts_findings_by_severity(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("check", "-s", shop, "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    rows = json.loads(ran.out)["rows"]
    assert {row["severity"] for row in rows} <= {"error", "warning", "info"}
    assert all(row["count"] > 0 for row in rows)
    counts = {
        grade: sum(1 for row in rows if row["severity"] == grade) for grade in ("error", "warning", "info")
    }
    for grade, most in {
        "error": counts["error"],
        "warning": counts["error"] + counts["warning"],
        "info": len(rows),
    }.items():
        failing = run("check", "-s", shop, "-f", "json", "--fail-on", grade)
        assert failing.out == ran.out
        assert failing.code == (1 if most else 0)
        assert (str(most) in failing.err) == bool(most)
    assert run("check", "-s", shop, "-f", "json", "--fail-on", "never") == ran


@pytest.mark.parametrize(
    ("grade", "word"), [("error", "error"), ("warning", "advertencia"), ("info", "información")]
)
def test_the_gravity_of_findings_is_shown_in_the_readers_language(
    run: Callable[..., RunResult], shop: Path, grade: str, word: str
) -> None:
    ran = run("check", "-s", shop, "--fail-on", grade, "--lang", "es")
    assert ran.code == 1
    assert f"gravedad {word} o mayor." in ran.err


def test_check_needs_no_organization(run: Callable[..., RunResult], shop: Path) -> None:
    whole = run("check", "-s", shop, "-f", "json")
    scoped = run("check", "-s", shop, *MIRADOR, "-f", "json")
    assert (whole.code, scoped.code) == (0, 0)
    assert json.loads(scoped.out)["scope"]["organization"]["name"] == "Óptica Mirador Austral"
    assert whole.out != scoped.out


def test_check_shows_no_personal_data(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("check", "-s", shop, "-f", "json")
    assert "@correo.example" not in ran.out.replace("***@correo.example", "")


def test_sample_writes_files_that_can_be_loaded(run: Callable[..., RunResult]) -> None:
    ran = run("sample", "--out", "small", "--customers", "5", "--seed", "7", "--until", "2026-01-31")
    assert (ran.code, ran.err) == (0, "")
    counted = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in ran.out.splitlines()}
    assert set(counted) == {file.stem for file in Path("small").glob("*.csv")}
    loaded = json.loads(run("load", "small", "-f", "json").out)["rows"]
    assert {row["table_name"]: row["rows_read"] for row in loaded} == counted


def test_sample_is_the_same_for_the_same_seed(run: Callable[..., RunResult]) -> None:
    for folder, seed in (("one", "7"), ("two", "7"), ("three", "8")):
        assert run("sample", "--out", folder, "--customers", "5", "--seed", seed, "--quiet") == RunResult(
            0, "", ""
        )
    first, two, three = ((Path(folder) / "orders.csv").read_bytes() for folder in ("one", "two", "three"))
    assert first == two != three


def test_sample_leaves_a_folder_alone_that_is_not_empty(run: Callable[..., RunResult]) -> None:
    Path("mine").mkdir()
    Path("mine/orders.csv").write_text("mine", encoding="utf-8")
    ran = run("sample", "--out", "mine", "--customers", "5")
    assert (ran.code, ran.out) == (7, "")
    assert Path("mine/orders.csv").read_text(encoding="utf-8") == "mine"
    assert run("sample", "--out", "mine", "--customers", "5", "--force", "-f", "parquet").code == 0
    assert Path("mine/orders.parquet").read_bytes().startswith(b"PAR1")
