"""Each cause has its exit code, says one sentence on stderr, and leaves stdout empty."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from cli.run_program import DATA, MIRADOR, NOW, PROGRAM, RunResult, run_subprocess
from opttius_cli.snapshot import store

if TYPE_CHECKING:
    from collections.abc import Callable


class Unforeseen(RuntimeError):  # noqa: N818 - nobody catches it
    """Something that no part of the program expects, with a name in its message."""

    def __init__(self) -> None:
        super().__init__("the rent of Ana Soto is due")


def error_line(ran: RunResult) -> str:
    """The one line on stderr of a run that failed and wrote nothing else."""
    assert ran.out == ""
    (line,) = ran.err.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


def test_0_done(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, *MIRADOR)
    assert (ran.code, ran.err) == (0, "")
    assert "Óptica Mirador Austral" in ran.out


def test_0_and_a_message_when_there_is_nothing_to_show(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, "--search", "nobody is called that")
    assert ran.code == 0
    assert "Nothing to show" in ran.out + ran.err


def test_1_an_unexpected_failure_goes_to_a_log(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise Unforeseen

    monkeypatch.setattr("opttius_cli.session.run_reports.run_reports", broken)
    ran = run("dashboard", "-s", shop, *MIRADOR)
    assert ran.code == 1
    sentence = error_line(ran)
    assert "Traceback" not in sentence
    assert "Ana Soto" not in sentence
    (log,) = Path(os.environ["XDG_STATE_HOME"]).rglob("error-*.log")
    assert str(log) in sentence
    assert "the rent of Ana Soto" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_1_a_check_that_fails(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("check", "-s", shop, *MIRADOR, "--fail-on", "info")
    assert ran.code == 1
    assert "findings have the severity information or higher" in ran.err
    assert "Traceback" not in ran.err
    assert ran.out, "the findings themselves are still printed"


def test_2_wrong_usage(run: Callable[..., RunResult]) -> None:
    ran = run("dashboard", "--fromat", "json")
    assert ran.code == 2
    assert error_line(ran) == "There is no option --fromat. The nearest: --format, --remote."


def test_3_configuration(run: Callable[..., RunResult]) -> None:
    ran = run("dashboard")
    assert ran.code == 3
    assert "--source" in error_line(ran)


def test_4_a_source_that_is_not_there(run: Callable[..., RunResult], tmp_path: Path) -> None:
    ran = run("dashboard", "-s", tmp_path / "nowhere")
    assert ran.code == 4
    assert "nowhere" in error_line(ran)


def test_4_a_required_table_is_missing(run: Callable[..., RunResult], tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder)
    (folder / "orders.csv").unlink()
    ran = run("dashboard", "-s", folder, *MIRADOR)
    assert ran.code == 4
    assert "orders" in error_line(ran)


def test_4_a_required_column_is_missing(run: Callable[..., RunResult], tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder)
    text = (folder / "orders.csv").read_text(encoding="utf-8")
    (folder / "orders.csv").write_text(text.replace("total_amount", "amount_total", 1), encoding="utf-8")
    ran = run("dashboard", "-s", folder, *MIRADOR)
    assert ran.code == 4
    sentence = error_line(ran)
    assert "orders.csv" in sentence
    assert "total_amount" in sentence


def test_4_refused_rows_under_strict(run: Callable[..., RunResult], tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder)
    with (folder / "customers.csv").open("a", encoding="utf-8") as file:
        file.write("one,two\n")
    lenient = run("dashboard", "-s", folder, *MIRADOR)
    assert lenient.code == 0
    strict = run("dashboard", "-s", folder, *MIRADOR, "--strict", "--refresh")
    assert strict.code == 4
    assert "customers.csv" in error_line(strict)


def test_5_not_allowed(run: Callable[..., RunResult], shop: Path) -> None:
    Path("opttius.toml").write_text("[privacy]\nallow_reveal = false\n", encoding="utf-8")
    ran = run("customers", "-s", shop, *MIRADOR, "--reveal-pii", "--reason", "a recall of lenses")
    assert ran.code == 5
    assert "privacy.allow_reveal" in error_line(ran)


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("dashboard", "-b", "Providensia"), "Providencia"),
        (("customer", "59a1cc9f-aa72-4679-84cc-98750b4e7b16"), ""),
        (("export", "segmnts"), "segments"),
        (("reports", "show", "dashboard/sale"), "dashboard/sales"),
        (("dashboard", "--section", "kpi"), "kpis"),
        (("customers", "--segment", "vipp"), "vip"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_6_missing_name_suggests_the_nearest(
    run: Callable[..., RunResult], shop: Path, arguments: tuple[str, ...], near: str
) -> None:
    scope = () if arguments[0] == "reports" else ("-s", shop, *MIRADOR)
    ran = run(*arguments, *scope)
    assert ran.code == 6
    sentence = error_line(ran)
    assert arguments[-1] in sentence
    assert near in sentence


def test_7_a_file_that_is_there_stays(run: Callable[..., RunResult], shop: Path) -> None:
    Path("x.json").write_text("mine", encoding="utf-8")
    ran = run("dashboard", "-s", shop, *MIRADOR, "-o", "x.json")
    assert ran.code == 7
    assert "--force" in error_line(ran)
    assert Path("x.json").read_text(encoding="utf-8") == "mine"


def test_75_another_run_holds_the_lock(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_PATIENCE", 0.1)
    arguments = ("load", DATA, "--into", "mine.duckdb", "--force")
    assert run(*arguments).code == 0
    before = Path("mine.duckdb").read_bytes()
    with FileLock("mine.duckdb.lock"):
        ran = run(*arguments)
    assert ran.code == 75
    assert "mine.duckdb" in error_line(ran)
    assert Path("mine.duckdb").read_bytes() == before


def test_130_interrupted(run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("opttius_cli.session.run_reports.run_reports", interrupted)
    ran = run("dashboard", "-s", shop, *MIRADOR)
    assert ran.code == 130
    assert error_line(ran) == "Interrupted."


def test_130_a_query_that_is_interrupted(tmp_path: Path) -> None:
    out = tmp_path / "big"
    process = subprocess.Popen(
        [PROGRAM, "sample", "--out", out, "--customers", "400000"],
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        while not out.exists():
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        written, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert (written, stderr.decode()) == (b"", "Error: Interrupted.\n")
    assert list(out.glob("*.csv")) == []


def test_no_code_changes_between_processes(shop: Path) -> None:
    ran = run_subprocess("dashboard", "-s", shop)
    assert ran.code == 2
    assert "2 organizations" in error_line(ran)
    assert "Óptica Faro del Estrecho, Óptica Mirador Austral" in ran.err
    assert "--organization" in ran.err


def test_the_clock_of_the_tests_is_the_clock_of_the_run(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("dashboard", "-s", shop, "-O", "mirador-austral", "-f", "json", "--section", "kpis")
    assert '"as_of": "2026-11-23T12:00:00-03:00"' in ran.out
    assert NOW.startswith("2026-11-23T15:00")
