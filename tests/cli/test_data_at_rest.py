"""What lies on the disk after a run: whose it is, who can read it, and when it goes away."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from filelock import FileLock

from cli.run_program import DATA, MIRADOR, RunResult
from opttius_cli.session.run_reports import run_reports
from opttius_cli.snapshot import store

if TYPE_CHECKING:
    from collections.abc import Callable

CAJA = "caja.cm001@mirador-austral.example"
VENTAS = "ventas.cm002@mirador-austral.example"


def cache() -> Path:
    """The folder of snapshots."""
    return Path(os.environ["OPTTIUS_CACHE_FOLDER"])


def snapshots() -> set[str]:
    """The snapshots in the cache."""
    return {file.name for file in cache().glob("*.duckdb")}


def loaded_at(ran: RunResult) -> str:
    """When the snapshot of an answer was loaded."""
    assert ran.code == 0, ran.err
    loaded: str = json.loads(ran.out)["data_quality"]["snapshot"]["loaded_at"]
    return loaded


def test_a_snapshot_is_used_by_nobody_but_its_reader(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three readers, three snapshots, each loaded when its reader first came, and used by that reader again."""
    readers = {("--as", CAJA): "15:01", ("--as", VENTAS): "15:02", MIRADOR: "15:03"}
    command = ("customers", "-s", DATA, "--limit", "1", "-f", "json")
    for reader, minute in readers.items():
        monkeypatch.setenv("OPTTIUS_NOW", f"2026-11-23T{minute}:00+00:00")
        assert minute in loaded_at(run(*command, *reader))
    assert len(snapshots()) == len(readers)
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-23T16:00:00+00:00")
    for reader, minute in readers.items():
        assert minute in loaded_at(run(*command, *reader))
    assert minute in loaded_at(run(*command, "-O", "faro-del-estrecho")), (
        "a snapshot of exports holds them whole"
    )


def test_nor_is_a_file_that_was_loaded_for_an_admin(run: Callable[..., RunResult]) -> None:
    assert run("load", DATA, "--into", "caja.duckdb", "--as", CAJA).code == 0
    assert run("customers", "-s", "caja.duckdb", "--as", CAJA.upper()).code == 0
    for other in (("--as", VENTAS), MIRADOR):
        for command in ("customers", "check"):
            ran = run(command, "-s", "caja.duckdb", *other)
            assert (ran.code, ran.out) == (5, "")
            assert "loaded for c***@" in ran.err


def test_nothing_is_cached_for_somebody_who_is_no_admin(run: Callable[..., RunResult]) -> None:
    assert run("customers", "-s", DATA, "--as", "stranger@mirador-austral.example").code == 5
    assert snapshots() == set()
    answer = run("customers", "-s", DATA, "--as", CAJA, "-b", "CM-002")
    assert answer.code == 5
    assert len(snapshots()) == 1


def mode(path: Path) -> int:
    """The rights to a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


COMMAND = ("customers", "-s", DATA, *MIRADOR, "--limit", "1", "-f", "json")


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777], ids=oct)
def test_nobody_else_may_look_whatever_the_umask(umask: int) -> None:
    folder = Path.cwd() / "deep" / "cache"
    state = Path.cwd() / "deep" / "state"
    program = f"import os; os.umask({umask}); from opttius_cli.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            *map(str, COMMAND),
            "--reveal-pii",
            "--reason",
            "x",
            "-o",
            "out.json",
        ],
        env=os.environ | {"OPTTIUS_CACHE_FOLDER": str(folder), "OPTTIUS_STATE_DIR": str(state)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {mode(path) for path in (folder.parent, folder, state)} == {0o700}
    files = [
        file for file in (*folder.iterdir(), *state.iterdir(), Path("out.json")) if file.suffix != ".lock"
    ]
    assert len(files) == 3
    assert {file.name: mode(file) for file in files} == {file.name: 0o600 for file in files}


def test_nobody_else_may_read_spilled_data(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the snapshot lies in a folder that others use."""
    modes: list[int] = []
    answer = run_reports

    def looked(*arguments: Any) -> Any:
        modes.extend(mode(folder) for folder in shop.parent.glob(f"{shop.name}.*.spill"))
        return answer(*arguments)

    monkeypatch.setattr("opttius_cli.session.run_reports.run_reports", looked)
    shop.parent.chmod(0o755)
    assert run("customers", "-s", shop, *MIRADOR).code == 0
    assert modes == [0o700]
    assert list(shop.parent.glob("*.spill")) == []


def test_a_folder_of_snapshots_that_others_may_look_into_is_closed(run: Callable[..., RunResult]) -> None:
    assert run(*COMMAND).code == 0
    (file,) = cache().glob("*.duckdb")
    file.chmod(0o644)
    cache().chmod(0o755)
    assert run(*COMMAND).err == ""
    assert (mode(cache()), mode(file)) == (0o700, 0o600)


def test_a_folder_that_others_use_is_left_and_reported(run: Callable[..., RunResult]) -> None:
    (cache() / "theirs.txt").write_text("theirs", encoding="utf-8")
    cache().chmod(0o755)
    ran = run(*COMMAND)
    assert ran.code == 0
    assert f"chmod 700 {cache()}" in ran.err
    assert mode(cache()) == 0o755
    assert mode(next(cache().glob("*.duckdb"))) == 0o600


def test_the_cache_is_listed(run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run("cache", "list", "-f", "json").out) == []
    run(*COMMAND)
    run("customers", "-s", DATA, "--as", CAJA)
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-25T03:00:00+00:00")
    snapshots_listed = json.loads(run("cache", "list", "-f", "json").out)
    assert {entry["snapshot"] + ".duckdb" for entry in snapshots_listed} == snapshots()
    assert {entry["reader"] for entry in snapshots_listed} == {None, CAJA}
    assert {(entry["source"], entry["days"]) for entry in snapshots_listed} == {(str(DATA), 1.5)}
    assert all(
        entry["bytes"] == (cache() / f"{entry['snapshot']}.duckdb").stat().st_size
        for entry in snapshots_listed
    )
    table = run("cache", "list")
    assert (table.code, table.err) == (0, "")
    assert "Snapshots" in table.out
    assert CAJA in table.out


def test_a_limited_snapshot_is_described_in_the_readers_language(run: Callable[..., RunResult]) -> None:
    run(*COMMAND)
    (file,) = cache().glob("*.duckdb")
    with duckdb.connect(file) as con:
        con.execute("INSERT INTO meta.manifest VALUES ('limited', '1')")
    assert [entry["scope"] for entry in json.loads(run("cache", "list", "-f", "json").out)] == ["limited"]
    assert "limitado" in run("cache", "list", "--lang", "es").out


def test_the_cache_is_cleared_of_our_files(run: Callable[..., RunResult], tmp_path: Path) -> None:
    run(*COMMAND)
    (ours,) = cache().glob("*.duckdb")
    killed = cache() / f"{'a' * 24}.duckdb.{'b' * 32}.building"
    killed.mkdir()
    (killed / "first.duckdb").write_text("half", encoding="utf-8")
    outside = tmp_path / "outside.duckdb"
    outside.write_text("mine", encoding="utf-8")
    theirs = [cache() / name for name in ("mine.duckdb", "notes.txt", f"{'c' * 24}.duckdb.bak")]
    for file in theirs:
        file.write_text("mine", encoding="utf-8")
    link = cache() / f"{'d' * 24}.duckdb"
    link.symlink_to(outside)
    ran = run("cache", "clear")
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.out.splitlines()) == {str(ours), str(killed).partition(".duckdb.")[0] + ".duckdb"}
    assert not ours.exists()
    assert not killed.exists()
    assert all(file.read_text(encoding="utf-8") == "mine" for file in (*theirs, outside, link))
    assert run(*COMMAND).code == 0


def test_a_snapshot_is_cleared_by_its_name_or_source(run: Callable[..., RunResult]) -> None:
    run(*COMMAND)
    run("customers", "-s", DATA, "--as", CAJA)
    first, second = sorted(snapshots())
    assert run("cache", "clear", first.removesuffix(".duckdb")).out == f"{cache() / first}\n"
    assert snapshots() == {second}
    wrong = run("cache", "clear", "nothing")
    assert (wrong.code, wrong.out) == (6, "")
    assert second.removesuffix(".duckdb") in wrong.err
    assert run("cache", "clear", DATA).code == 0
    assert snapshots() == set()


def test_a_snapshot_that_is_being_loaded_stays(run: Callable[..., RunResult]) -> None:
    run(*COMMAND)
    (name,) = snapshots()
    with FileLock(cache() / f"{name}.lock"):
        ran = run("cache", "clear")
    assert (ran.code, ran.out) == (75, "")
    assert name.removesuffix(".duckdb") in ran.err
    assert snapshots() == {name}


@pytest.mark.parametrize(
    ("options", "settings", "code"),
    [
        ([], "", 0),
        (["--max-age", "2h"], "", 0),
        (["--max-age", "30m"], "", 75),
        ([], '[cache]\nmax_age = "30m"\n', 75),
        (["--max-age", "2h"], '[cache]\nmax_age = "30m"\n', 0),
        ([], "[privacy]\nretain_days = 0\n", 75),
    ],
)
def test_while_another_run_loads_no_snapshot_older_than_max_age_is_shown(
    run: Callable[..., RunResult],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    settings: str,
    code: int,
) -> None:
    monkeypatch.setattr(store, "LOCK_PATIENCE", 0.1)
    command = ("customers", "-s", shutil.copytree(DATA, "export"), *MIRADOR, "--limit", "1", "-f", "json")
    before = run(*command)
    (name,) = snapshots()
    says = {0: "what was loaded before is shown", 75: "what was loaded before is older than --max-age"}
    # An hour later the export has changed, and somebody else is loading it.
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-23T16:00:00+00:00")
    Path("export", "branches.csv").touch()
    Path("opttius.toml").write_text(settings, encoding="utf-8")
    with FileLock(cache() / f"{name}.lock"):
        ran = run(*command, *options)
    assert (ran.code, ran.out) == ((0, before.out) if code == 0 else (75, ""))
    assert says[code] in ran.err


def test_old_snapshots_go_at_the_next_load(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("opttius.toml").write_text("[privacy]\nretain_days = 7\n", encoding="utf-8")
    run(*COMMAND)
    old = snapshots()
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T14:00:00+00:00")
    assert "2026-11-23" in loaded_at(run(*COMMAND)), "seven days are not over"
    assert run("customers", "-s", DATA, "--as", CAJA).code == 0
    assert old < snapshots()
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T16:00:00+00:00")
    assert run("customers", "-s", DATA, "--as", VENTAS).code == 0
    assert not old & snapshots(), "another load has removed it"
    assert len(snapshots()) == 2
    assert "2026-11-30" in loaded_at(run(*COMMAND))


def test_a_snapshot_that_is_too_old_is_not_used_either(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("opttius.toml").write_text('[privacy]\nretain_days = 1\n[cache]\nmax_age = "9d"\n', encoding="utf-8")
    assert "2026-11-23" in loaded_at(run(*COMMAND))
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-24T16:00:00+00:00")
    assert "2026-11-24" in loaded_at(run(*COMMAND))
    assert len(snapshots()) == 1
