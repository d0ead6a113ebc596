"""What nearly is the address of a database is not repeated: nobody knows which part of it is the password."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

NEAR = (
    "postgresql:lector:hunter2@host/x",
    "lector:hunter2@host/x",
    "lector:hun ter2@host/x",
    "//lector:hunter2@host/x",
    "postgres:\\\\lector:hunter2@host/x",
    "postgresql;//lector:hunter2@host/x",
    "postgresql ://lector:hunter2@host/x",
    "postgresql:lector:hunter2",
    "host=127.0.0.1;password=hunter2",
    "Server=127.0.0.1;Database=x;Pwd=hunter2",
    "pwd=hunter2",
    "pass=hunter2",
    "host=x pasword=hunter2",
    "postgresql://lector@127.0.0.1/x?passwd=hunter2",
    "host=127.0.0.1 password='hun\nter2' x",
)
OVER_TWO_LINES = "postgresql://lector:hun\nter2@127.0.0.1/x"
COMMANDS = (("dashboard", "--source"), ("load",), ("doctor",), ("doctor", "-f", "json"))


def must_be_clean(ran: RunResult) -> None:
    assert not any(piece in ran.out + ran.err for piece in ("hunter2", "hun", "ter2"))


@pytest.mark.parametrize("text", NEAR)
def test_a_source_that_nearly_is_an_address_is_not_repeated(run: Callable[..., RunResult], text: str) -> None:
    for command in COMMANDS:
        ran = run(*command, text)
        assert ran.code == 4
        assert (
            "The address of the database cannot be read. Write postgresql://USER@HOST:5432/DATABASE or"
            in (ran.out + ran.err)
        )
        assert "it goes into PGPASSWORD or ~/.pgpass" in " ".join((ran.out + ran.err).split())
        must_be_clean(ran)


@pytest.mark.parametrize("text", [*NEAR, OVER_TWO_LINES])
def test_a_setting_that_nearly_is_an_address_is_not_shown(run: Callable[..., RunResult], text: str) -> None:
    Path("opttius.toml").write_text(f"source = {json.dumps(text)}\n", encoding="utf-8")
    for command in (("config", "show"), ("config", "show", "--json"), ("config", "validate")):
        ran = run(*command)
        assert (ran.code, ran.err) == (0, "")
        must_be_clean(ran)
    must_be_clean(run("dashboard"))


@pytest.mark.parametrize("text", [*NEAR, OVER_TWO_LINES])
def test_a_stray_argument_that_nearly_is_an_address_is_not_repeated(
    run: Callable[..., RunResult], text: str
) -> None:
    ran = run("dashboard", text)
    assert (ran.code, ran.out) == (2, "")
    must_be_clean(ran)


@pytest.mark.parametrize("name", ["tienda@norte", "a:b@norte", "pass=norte"])
def test_a_folder_of_such_a_name_is_read_and_named(run: Callable[..., RunResult], name: str) -> None:
    shutil.copytree(DATA, name)
    ran = run("dashboard", *MIRADOR, "--source", name, "--section", "kpis", "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    assert f'/{name}"' in ran.out
    Path("opttius.toml").write_text(f'source = "{name}"\n', encoding="utf-8")
    assert f"/{name} " in run("config", "show").out
    missing = run("dashboard", "--source", "nada@norte")
    assert missing.code == 4
    assert "There is no folder or file “" in missing.err
    assert "nada@norte”" in missing.err
