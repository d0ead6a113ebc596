"""``opttius init``: source and organization are tried, then written; what is wrong is said, and asked again."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import MIRADOR, PROGRAM
from cli.terminal import open_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult


def test_options_are_tried_and_written(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("init", "-s", shop, "-O", "Óptica Mirador Austral")
    assert (ran.code, ran.out) == (0, f"{Path.cwd() / 'opttius.toml'}\n")
    assert "can be read: Óptica Mirador Austral." in ran.err
    text = Path("opttius.toml").read_text(encoding="utf-8")
    written = {key: value for key, value in tomllib.loads(text).items() if not isinstance(value, dict)}
    assert written == {"source": str(shop), "organization": "mirador-austral"}
    assert "\n# [jobs.weekly]\n" in text
    assert run("config", "validate").code == 0
    assert run("dashboard", *MIRADOR[2:], "--section", "kpis").code == 0
    again = run("init", "-s", shop, "-O", "mirador-austral")
    assert (again.code, again.out) == (7, "")
    assert "--force" in again.err
    assert run("init", "-s", shop, "-O", "faro-del-estrecho", "--force").code == 0
    assert 'organization = "faro-del-estrecho"' in Path("opttius.toml").read_text(encoding="utf-8")


def test_the_job_of_the_file_can_be_uncommented(run: Callable[..., RunResult], shop: Path) -> None:
    assert run("init", "-s", shop, "-O", "mirador-austral").code == 0
    before, job = Path("opttius.toml").read_text(encoding="utf-8").split("# [jobs.weekly]")
    text = f"{before}[jobs.weekly]{job.replace('# ', '')}"
    Path("opttius.toml").write_text(text, encoding="utf-8")
    assert run("config", "validate").code == 0
    assert run("job", "list").out.splitlines()[1].startswith("weekly ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [((), 3, "No source of data is set."), (("-s", "nowhere"), 4, "There is no folder or file “"),
     (("-s", "postgresql://me:secret@localhost/shop"), 2, "would hold a password")],
)  # fmt: skip
def test_without_a_terminal_what_is_wrong_is_an_error(
    run: Callable[..., RunResult], arguments: tuple[str, ...], code: int, message: str
) -> None:
    ran = run("init", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert not Path("opttius.toml").exists()


def test_several_organizations_must_be_told_apart(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("init", "-s", shop)
    assert (ran.code, ran.out) == (2, "")
    assert "Óptica Mirador Austral" in ran.err


def test_on_a_terminal_it_asks_until_it_works(tmp_path: Path, shop: Path) -> None:
    own = ("OPTTIUS_", "HOME", "XDG_", "LC_")
    environment = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(own)]
    with open_terminal(tmp_path, *environment, "sh") as terminal:
        terminal.type(f"{PROGRAM} init")
        terminal.wait_for("Where are your data")
        terminal.type("nowhere")
        terminal.wait_for("There is no folder or file")
        terminal.type(str(shop))
        terminal.wait_for("Which organization")
        terminal.type("mirador-austral")
        terminal.wait_for("opttius.toml")
        terminal.wait_for("(?m)^    opttius dashboard *$|Now type opttius dashboard")
    written = tomllib.loads((tmp_path / "opttius.toml").read_text(encoding="utf-8"))
    assert (written["source"], written["organization"]) == (str(shop), "mirador-austral")
