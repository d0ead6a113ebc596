"""What a person may type wrong: the message names it and says what to type instead."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable

# Arguments, exit code, and what the sentence holds.
WRONG: list[tuple[tuple[str, ...], int, tuple[str, ...]]] = [
    (("dashboard", "--period", "0"), 2, ("“0”", "1 to 3660", "last-month")),
    (("dashboard", "--period", "3661"), 2, ("“3661”", "1 to 3660")),
    (("dashboard", "--period", "-3"), 2, ("“-3”",)),
    (("dashboard", "--period", "banana"), 2, ("“banana”", "2026-Q3")),
    (("dashboard", "--period", "2026-13"), 2, ("“2026-13”",)),
    (("dashboard", "--period", ""), 2, ("--period “” is not a period",)),
    (("dashboard", "--as-of", "1900-01-15"), 2, ("--period 30 goes from 1899-12-17 to 1900-01-15",)),
    (("dashboard", "--as-of", "2200-01-01"), 2, ("of the years 1900 to 2199",)),
    (("dashboard", "--period", "2026-02-30..2026-03-01"), 2, ("2026-02-30",)),
    (("dashboard", "--period", "2026-11-10..2026-11-01"), 2, ("ends before it begins",)),
    (("dashboard", "--period", "2027"), 2, ("2027-01-01", "2026-11-22")),
    (("dashboard", "--as-of", "banana"), 2, ("“banana”", "2026-11-22")),
    (("dashboard", "--tz", "Mars/Base"), 2, ("“Mars/Base”", "America/Santiago")),
    (("dashboard", "--compare", "week"), 2, ("--compare", "previous, year, none")),
    (("dashboard", "--format", "xml"), 2, ("--format", "table, json, ndjson, csv, md, xlsx, html, parquet")),
    (("dashboard", "--max-age", "banana"), 2, ("banana", "30s, 5m or 2h")),
    (("dashboard", "--section", "zzz"), 6, ("“zzz”", "kpis, changes, orders_by_status", "and 5 more")),
    (("dashboard", "--bananas"), 2, ("--bananas",)),
    (("dashboard", "bananas"), 2, ("bananas",)),
    (("dashboard", "-o", "x.banana"), 2, ("x.banana", "--format")),
    (("dashboard", "-o", "x"), 2, ("--format",)),
    (("dashboard", "-o", ""), 2, ("--output is empty", "--output FILE")),
    (("dashboard", "-o", " ", "-f", "csv"), 2, ("--output is empty", "--output FILE")),
    (("audit", "-o", ""), 2, ("--output is empty", "--output FILE")),
    (("load", "--into", ""), 2, ("--into shop.duckdb",)),
    (("dashboard", "-b", "Punta Arenas Centro"), 6, ("“Punta Arenas Centro”",)),
    (("dashboard", "--lang", "fr"), 2, ("fr", "es, en")),
    (("customer",), 2, ("ID",)),
    (("tablro",), 2, ("“tablro”", "tablero")),
    (("clintes",), 2, ("“clintes”", "clientes")),
    *(
        ((command, option, value), 2, (option,))
        for command in ("cohorts", "forecast", "worklist", "customers", "customer")
        for option, value in (("--period", "30"), ("--compare", "year"))
    ),
    (("customers", "--limit", "0"), 2, ("--limit", "1")),
    (("customers", "--limit", "99999999999999999999"), 2, ("--limit", "1000000000")),
    (("customers", "--sort", "height"), 2, ("--sort", "lifetime_value")),
    (("segments", "--scheme", "abc"), 2, ("--scheme", "lifecycle, rfm")),
    (("export",), 2, ("export --list",)),
    (("check", "--fail-on", "banana"), 2, ("--fail-on", "error, warning, info, never")),
    (("dashbord",), 2, ("dashbord", "dashboard")),
    (("config", "shw"), 2, ("shw", "show")),
    (("job",), 2, ("Type opttius job --help",)),
    (("customer", "nobody"), 6, ("opttius customers --search",)),
    (("sample",), 2, ("--out",)),
    (("sample", "--out", "x", "--until", "banana"), 2, ("“banana”", "2026-11-22")),
    (("sample", "--out", "x", "--customers", "0"), 2, ("--customers",)),
]


@pytest.mark.parametrize(("arguments", "code", "holds"), WRONG, ids=[" ".join(row[0]) for row in WRONG])
def test_the_wrong_argument_is_named(
    run: Callable[..., RunResult], shop: Path, arguments: tuple[str, ...], code: int, holds: tuple[str, ...]
) -> None:
    asks = arguments[0] in {"dashboard", "customer", "customers", "segments", "export", "check"}
    ran = run(arguments[0], *(("-s", shop, *MIRADOR) if asks else ()), *arguments[1:])
    assert ran.out == ""
    assert ran.code == code, ran.err
    assert len(ran.err.splitlines()) == 1
    for part in holds:
        assert part in ran.err
    assert list(Path.cwd().iterdir()) == []


def test_an_unknown_organization(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, "-O", "mirador-boreal")
    assert (ran.code, ran.out) == (6, "")
    assert "“mirador-boreal”" in ran.err
    assert "mirador-austral" in ran.err


def test_branches_of_two_organizations(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, "-b", "CM-001", "-b", "PA-001")
    assert (ran.code, ran.out) == (2, "")
    assert "more than one organization" in ran.err


def test_branches_are_matched_without_regard_to_case_and_accents(
    run: Callable[..., RunResult], shop: Path
) -> None:
    scoped = ("dashboard", "-s", shop, *MIRADOR, "-f", "json", "--section", "kpis")
    assert run(*scoped, "-b", "maipu").out == run(*scoped, "-b", "CM-002").out
    assert run(*scoped, "-b", "MAIPÚ", "-b", "cm-002").out == run(*scoped, "-b", "CM-002").out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("dashboard", "--section", "KPIS"), ("dashboard", "--section", "kpis")),
        (("customers", "--segment", "VIP"), ("customers", "--segment", "vip")),
        (("customers", "--sort", "Name"), ("customers", "--sort", "name")),
        (("segments", "--scheme", "RFM"), ("segments", "--scheme", "rfm")),
        (("export", "Segments", "-o", "-"), ("export", "segments", "-o", "-")),
        (("export", "DASHBOARD", "-o", "-"), ("export", "dashboard", "-o", "-")),
        (("dashboard", "--format", "JSON"), ("dashboard", "--format", "json")),
        (("dashboard", "--compare", "Year"), ("dashboard", "--compare", "year")),
        (("dashboard", "--lang", "ES"), ("dashboard", "--lang", "es")),
        (("dashboard", "--lang=ES-cl"), ("dashboard", "--lang=es-CL")),
        (("check", "--fail-on", "Info"), ("check", "--fail-on", "info")),
    ],
    ids=" ".join,
)
def test_names_are_matched_without_regard_to_case(
    run: Callable[..., RunResult], shop: Path, typed: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    expected = run(meant[0], "-s", shop, *MIRADOR, *meant[1:])
    assert expected.out
    assert run(typed[0], "-s", shop, *MIRADOR, *typed[1:]) == expected


def test_a_job_is_matched_without_regard_to_case(run: Callable[..., RunResult]) -> None:
    text = '[jobs.Weekly]\nparts = ["kpis"]\nformats = ["csv"]\n'
    Path("opttius.toml").write_text(text, encoding="utf-8")
    expected = run("job", "status", "Weekly")
    assert "Weekly" in expected.out
    assert run("job", "status", "WEEKLY") == expected
    assert "“weakly”" in run("job", "status", "weakly").err


def test_a_file_is_named_after_the_report_and_not_after_the_argument(
    run: Callable[..., RunResult], shop: Path
) -> None:
    ran = run("export", "SALES", "-s", shop, *MIRADOR, "-f", "CSV", "--quiet")
    assert (ran.code, ran.out) == (0, "sales-2026-11-22.csv\n")


@pytest.mark.parametrize("term", ["ana.soto@correo.example", "12.345.678-9"])
def test_arguments_are_repeated_masked(run: Callable[..., RunResult], shop: Path, term: str) -> None:
    ran = run("customer", term, "-s", shop, *MIRADOR)
    assert (ran.code, ran.out) == (6, "")
    assert term not in ran.err


@pytest.mark.parametrize("scheme", ["mysql", "postgressql", "postgresql+psycopg"])
@pytest.mark.parametrize("command", ["dashboard", "load", "doctor", "check"])
def test_a_password_in_an_address_that_is_no_source_is_not_repeated(
    run: Callable[..., RunResult], command: str, scheme: str
) -> None:
    ran = run(command, "-s", f"{scheme}://ana:hunter2@db.example/shop")
    assert ran.code == 4
    assert f"{scheme}://…@db.example/shop" in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err


def test_the_future_is_answered_with_a_note(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, "-O", "mirador-austral", "--as-of", "2027-01-31", "-f", "json")
    assert ran.code == 0
    assert ran.out.startswith("{")
    assert "2027-01-31" in ran.err
    assert "future" in ran.err


MISNAMED = [
    (("customers", "-f", "html", "-o", "x.csv"), ("x.csv holds html", "its extension says csv", "x.html")),
    (("customers", "-f", "CSV", "-o", "x.XLSX"), ("x.XLSX holds csv", "its extension says xlsx", "x.csv")),
    (("customers", "-f", "xlsx", "-o", "x.txt"), ("x.txt holds xlsx", "its extension says table", "x.xlsx")),
    (("audit", "-f", "json", "-o", "x.csv"), ("x.csv holds json", "its extension says csv", "x.json")),
]


@pytest.mark.parametrize(("arguments", "holds"), MISNAMED, ids=[" ".join(row[0]) for row in MISNAMED])
def test_a_file_name_of_another_format_is_written_with_a_note(
    run: Callable[..., RunResult], shop: Path, arguments: tuple[str, ...], holds: tuple[str, ...]
) -> None:
    scope = ("-s", shop, *MIRADOR) if arguments[0] == "customers" else ()
    ran = run(*arguments, *scope)
    assert (ran.code, ran.out) == (0, "")
    note = next(line for line in ran.err.splitlines() if line.startswith("Note: x."))
    for part in holds:
        assert part in note
    assert Path(arguments[-1]).stat().st_size
    assert "Note: x." not in run(*arguments, *scope, "--force", "--quiet").err


@pytest.mark.parametrize("name", ["x.csv", "x.CSV", "x.txt", "x.list", "x"])
def test_a_file_name_of_no_other_format_needs_no_note(
    run: Callable[..., RunResult], shop: Path, name: str
) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, "-f", "csv", "-o", name)
    assert ran.code == 0
    assert "Note" not in ran.err


def test_a_folder_that_does_not_exist(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, *MIRADOR, "-o", "nowhere/x.json")
    assert (ran.code, ran.out) == (7, "")
    assert "nowhere" in ran.err


def test_an_unwritable_file_of_load_is_reported_with_its_own_option(run: Callable[..., RunResult]) -> None:
    Path("x.duckdb").write_bytes(b"mine")
    for into in ("x.duckdb", "nowhere/x.duckdb"):
        ran = run("load", "-s", DATA, "--into", into)
        assert (ran.code, ran.out) == (7, "")
        assert "--into" in ran.err
        assert "--output" not in ran.err
    assert Path("x.duckdb").read_bytes() == b"mine"


@pytest.mark.parametrize("command", ["list", "status"])
def test_without_a_job_that_is_reported(run: Callable[..., RunResult], command: str) -> None:
    ran = run("job", command)
    assert ran.code == 0
    assert "[jobs.NAME]" in ran.err


def test_an_output_that_is_a_folder(run: Callable[..., RunResult], shop: Path) -> None:
    Path("x.json").mkdir()
    ran = run("dashboard", "-s", shop, *MIRADOR, "-o", "x.json", "--force")
    assert (ran.code, ran.out) == (7, "")
    assert "is a folder" in ran.err


LONG = "a" * 300
BAD_PATHS = [
    (("export", "segments", "-o", f"{LONG}.csv"), 7, f"The file name {LONG}.csv is too long"),
    (("export", "segments", "-o", f"{LONG}/x.csv"), 7, "is too long"),
    (("export", "segments", "-o", "é" * 130 + ".csv"), 7, "is too long"),
    (("export", "segments", "-o", "dangling.csv"), 7, "nowhere does not exist"),
    (("export", "segments", "-o", "loop.csv"), 7, "loop.csv is a link that leads to itself"),
    (("sample", "--out", LONG), 2, f"The path {LONG} is too long"),
    (("load", "--into", f"{LONG}.duckdb"), 7, "is too long"),
    (("sql", f"{LONG}.sql"), 2, "is too long"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), BAD_PATHS)
def test_a_path_that_no_file_can_have(
    run: Callable[..., RunResult], shop: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    Path("dangling.csv").symlink_to("nowhere/x.csv")
    Path("loop.csv").symlink_to("loop.csv")
    source = () if arguments[0] == "sample" else ("-s", shop)
    scope = MIRADOR if arguments[0] in {"export", "sql"} else ()
    ran = run(*arguments, *source, *scope)
    assert (ran.code, ran.out) == (code, "")
    assert sentence in ran.err.replace("\n", "")
    assert len(list(Path.cwd().iterdir())) == len(("dangling.csv", "loop.csv"))


def test_a_dangling_link_into_a_folder_is_written_through(run: Callable[..., RunResult], shop: Path) -> None:
    Path("link.csv").symlink_to("new.csv")
    assert run("export", "segments", "-s", shop, *MIRADOR, "-o", "link.csv").code == 0
    assert Path("link.csv").is_symlink()
    assert "segment" in Path("new.csv").read_text(encoding="utf-8").splitlines()[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written(run: Callable[..., RunResult], shop: Path) -> None:
    Path("shut").mkdir(mode=0o500)
    ran = run("dashboard", "-s", shop, *MIRADOR, "-o", "shut/x.json")
    assert (ran.code, ran.out) == (7, "")
    assert "no permission" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_cache_that_may_not_be_written(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("shut").mkdir(mode=0o500)
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(Path.cwd() / "shut" / "cache"))
    ran = run("dashboard", "-s", DATA, *MIRADOR)
    assert (ran.code, ran.out) == (7, "")


@pytest.mark.parametrize("name", ["empty", "notes.txt", "orders.csv"])
def test_a_source_that_is_none(run: Callable[..., RunResult], name: str) -> None:
    if name == "empty":
        Path(name).mkdir()
    else:
        Path(name).write_text("one,two\n1,2\n", encoding="utf-8")
    ran = run("dashboard", "-s", name, *MIRADOR)
    assert (ran.code, ran.out) == (4, "")
    assert name in ran.err


def test_a_snapshot_that_was_cut_off(run: Callable[..., RunResult], shop: Path) -> None:
    Path("half.duckdb").write_bytes(shop.read_bytes()[:100_000])
    ran = run("dashboard", "-s", "half.duckdb", *MIRADOR)
    assert (ran.code, ran.out) == (4, "")
    assert "half.duckdb" in ran.err


def test_a_fault_in_the_source_names_file_and_line(run: Callable[..., RunResult], tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder)
    lines = (folder / "customers.csv").read_text(encoding="utf-8").splitlines()
    lines[9] = "one,two"
    (folder / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = run("load", folder, "-f", "json")
    assert ran.code == 0
    (reject,) = json.loads(ran.out)["rejects"]
    assert (reject["file"], reject["lines"], reject["refused"]) == ("customers.csv", ["10"], True)


@pytest.mark.parametrize(
    "arguments", [("report",), ("report", "run", "--due"), ("report", "status")], ids=" ".join
)
def test_the_old_name_of_job_is_refused_with_what_to_type(
    run: Callable[..., RunResult], arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "“opttius report” is called “opttius job” now." in ran.err
    assert "opttius schedule install" in ran.err
