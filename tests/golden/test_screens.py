"""What a person sees of every command: golden captures at three sizes of a terminal, in both languages.

A new command is one entry of ``COMMANDS``. ``OPTTIUS_UPDATE_GOLDEN=1`` writes the files anew.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from rich.cells import cell_len

from opttius_cli import i18n
from opttius_cli.cli import main
from opttius_cli.command_support import output
from opttius_cli.command_support.options import QueryOptions, add_typed_options
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.render.style import Style
from opttius_cli.render.terminal.live_screen import LiveScreen, WatchView
from opttius_cli.render.terminal.week_lines import build_week_lines

if TYPE_CHECKING:
    from opttius_cli.result import Answer

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example" / "data"
FILES = HERE / "screens"
SCOPE = ("--organization", "cordillera", "--as-of", "2026-11-22T15:00:00-03:00", "--source", str(EXAMPLE))
CUSTOMER = "113b37a0-4d72-45a4-91fc-ed20283613e0"
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x50": (200, 50)}

COMMANDS: dict[str, tuple[str, ...]] = {
    "dashboard": ("dashboard",),
    "dashboard-one-branch": ("dashboard", "--branch", "SCL-01"),
    "dashboard-old-data": ("dashboard", "--as-of", "2027-01-20"),
    "dashboard-all": ("dashboard", "--all"),
    "branches": ("branches",),
    "customers": ("customers", "--segment", "at-risk"),
    "customer": ("customer", CUSTOMER),
    "customer-all": ("customer", CUSTOMER, "--all"),
    "segments": ("segments",),
    "worklist": ("worklist",),
    "cohorts": ("cohorts",),
    "forecast": ("forecast",),
    "drivers": ("drivers",),
    "reconcile": ("reconcile", "--branch", "SCL-01"),
    "explain": ("explain", "total_revenue"),
    "sql": ("sql", "SELECT id, name, email, same_email_as FROM customers ORDER BY id LIMIT 10"),
    "check": ("check",),
    "check-all": ("check", "--all"),
}
FIRST_SCREENS = ("dashboard", "dashboard-one-branch", "dashboard-old-data", "customer", "check")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """The answer of each command on a terminal, as its renderer gets it: each is asked once and drawn six times."""
    kept: dict[str, Answer] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPTTIUS_CACHE_FOLDER", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OPTTIUS_NOW", "2027-02-01T12:00:00+00:00")
        patch.setattr(output, "is_on_terminal", lambda: True)
        for name, command in COMMANDS.items():
            patch.setattr(
                registry.Renderer,
                "write",
                # Where the data lie differs from machine to machine.
                lambda _self, answer, *_rest, name=name: kept.update(
                    {name: replace(answer, common_options=())}
                ),
            )
            scope = SCOPE if "--as-of" not in command else (*SCOPE[:2], *SCOPE[4:])
            assert main([*command, *scope, "--lang", "es"]) == 0, name
    return kept


def draw(answer: Answer, name: str, size: str, language: str) -> str:
    """What the terminal shows of an answer."""
    columns, lines = SIZES[size]
    out = BytesIO()
    before = i18n.get_language()
    i18n.set_language(language)
    try:
        style = Style(language, columns, overview=name in FIRST_SCREENS, height=lines)
        registry.RENDERERS["table"].write(answer, out, style)
    finally:
        i18n.set_language(before)
    return out.getvalue().decode()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", COMMANDS)
def test_screen(name: str, size: str, language: str, answers: dict[str, Answer]) -> None:
    text = draw(answers[name], name, size, language)
    file = FILES / f"{name}.{size}.{language}.txt"
    if os.environ.get("OPTTIUS_UPDATE_GOLDEN") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{file.name} differs"
    columns, lines = SIZES[size]
    assert max(map(cell_len, text.splitlines())) <= columns
    if name.startswith("dashboard") and name in FIRST_SCREENS:
        assert not any(line.endswith("…") for line in text.splitlines()), "a figure is cut"
    if name in FIRST_SCREENS and name != "check":
        # The last line is the prompt's.
        assert len(text.splitlines()) < lines


def test_every_command_that_answers_is_captured() -> None:
    from opttius_cli.command_support.command_catalog import COMMANDS as CATALOG

    # These answer about the program, not about the shop, or write a file.
    others = {
        "audit", "cache", "config", "doctor", "export", "help", "init", "job", "load", "reports", "sample", "schedule"
    }  # fmt: skip
    captured = {command[0] for command in COMMANDS.values()}
    assert set(CATALOG) - others - captured == set()


def test_the_first_screen_holds_what_matters(answers: dict[str, Answer]) -> None:
    """Revenue and its change, every branch, and how fresh the data are, on 24 lines."""
    text = draw(answers["dashboard"], "dashboard", "80x24", "en")
    assert "REVENUE" in text
    assert {"CON-01", "SCL-01", "VAL-01", "Total"} <= set(text.split())
    assert "Last sale" in text
    assert "opttius dashboard --all" in text


def test_a_watched_dashboard_fits_above_its_footer(answers: dict[str, Answer]) -> None:
    """It is the same first screen, shorter by the footer; every branch and the way to the rest stay."""
    moment = datetime(2026, 11, 22, 18, tzinfo=UTC)
    screen = LiveScreen(Style("en", 80, overview=True, height=24), keys=True)
    screen._view = WatchView(answers["dashboard"], moment, moment)
    lines = [str(line) for line in screen.build_lines(80, 24)]
    assert len(lines) == 24
    assert "REVENUE" in "\n".join(lines)
    assert any("opttius dashboard --all" in line for line in lines)
    assert not any(line.startswith("Lines 1 to") for line in lines)


def test_a_command_can_be_pasted_whatever_a_branch_is_called(answers: dict[str, Answer]) -> None:
    code = "CM 1; rm -r $HOME\x1b[2J"
    answer = answers["dashboard"]
    (week,) = [part for part in answer.parts if part.path == ("this_week",)]
    row = dict.fromkeys(week.result.table.column_names) | {
        "matter": "fallen_branch", "branch": code, "change_pct": Decimal(-40), "amount": Decimal(1_000_000_000)
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=week.result.table.schema)
    parts = tuple(
        replace(part, result=replace(part.result, table=table)) if part is week else part
        for part in answer.parts
    )
    line = build_week_lines(replace(answer, parts=parts), CellFormatter("en", "CLP"))[0]
    assert line.command == "opttius dashboard -b 'CM 1; rm -r $HOME␛[2J'"
    assert line.text.startswith("CM 1; rm -r $HOME␛[2J sold 40")


def test_what_was_typed_is_repeated_for_the_commands(answers: dict[str, Answer]) -> None:
    """They give the figures of the screen only with the same source, instant and period."""
    answer = replace(
        answers["dashboard-one-branch"],
        common_options=("-s", "mis datos", "--as-of", "2026-11-22"),
        period_options=("-p", "2026-10"),
    )
    text = draw(answer, "dashboard", "120x40", "en")
    assert "Add to each: -s 'mis datos' --as-of 2026-11-22" in text
    assert "opttius drivers -b SCL-01 -p 2026-10" in text
    assert "opttius dashboard --all -b SCL-01 -p 2026-10" in text
    assert not re.search(r"worklist .*-p 2026-10", text)


def test_a_password_is_not_repeated(answers: dict[str, Answer]) -> None:
    options = QueryOptions(source="postgresql://ana:secret@db/shop", organization="cordillera", period="7")
    typed = add_typed_options(answers["dashboard"], options)
    assert "secret" not in " ".join(typed.common_options)
    assert typed.common_options[2:] == ("-O", "cordillera")
    assert typed.period_options == ("-p", "7")


def test_one_branch_says_what_its_chain_counts_elsewhere(answers: dict[str, Answer]) -> None:
    answer = answers["dashboard-one-branch"]
    (left_out,) = [part for part in answer.data_quality if part.result.name == "quality/left_out"]
    row = {"reason": "link_outside_scope", "count": 2, "amount": Decimal(142_980)}
    table = pa.Table.from_pylist([row], schema=left_out.result.table.schema)
    others = tuple(part for part in answer.data_quality if part is not left_out)
    part = replace(left_out, result=replace(left_out.result, table=table))
    text = draw(replace(answer, data_quality=(*others, part)), "dashboard", "80x24", "es")
    assert "Incluye $142.980 de trabajos con pedido ajeno: opttius branches" in text
    assert "pedido ajeno" not in draw(answer, "dashboard", "80x24", "es")


@pytest.mark.parametrize(
    ("key", "shown"),
    [("Ficha N° 000017/2026", "Ficha N° 000017/2026"), (CUSTOMER, CUSTOMER[:8])],
)
def test_only_uuids_are_cut_and_what_is_shown_is_taken(
    answers: dict[str, Answer], key: str, shown: str
) -> None:
    answer = answers["customer"]
    (profile,) = [part for part in answer.parts if part.path == ("customer",)]
    row = profile.result.table.to_pylist()[0] | {"id": key}
    table = pa.Table.from_pylist([row], schema=profile.result.table.schema)
    parts = tuple(
        replace(part, result=replace(part.result, table=table)) if part is profile else part
        for part in answer.parts
    )
    text = draw(replace(answer, parts=parts), "customer", "80x24", "en")
    assert f"\n{shown} · " in text
    (command,) = [line for line in text.splitlines() if "opttius customer" in line]
    assert shlex.split(command.partition("All: ")[2]) == ["opttius", "customer", shown, "--all"]


def test_old_data_are_marked_in_words(answers: dict[str, Answer]) -> None:
    text = draw(answers["dashboard-old-data"], "dashboard-old-data", "80x24", "en")
    assert "⚠ Last sale" in text
    assert "--as-of latest" in text
    assert "rests on days without data" in text
