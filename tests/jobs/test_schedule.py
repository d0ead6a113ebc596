"""Lines for cron and units for systemd: ours between marks, everything else as it was; a real cron makes the files."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.project import Project, read_manifest
from opttius_cli.errors import ConfigError, UsageError
from opttius_cli.schedule import crontab, systemd
from opttius_cli.schedule.call import Call, build_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JOB = '[jobs.often]\nparts = ["kpis"]\nformats = ["csv", "json"]\nperiod = "30"\nevery = "{every}"\n'
OTHERS = b"MAILTO=ana@example.com\n# my own\n0 3 * * * /usr/local/bin/backup 100\\%\n"
ODD = Path('/srv/it\'s 100% "ours" $HOME')


def _call(folder: Path = Path("/srv/óptica sur"), minutes: int = 10) -> Call:
    return Call(("/opt/o p/opttius", "job", "run", "--due"), folder, {"PATH": "/opt/o p:/usr/bin"}, minutes)


def test_a_line_of_cron_names_everything_by_its_whole_path() -> None:
    assert crontab.build_block(_call()) == (
        "# opttius schedule of /srv/óptica sur: begin\n"
        "*/10 * * * * cd '/srv/óptica sur' && PATH='/opt/o p:/usr/bin' '/opt/o p/opttius' job run --due >/dev/null\n"
        "# opttius schedule of /srv/óptica sur: end\n"
    )


def test_the_shell_reads_the_intended_words(tmp_path: Path) -> None:
    folder = tmp_path / "it's 100% $HOME"
    folder.mkdir()
    call = Call(("/bin/sh", "-c", 'pwd > where; echo "$A" >> where'), folder, {"A": '50% "x" `id`'}, 1)
    line = crontab.build_block(call).splitlines()[1]
    command = line.removeprefix("*/1 * * * * ")
    assert "%" not in command.replace("\\%", "")
    subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], check=True)
    assert (folder / "where").read_text(encoding="utf-8") == f'{folder}\n50% "x" `id`\n'


def _block(folder: Path = Path("/srv/óptica sur"), minutes: int = 10) -> bytes:
    return crontab.build_block(_call(folder, minutes)).encode()


def test_ours_is_written_once_and_everything_else_stays() -> None:
    ours, last, other = _block(), b"5 5 * * * last\n", Path("/srv/other")
    once = crontab.insert_block(OTHERS, _call())
    assert once == OTHERS + ours
    assert crontab.insert_block(once, _call()) == once
    both = crontab.insert_block(once, _call(other)) + last
    changed = crontab.insert_block(both, _call(minutes=5))
    assert changed == OTHERS + _block(minutes=5) + _block(other) + last
    assert crontab.remove_block(changed, _call().folder) == OTHERS + _block(other) + last
    assert crontab.remove_block(OTHERS, _call().folder) == OTHERS
    assert crontab.insert_block(b"0 1 * * * no newline", _call()).startswith(b"0 1 * * * no newline\n#")


def test_a_line_from_before_jobs_had_their_name_is_replaced_and_removed() -> None:
    old = _block().replace(b"job run --due", b"report run --due")
    assert crontab.insert_block(OTHERS + old, _call()) == OTHERS + _block()
    assert crontab.remove_block(OTHERS + old, _call().folder) == OTHERS


@pytest.mark.parametrize("half", [0, 2])
def test_a_mark_without_its_counterpart_is_left_to_a_person(half: int) -> None:
    lines = _block().splitlines(keepends=True)
    with pytest.raises(ConfigError, match="without its counterpart"):
        crontab.remove_block(OTHERS + lines[half] + b"0 1 * * * x\n", _call().folder)


@pytest.mark.parametrize(
    "foreign",
    [
        b"# copia de Jos\xe9, en latin-1\n",
        b"# a comment\r0 1 * * * rm -r x\n",
        b"0 1 * * * windows\r\n",
        b"0 1 * * * \0 nul\n",
        b"0 1 * * * echo '# opttius schedule of /srv/\xc3\xb3ptica sur: begin'\n",
        b"  # opttius schedule of /srv/\xc3\xb3ptica sur: end\n",
        b"\x0c\x1c\xe2\x80\xa8\x85\n",
    ],
)
def test_lines_of_others_stay_byte_for_byte_wherever_they_are(foreign: bytes) -> None:
    begin, line, end = _block().splitlines(keepends=True)
    inside = foreign + begin + foreign + line + foreign + end + foreign
    assert crontab.remove_block(inside, _call().folder) == 4 * foreign
    assert crontab.insert_block(inside, _call(minutes=5)) == foreign + _block(minutes=5) + 3 * foreign
    assert crontab.count_foreign_lines(inside, _call().folder) == 2
    assert crontab.insert_block(foreign, _call()) == foreign + _block()


def test_a_crontab_with_the_line_ends_of_windows_has_our_lines(tmp_path: Path) -> None:
    windows = (OTHERS + _block()).replace(b"\n", b"\r\n")
    assert crontab.remove_block(windows, _call().folder) == OTHERS.replace(b"\n", b"\r\n")


FAKE_CRON = """#!/bin/sh
[ "$1" = -l ] || exec cat > "{table}"
[ -f "{table}" ] || {{ echo "no crontab for ana" >&2; exit 1; }}
exec cat "{table}"
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a stand-in for the program crontab keeps the crontab."""
    program, file = tmp_path / "bin" / "crontab", tmp_path / "table"
    program.parent.mkdir()
    program.write_text(FAKE_CRON.format(table=file), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return file


def test_a_crontab_in_any_encoding_is_installed_into_and_its_copy_is_kept(
    project: Project, table: Path
) -> None:
    project.write_config(JOB.format(every="daily 07:00"))
    assert project.run("schedule", "install").code == 0
    installed = table.read_bytes()
    assert installed.count(b"\n") == 3
    begin, line, end = installed.splitlines(keepends=True)
    mine, old = b"# Jos\xe9\r0 1 * * * a\n", b"0 1 * * * last, without an end"
    table.write_bytes(mine + begin + mine + line + end + old)
    before = table.read_bytes()
    ran = project.run("schedule", "install", "--minutes", "5", "-v")
    assert (ran.code, table.read_bytes()) == (
        0,
        mine + begin + line.replace(b"/10", b"/5") + end + mine + old,
    )
    assert "1 line between the marks in the crontab is not of opttius" in ran.err
    copies = {copy.read_bytes(): copy for copy in project.state.glob("crontab-*.txt")}
    assert str(copies[before]) in ran.err
    assert copies[before].stat().st_mode & 0o077 == 0
    assert project.run("schedule", "remove").code == 0
    assert table.read_bytes() == mine + mine + old


def test_a_crontab_that_cannot_be_kept_is_not_touched(project: Project, table: Path) -> None:
    project.write_config(JOB.format(every="daily 07:00"))
    table.write_bytes(OTHERS)
    project.state.write_text("a file in the place of the folder", encoding="utf-8")
    ran = project.run("schedule", "install")
    assert (ran.code, ran.out, table.read_bytes()) == (7, "", OTHERS)


def test_a_cron_that_fails_says_why(project: Project, table: Path) -> None:
    project.write_config(JOB.format(every="daily 07:00"))
    program = table.with_name("bin") / "crontab"
    program.write_bytes(b"#!/bin/sh\necho 'you (Jos\xe9) may not' >&2\nexit 1\n")
    ran = project.run("schedule", "install")
    assert ran.code == 7
    assert "The crontab cannot be read: you (Jos�) may not" in ran.err
    program.write_bytes(b"no program at all")
    ran = project.run("schedule", "remove")
    assert ran.code == 7
    assert "cannot be run" in ran.err


def test_a_schedule_that_no_timer_takes_is_refused() -> None:
    with pytest.raises(UsageError, match="must be one of 1, 2, 3"):
        build_call(Path("/srv"), {}, 7)
    with pytest.raises(UsageError, match="timers do not accept"):
        build_call(Path("/srv/a\nb"), {}, 10)
    with pytest.raises(ConfigError, match="too long"):
        crontab.build_block(_call(Path("/srv/" + "x" * 990)))


def test_folders_of_ours_are_handed_on_and_no_secret() -> None:
    call = build_call(
        Path("/srv"), {"OPTTIUS_STATE_DIR": "/s", "OPTTIUS_SOURCE": "postgresql://u:secret@h/d"}, 10
    )
    assert call.environment["OPTTIUS_STATE_DIR"] == "/s"
    assert "secret" not in crontab.build_block(call) + "".join(systemd.build_units(call).values())


# The package that sends imports modules that Python says will go.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_timer_will_not_see_is_said(
    project: Project, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = 'deliver = ["mailto://ana:${MAIL_PASSWORD}@localhost?to=boss@example.com"]\n'
    project.write_config(JOB.format(every="daily 07:00") + deliver)
    monkeypatch.setenv("MAIL_PASSWORD", "x")
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")
    ran = project.run("schedule", "install")
    assert ran.code == 0
    assert "A timer does not see what only this shell knows: MAIL_PASSWORD, OPTTIUS_LANGUAGE" in ran.err
    assert b"MAIL_PASSWORD" not in table.read_bytes()
    monkeypatch.delenv("OPTTIUS_LANGUAGE")
    project.write_config(JOB.format(every="daily 07:00"))
    assert "A timer does not see" not in project.run("schedule", "install").err


def test_nothing_is_installed_without_a_schedule(project: Project) -> None:
    project.write_config('[jobs.x]\nparts = ["kpis"]\nformats = ["csv"]\n')
    ran = project.run("schedule", "install")
    assert ran.code == 3
    assert "No job has a schedule." in ran.err


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize("folder", [Path("/tmp"), ODD], ids=["plain", "odd"])  # noqa: S108 - a folder that is there
def test_systemd_takes_the_units(tmp_path: Path, folder: Path) -> None:
    call = Call(("/bin/true", "job", "$x", '"%"'), folder, {"A": 'x "y" %z \\'}, 15)
    files = []
    for name, text in systemd.build_units(call).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        files.append(str(tmp_path / name))
    done = subprocess.run(
        [str(shutil.which("systemd-analyze")), "verify", "--man=no", "--user", *files],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "opttius" in line]
    assert (done.returncode, complaints) == (0, [])


def test_units_are_installed_and_removed(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.write_config(JOB.format(every="daily 07:00"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config home"))
    # Without systemctl nothing is told to the systemd of whoever runs the tests.
    monkeypatch.setenv("PATH", str(tmp_path))
    units = tmp_path / "config home" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "backup.timer").write_text("[Timer]\n", encoding="utf-8")
    ran = project.run("schedule", "install", "--systemd")
    assert ran.code == 0, ran.err
    assert "systemctl --user enable --now opttius-" in ran.err
    assert project.run("schedule", "install", "--systemd") == ran
    service, timer = (Path(line) for line in ran.out.splitlines())
    assert (service.suffix, timer.suffix) == (".service", ".timer")
    assert f"WorkingDirectory={project.folder}" in service.read_text(encoding="utf-8")
    assert project.run("schedule", "remove", "--systemd").out.splitlines() == [str(service), str(timer)]
    assert [path.name for path in units.iterdir()] == ["backup.timer"]
    ran = project.run("schedule", "remove", "--systemd")
    assert (ran.code, ran.out) == (0, "")
    assert "No schedule was installed for" in ran.err


@pytest.fixture
def start_cron() -> Iterator[Callable[[], None]]:
    """Return what starts a cron of the test's own; the crontab of whoever runs the tests is kept."""
    if os.geteuid():
        pytest.skip("only root can start a cron of its own")
    program = shutil.which("cron")
    if program is None:
        if os.environ.get("OPTTIUS_REQUIRE_TOOLS"):
            pytest.fail("cron is not installed")
        pytest.skip("cron is not installed")
    before = crontab.read_crontab()
    started: list[subprocess.Popen[bytes]] = []
    yield lambda: started.append(subprocess.Popen([program, "-f"]))
    for process in started:
        process.terminate()
        process.wait(timeout=10)
    crontab.write_crontab(before)


@pytest.mark.slow
def test_a_line_installed_on_a_real_cron_makes_the_files(
    project: Project, start_cron: Callable[[], None]
) -> None:
    project.write_config(JOB.format(every="* * * * *") + 'language = "es"\noutput = "out/often/{job}"\n')
    before = crontab.insert_block(crontab.read_crontab(), _call(Path("/nowhere/else")))
    crontab.write_crontab(before)
    for _time in range(2):
        ran = project.run("schedule", "install", "--minutes", "1")
        assert ran.code == 0, ran.err
    # Cron compares whole seconds: a table written in the second in which it started would not be seen.
    start_cron()
    folder = project.folder / "out" / "often"
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and not (folder / "manifest.json").is_file():
        time.sleep(0.25)
    assert project.run("schedule", "remove").code == 0
    assert crontab.read_crontab() == before
    content = read_manifest(folder)
    assert {file["format"] for file in content["files"]} == {"csv", "json"}
    assert content["as_of"].endswith(":00-03:00")
    assert project.runs("often")[0].status == "ok"
