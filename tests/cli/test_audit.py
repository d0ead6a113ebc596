"""Who asked what, of whose data, why: a line for every run that reads data, and never what was found."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.run_program import DATA, MIRADOR, PROGRAM, RunResult
from opttius_cli import audit

if TYPE_CHECKING:
    from collections.abc import Callable

CAJA = "caja.cm001@mirador-austral.example"
PERSON = ("59a1cc9f-aa72-4679-84cc-98750b4e7b15", "Cristóbal")
REVEAL = ("--reveal-pii", "--reason", "a recall of lenses")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("OPTTIUS_STATE_DIR", str(folder))
    return folder


def lines(state: Path) -> list[dict[str, Any]]:
    """The log, parsed."""
    file = state / audit.FILE_NAME
    return (
        [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    )


def test_a_line_records_the_reader_the_command_and_the_scope(
    run: Callable[..., RunResult], shop: Path, state: Path
) -> None:
    ran = run("export", "segments", "-s", shop, "--as", CAJA, "--as-of", "2026-11-22", "-o", "out.csv")
    assert ran.code == 0
    (line,) = lines(state)
    assert len(line.pop("run")) == 12
    assert line.pop("seconds") >= 0
    assert line.pop("user")
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        assert line.pop("rows") == len(list(csv.reader(file))) - 1 > 0
    assert line == {
        "time": "2026-11-23T15:00:00+00:00",
        "command": "export",
        "admin": CAJA,
        "organization": "Óptica Mirador Austral",
        "branches": ["CM-001"],
        "whole": False,
        "as_of": "2026-11-22T23:59:59.999999-03:00",
        "period": None,
        "report": "segments",
        "masking": "masked",
        "reason": None,
        "output": str(Path("out.csv").absolute()),
        "source": str(shop),
        "exit_code": 0,
    }
    assert stat.S_IMODE((state / audit.FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_line_records_the_files_of_a_job_run(
    run: Callable[..., RunResult], shop: Path, state: Path
) -> None:
    definition = f'source = "{shop}"\norganization = "{MIRADOR[1]}"\n[jobs.weekly]\nparts = ["segments"]\n'
    Path("opttius.toml").write_text(
        definition + 'formats = ["json"]\nperiod = "last-month"\n', encoding="utf-8"
    )
    ran = run("job", "run", "weekly")
    assert ran.code == 0, ran.err
    (line,) = lines(state)
    files = [Path(file) for file in ran.out.splitlines()]
    entry = json.loads(
        next(file for file in files if file.name == "manifest.json").read_text(encoding="utf-8")
    )
    assert (line["command"], line["report"], line["exit_code"]) == ("job run", "weekly", 0)
    assert line["output"] == str(files[0].parent)
    assert line["rows"] == sum(file["rows"] for file in entry["files"]) > 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("dashboard",), 0),
        (("customers", "--limit", "1"), 0),
        (("customer", PERSON[0]), 0),
        (("segments",), 0),
        (("export", "sales", "-o", "-"), 0),
        (("check",), 0),
        (("check", "--fail-on", "info"), 1),
        (("load",), 2),
        (("dashboard", "--fromat", "json"), 2),
        (("dashboard", "-b", "CM-001", "-b", "PA-001", "-O", ""), 2),
        (("dashboard", "-s", "nowhere"), 4),
        (("dashboard", "--as", CAJA, "-b", "CM-002"), 5),
        (("customer", "nobody-1"), 6),
        (("export", "nothing"), 6),
        (("export", "sales", "-o", "there.csv"), 7),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_every_run_leaves_a_line_however_it_ends(
    run: Callable[..., RunResult], shop: Path, state: Path, arguments: tuple[str, ...], code: int
) -> None:
    Path("there.csv").write_text("mine", encoding="utf-8")
    command, *rest = arguments
    assert run(command, "-s", shop, *MIRADOR, *rest).code == code
    (line,) = lines(state)
    assert (line["command"], line["exit_code"]) == (command, code)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("dashboard", "--help"),
        ("export", "--list"),
        ("reports", "list"),
        ("config", "show"),
        ("audit",),
        ("cache", "list"),
        ("nothing",),
    ],
    ids=" ".join,
)
def test_commands_that_read_no_data_leave_no_line(
    run: Callable[..., RunResult], state: Path, arguments: tuple[str, ...]
) -> None:
    run(*arguments)
    assert lines(state) == []


def test_no_line_holds_search_terms_or_results(
    run: Callable[..., RunResult], shop: Path, state: Path
) -> None:
    with (DATA / "customers.csv").open(encoding="utf-8", newline="") as file:
        person = next(row for row in csv.DictReader(file) if row["id"] == PERSON[0])
    whole = [person["email"], person["rut"], person["phone"], person["last_name"]]
    for value in whole[:2]:
        run("customer", value, "-s", shop, *MIRADOR)
    for value in whole:
        run("customers", "--search", value, "-s", shop, *MIRADOR, "-f", "json", *REVEAL)
    run("customers", "-s", shop, "--as", person["email"])
    run("customers", "-s", shop, *MIRADOR, "-b", person["email"])
    log = (state / audit.FILE_NAME).read_text(encoding="utf-8")
    assert len(lines(state)) == 2 + 2 * 4 + 2
    for text in (*whole, PERSON[1]):
        assert text not in log


def test_no_line_holds_a_password(run: Callable[..., RunResult], state: Path) -> None:
    reason = "password=s3cr3t-too"
    for source in ("postgresql://eva:s3cr3t@127.0.0.1:1/shop", "host=127.0.0.1 port=1 password=s3cr3t"):
        assert run("customers", "-s", source, "--reveal-pii", "--reason", reason).code == 4
    assert [line["exit_code"] for line in lines(state)] == [None, 4, None, 4]
    assert "s3cr3t" not in (state / audit.FILE_NAME).read_text(encoding="utf-8")


def test_a_reveal_is_recorded_before_and_after(
    run: Callable[..., RunResult], shop: Path, state: Path
) -> None:
    assert run("customers", "-s", shop, *MIRADOR, *REVEAL).code == 0
    before, after = lines(state)
    assert before["run"] == after["run"]
    assert (before["masking"], before["reason"], before["exit_code"]) == ("revealed", REVEAL[2], None)
    assert (after["masking"], after["reason"], after["exit_code"]) == ("revealed", REVEAL[2], 0)
    entries = json.loads(run("audit", "-f", "json").out)
    assert [(entry["reason"], entry["exit_code"]) for entry in entries] == [(REVEAL[2], 0)], (
        "one run, one row"
    )


def test_a_log_that_cannot_be_written_costs_no_report_but_hides_whom_it_is_about(
    run: Callable[..., RunResult], shop: Path, state: Path
) -> None:
    expected = run("customers", "-s", shop, *MIRADOR, "-f", "json")
    (state / audit.FILE_NAME).unlink()
    state.rmdir()
    state.write_text("no folder", encoding="utf-8")
    ran = run("customers", "-s", shop, *MIRADOR, "-f", "json", "--quiet")
    assert (ran.code, ran.out) == (0, expected.out)
    assert "missing in the audit log" in ran.err
    refused = run("customers", "-s", shop, *MIRADOR, *REVEAL)
    assert (refused.code, refused.out) == (7, "")
    assert "personal data is not shown" in refused.err
    assert state.read_text(encoding="utf-8") == "no folder"


def test_a_full_disk_costs_no_report(shop: Path, state: Path) -> None:
    """Files may not grow beyond what the log has: the line does not fit any more, the report on stdout does."""
    state.mkdir()
    (state / audit.FILE_NAME).write_bytes(b"x" * 4096)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096 + 20, 4096 + 20))

    done = subprocess.run(
        [PROGRAM, "customers", "-s", shop, *MIRADOR, "-f", "json"],
        env=os.environ,
        capture_output=True,
        preexec_fn=full,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["report"] == "customers"
    assert "missing in the audit log" in done.stderr.decode()
    # What did not fit spoils no line after it.
    audit.append_record(state, audit.AuditRecord(time="2026-11-23T15:00:00+00:00", command="load"))
    runs, spoiled = audit.read_runs(state, datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    assert [entry["command"] for entry in runs] == ["load"]
    assert spoiled >= 1


WRITER = """
import sys
from pathlib import Path
from opttius_cli import audit
audit.MAX_BYTES = 40_000
for number in range(100):
    record = audit.AuditRecord(time="2026-11-23T15:00:00+00:00", command=f"{sys.argv[2]}-{number}")
    audit.append_record(Path(sys.argv[1]), record)
"""


def test_runs_at_the_same_time_lose_no_line(state: Path) -> None:
    """Four at once, over several files: each line is there once and whole, and no more files are kept than said."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(state), str(number)]) for number in range(4)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0, 0]
    files = sorted(file.name for file in state.glob("audit.log*") if file.suffix != ".lock")
    assert 2 < len(files) <= 1 + audit.ROTATED_FILES
    lines = [line for name in files for line in (state / name).read_text().splitlines() if line]
    commands = [json.loads(line)["command"] for line in lines]
    assert sorted(commands) == sorted(f"{writer}-{number}" for writer in range(4) for number in range(100))


def test_the_oldest_file_goes(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MAX_BYTES", 1)
    for number in range(audit.ROTATED_FILES + 3):
        audit.append_record(state, audit.AuditRecord(time="2026-11-23T15:00:00+00:00", command=str(number)))
    runs, _spoiled = audit.read_runs(state, datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    assert [entry["command"] for entry in runs] == [
        str(number) for number in range(2, audit.ROTATED_FILES + 3)
    ]


def test_the_log_is_shown_in_every_form(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-11-01", "2026-11-20", "2026-11-23"):
        monkeypatch.setenv("OPTTIUS_NOW", f"{day}T03:30:00+00:00")
        run("customers", "-s", shop, *MIRADOR, "--limit", "1")
    entries = json.loads(run("audit", "-f", "json").out)
    assert [entry["time"] for entry in entries] == [
        "2026-11-01T00:30:00-03:00",
        "2026-11-20T00:30:00-03:00",
        "2026-11-23T00:30:00-03:00",
    ]
    assert entries[0]["branches"] == ["CM-001", "CM-002", "CM-003"]
    for since, count in (("2026-11-01", 3), ("2026-11-02", 2), ("3d", 2), ("71h", 1), ("2026-11-24", 0)):
        assert len(json.loads(run("audit", "--since", since, "-f", "json").out)) == count, since
    rows = list(csv.DictReader(io.StringIO(run("audit", "-f", "csv").out)))
    assert [row["command"] for row in rows] == ["customers"] * 3
    assert list(rows[0]) == list(entries[0])
    table = run("audit")
    assert (table.code, table.err) == (0, "")
    assert "Audit log" in table.out
    assert "Óptica Mirador Austral" in table.out
    assert "Nothing to show" in run("audit", "--since", "2026-11-24").out
    assert run("audit", "-o", "log.json").code == 0
    assert json.loads(Path("log.json").read_text(encoding="utf-8")) == entries
    assert stat.S_IMODE(Path("log.json").stat().st_mode) == 0o600
    assert run("audit", "-o", "log.json").code == 7
    wrong = run("audit", "--since", "yesterday")
    assert (wrong.code, wrong.out) == (2, "")
    assert "yesterday" in wrong.err


def test_the_log_is_shown_in_the_readers_words_and_handed_over_in_codes(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_PRIVACY_KEY", "k" * 32)
    command = ("customers", "-s", shop, *MIRADOR, "--limit", "1")
    for how in ((), ("--anonymous",), REVEAL):
        assert run(*command, *how).code == 0
    spanish, english = run("audit", "--lang", "es").out, run("audit", "--lang", "en").out
    for shown, words in (
        (spanish, ("Datos personales", "enmascarados", "seudónimos", "completos", "salida estándar")),
        (english, ("Personal data", "masked", "pseudonyms", "shown whole", "standard output")),
    ):
        assert [word for word in words if word not in shown] == []
    for code in ("anonymous", "revealed", "stdout"):
        assert code not in spanish + english
    for form in ("csv", "json"):
        shown = run("audit", "-f", form, "--lang", "es").out
        assert [code for code in ("masked", "anonymous", "revealed", "stdout") if code not in shown] == []


def test_a_damaged_line_is_reported(run: Callable[..., RunResult], state: Path) -> None:
    state.mkdir()
    (state / audit.FILE_NAME).write_text('{"run": "1"\n\n[]\n', encoding="utf-8")
    ran = run("audit", "-f", "json")
    assert (ran.code, ran.out) == (0, "[]\n")
    assert "2 lines" in ran.err
