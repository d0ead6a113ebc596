"""``opttius dashboard --watch`` on a real terminal: what stands on it, resized, without its source, and after it."""

from __future__ import annotations

import os
import re
import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, PROGRAM
from cli.terminal import Terminal, open_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.run_program import RunResult


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with open_terminal(tmp_path, "sh") as opened:
        yield opened


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    shutil.copytree(DATA, folder)
    return folder


def watching(
    source: Path, every: str = "1", shown: tuple[str, ...] = ("--section", "kpis"), language: str = "en"
) -> str:
    arguments = ("dashboard", "-s", source, *MIRADOR, *shown, "--watch", every, "--lang", language)
    return " ".join(str(part) for part in (PROGRAM, *arguments))


def test_it_follows_a_folder_that_changes_goes_away_and_comes_back(terminal: Terminal, exports: Path) -> None:
    terminal.type("echo here first; stty -g > stty.before")
    terminal.type(watching(exports) + "; echo ended with $?")
    text = terminal.wait_for(r"Looked at \d\d:\d\d:\d\d, data loaded at \d\d:\d\d:\d\d\. Next look at")
    assert text.startswith("Óptica Mirador Austral · all of it (3 branches)\n")
    assert "here first" not in text

    names = exports / "organizations.csv"
    names.write_text(
        names.read_text(encoding="utf-8").replace("Óptica Mirador Austral", "Óptica Nueva"), "utf-8"
    )
    assert "Not current" not in terminal.wait_for("^Óptica Nueva")

    exports.rename(exports.with_name("away"))
    text = terminal.wait_for(r"Not current since \d\d:\d\d:\d\d: There is no folder or file")
    assert text.startswith("Óptica Nueva")
    assert "The figures shown are of" in text
    exports.with_name("away").rename(exports)
    terminal.wait_until(lambda text: "Not current" not in text and "Looked at" in text, "recovery")

    terminal.press("C-c")
    text = terminal.wait_for("ended with 0")
    assert "here first" in text
    assert "Looked at" not in text
    terminal.type("stty -g | cmp - stty.before && echo as it was")
    terminal.wait_for("\nas it was")


def test_it_fits_the_window_and_scrolls(terminal: Terminal, shop: Path) -> None:
    terminal.type(watching(shop, every="300"))
    terminal.wait_for("Looked at")
    for columns, rows in ((80, 24), (120, 30), (200, 24), (100, 12)):
        terminal.tmux("resize-window", "-x", str(columns), "-y", str(rows))
        terminal.wait_until(partial(fits, columns=columns, rows=rows), f"{columns}×{rows}")
    # How many fit depends on the lines of the footer, and those on how long the name of the data is.
    shown = int(re.findall(r"Lines 1 to (\d+) of", terminal.wait_for(r"Lines 1 to \d+ of"))[-1])
    assert shown in {8, 9}
    terminal.press("Down")
    terminal.wait_for(f"Lines 2 to {shown + 1} of")
    terminal.press("Space")
    terminal.wait_for(f"Lines {shown + 1} to {2 * shown} of")
    terminal.press("End")
    assert "· Rows dated after" in terminal.wait_for(r"Lines \d+ to (\d+) of \1:")
    terminal.press("Home")
    terminal.wait_for(f"Lines 1 to {shown} of")
    terminal.press("q")
    terminal.wait_until(lambda text: "Lines" not in text, "end")


def fits(text: str, columns: int, rows: int) -> bool:
    """Whether the screen holds the head, the rule above the footer as wide as the window, and nothing below it.

    A terminal that is looked at while it is drawn lacks the end of the footer.
    """
    lines = text.rstrip("\n").split("\n")
    has_rule = "─" * columns in lines[-4:]
    has_end = "Ctrl-C ends." in " ".join(lines[-3:])
    return lines[0].startswith("Óptica Mirador Austral") and has_rule and has_end and len(lines) == rows


def test_a_pause_gives_the_terminal_back(terminal: Terminal, shop: Path) -> None:
    """What is watched without a section is the first screen, whole, so nothing is left to scroll."""
    terminal.type(watching(shop, every="300", shown=()) + " &")
    terminal.type("fg")
    text = terminal.wait_for("Looked at")
    assert "REVENUE" in text
    assert "opttius dashboard --all" in text
    assert "Lines 1 to" not in text
    terminal.press("C-z")
    text = terminal.wait_for(r"(?i)stopped")
    assert "Looked at" not in text
    terminal.type("fg")
    terminal.wait_for("Looked at")
    terminal.press("C-c")
    terminal.wait_until(lambda text: "Looked at" not in text, "end")


@pytest.mark.parametrize("signal", ["TERM", "HUP"])
def test_whoever_ends_it_leaves_a_terminal_to_work_with(
    terminal: Terminal, shop: Path, tmp_path: Path, signal: str
) -> None:
    terminal.type(f"sh -c 'echo $$ > pid; exec {watching(shop, every='300')}'; echo ended with $?")
    terminal.wait_for("Looked at")
    os.kill(int((tmp_path / "pid").read_text()), getattr(__import__("signal"), f"SIG{signal}"))
    assert "Looked at" not in terminal.wait_for("ended with 0")


def test_a_first_look_that_fails_is_an_error(terminal: Terminal) -> None:
    terminal.type(f"{PROGRAM} dashboard -s nowhere --watch 5; echo ended with $?")
    text = " ".join(terminal.wait_for("ended with 4").split())
    assert "Error: There is no folder or file “nowhere”. Check --source" in text


def test_spanish_speaks_spanish(terminal: Terminal, shop: Path) -> None:
    terminal.type(watching(shop, language="es"))
    text = " ".join(terminal.wait_for("Ctrl-C termina").split())
    assert re.search(r"Revisado a las \d\d:\d\d:\d\d, datos cargados a las ", text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--watch", "0"), "--watch “0” must be from 1 second to 1 day"),
        (("--watch", "-5"), "--watch “-5” must be from 1 second to 1 day"),
        (("--watch", "often"), "--watch “often” must be from 1 second to 1 day"),
        (("--watch", "2d"), "--watch “2d” must be from 1 second to 1 day"),
        (("--watch", "60", "-o", "-"), "leave out --output"),
        (("--watch", "60", "-o", "x.txt"), "leave out --output"),
        (("--watch", "60", "-f", "json"), "leave out --format json"),
        (("--watch", "60"), "--watch needs a terminal"),
    ],
    ids=" ".join,
)
def test_senseless_arguments_are_refused(
    run: Callable[..., RunResult], shop: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = run("dashboard", "-s", shop, *MIRADOR, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_a_dumb_terminal_is_refused(terminal: Terminal, shop: Path) -> None:
    terminal.type(f"TERM=dumb {watching(shop)}; echo ended with $?")
    assert "--watch needs a terminal" in terminal.wait_for("ended with 2")
