"""stdout is data and nothing else; terminals, pipes that close early, and disks that are full."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, PROGRAM, RunResult, run_subprocess

if TYPE_CHECKING:
    from collections.abc import Callable

ESCAPE = "\x1b"


def on_terminal(*arguments: str | Path, **environment: str) -> RunResult:
    """Run the program with stdout and stderr on a terminal of 100 columns; both come back in ``out``."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(part) for part in (PROGRAM, *arguments)],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "100"} | environment,
    )
    os.close(theirs)
    written = bytearray()
    while select.select([ours], [], [], 60)[0]:
        try:
            written += os.read(ours, 65536)
        except OSError:
            break
        if process.poll() is not None and not select.select([ours], [], [], 0)[0]:
            break
    os.close(ours)
    return RunResult(process.wait(timeout=60), written.decode(), "")


def test_loading_says_nothing_on_stdout() -> None:
    ran = run_subprocess("dashboard", "-s", DATA, *MIRADOR, "-f", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["report"] == "dashboard"
    assert ran.err == ""


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_piped_output_has_no_colour_and_no_progress(shop: Path, form: str) -> None:
    ran = run_subprocess("dashboard", "-s", shop, *MIRADOR, "-f", form, TERM="xterm-256color")
    assert ran.code == 0
    assert ran.out
    assert ESCAPE not in ran.out + ran.err
    assert "\r" not in ran.out.replace("\r\n", "\n") + ran.err


def test_a_piped_table_is_not_cut(shop: Path) -> None:
    ran = run_subprocess("customers", "-s", shop, *MIRADOR, COLUMNS="40")
    assert max(map(len, ran.out.splitlines())) > 100
    assert "59a1cc9f-aa72-4679-84cc-98750b4e7b15" in ran.out


def test_notes_are_readable(shop: Path) -> None:
    ran = run_subprocess("dashboard", "-s", shop, *MIRADOR, "-f", "csv")
    assert "CLP" in ran.err
    assert "�" not in ran.err


def test_quiet_says_nothing_but_errors(shop: Path) -> None:
    loud = run_subprocess(
        "dashboard", "-s", shop, "-O", "mirador-austral", "--as-of", "2027-01-31", "-f", "csv"
    )
    quiet = run_subprocess(
        "dashboard", "-s", shop, "-O", "mirador-austral", "--as-of", "2027-01-31", "-f", "csv", "--quiet"
    )
    assert loud.out == quiet.out
    assert loud.err != ""
    assert (quiet.code, quiet.err) == (0, "")
    wrong = run_subprocess("dashboard", "-s", shop, *MIRADOR, "--period", "0", "--quiet")
    assert wrong.code == 2
    assert wrong.err.startswith("Error: ")


def test_verbose_says_how_it_went_on_stderr(tmp_path: Path) -> None:
    usual = run_subprocess("dashboard", "-s", DATA, *MIRADOR, "-f", "json")
    ran = run_subprocess(
        "dashboard",
        "-s",
        DATA,
        *MIRADOR,
        "-f",
        "json",
        "--verbose",
        OPTTIUS_CACHE_FOLDER=str(tmp_path / "new"),
    )
    assert ran.out == usual.out
    assert len(ran.err) > len(usual.err)


@pytest.mark.parametrize(
    "arguments",
    [("customers", "--limit", "100000"), ("customers", "--limit", "100000", "-f", "csv"), ("dashboard",)],
    ids=" ".join,
)
def test_a_reader_that_goes_away_ends_it_quietly(shop: Path, arguments: tuple[str, ...]) -> None:
    assert gone(*arguments, "-s", shop, *MIRADOR, "--quiet") == (0, b"")


@pytest.mark.parametrize("arguments", [("reports", "list"), ("config", "show"), ("--help",)], ids=" ".join)
def test_a_reader_of_lists_may_go_away_too(arguments: tuple[str, ...]) -> None:
    assert gone(*arguments) == (0, b"")


def gone(*arguments: str | Path) -> tuple[int, bytes]:
    """The exit code and stderr of a run whose stdout nobody reads."""
    process = subprocess.Popen(
        [PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    return process.wait(timeout=60), stderr


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        ("dashboard", "-f", "json"),
        ("dashboard", "-f", "csv"),
        ("dashboard", "-f", "table"),
        ("export", "segments", "-o", "-"),
        ("export", "--list"),
        ("reports", "list"),
        ("config", "show"),
        ("--help",),
        ("customers", "--help"),
        ("--version",),
    ],
    ids=" ".join,
)
def test_a_full_disk_is_an_output_error(shop: Path, arguments: tuple[str, ...]) -> None:
    asks = arguments[0] in {"dashboard", "export"} and "--list" not in arguments
    with FULL.open("wb") as full:
        done = subprocess.run(
            [PROGRAM, *arguments, *(("-s", str(shop), *MIRADOR, "--quiet") if asks else ())],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ,
            timeout=60,
            check=False,
        )
    assert done.returncode == 7
    assert b"disk is full" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", ["--version", "--help", "config show", "reports list"])
def test_stdout_that_is_closed_is_an_output_error(arguments: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{PROGRAM}" {arguments} >&-'],
        capture_output=True,
        env=os.environ,
        timeout=60,
        check=False,
    )
    assert done.returncode == 7
    assert done.stderr == b"Error: Standard output is closed. Leave it open, or type > FILE.\n"


def test_stderr_that_is_closed_changes_nothing(shop: Path) -> None:
    command = f'"{PROGRAM}" dashboard -s "{shop}" -O mirador-austral --as-of 2027-01-31 -f json 2>&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, env=os.environ, timeout=60, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"{")


@pytest.mark.parametrize("form", ["xlsx", "html", "parquet"])
def test_a_terminal_gets_no_bytes(shop: Path, form: str) -> None:
    ran = on_terminal("dashboard", "-s", shop, *MIRADOR, "-f", form)
    assert ran.code == 2
    # What to type stands on a line of its own.
    assert [line.strip() for line in ran.out.splitlines()[1:]] == ["--output FILE"]


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_pipe_may_have_them(shop: Path, form: str) -> None:
    done = subprocess.run(
        [PROGRAM, "dashboard", "-s", str(shop), *MIRADOR, "-f", form],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=os.environ,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout[:4] == {"xlsx": b"PK\x03\x04", "parquet": b"PAR1"}[form]


def test_a_terminal_has_colours_and_its_own_width(shop: Path) -> None:
    ran = on_terminal("dashboard", "-s", shop, *MIRADOR, "--section", "kpis", "--period", "30")
    assert ran.code == 0
    assert ESCAPE + "[" in ran.out


@pytest.mark.parametrize(
    ("option", "environment"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--no-color",), {})],
    ids=["NO_COLOR", "TERM=dumb", "--no-color"],
)
def test_colours_can_be_switched_off(
    shop: Path, option: tuple[str, ...], environment: dict[str, str]
) -> None:
    ran = on_terminal("dashboard", "-s", shop, *MIRADOR, "--section", "kpis", *option, **environment)
    assert ran.code == 0
    assert "Óptica Mirador Austral" in ran.out
    assert ESCAPE not in ran.out


def test_progress_is_shown_on_a_terminal_and_wiped() -> None:
    ran = on_terminal("dashboard", "-s", DATA, *MIRADOR, "-f", "json", "--section", "kpis")
    assert ran.code == 0
    before, _, after = ran.out.partition("{")
    assert "Loading orders" in before
    assert before.endswith("\r\x1b[2K")
    assert ESCAPE not in after


def test_the_same_answer_in_process_and_apart(run: Callable[..., RunResult], shop: Path) -> None:
    command = ("dashboard", "-s", shop, *MIRADOR, "-f", "json")
    assert run(*command) == run_subprocess(*command)


def test_a_terminal_shows_which_file_was_written_and_a_pipe_does_not(shop: Path, tmp_path: Path) -> None:
    written, again = tmp_path / "kpis.csv", tmp_path / "kpis.json"
    command = ("dashboard", "-s", shop, *MIRADOR, "--section", "kpis", "--quiet")
    assert f"Written: {written}\r\n" in on_terminal(*command[:-1], "-o", written).out
    assert str(again) not in on_terminal(*command, "-o", again).out
    piped = run_subprocess(*command[:-1], "-o", written, "--force")
    assert (piped.code, piped.out) == (0, "")
    assert "Written" not in piped.err
