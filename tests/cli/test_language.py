"""Spanish unless something says otherwise; an option wins over the settings, and these over the locale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import MIRADOR, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable

ENGLISH, SPANISH = "Revenue", "Ingresos"


def language_of(ran: RunResult) -> str:
    """The language of a dashboard."""
    assert ran.code == 0, ran.err
    assert (ENGLISH in ran.out) != (SPANISH in ran.out)
    return "en" if ENGLISH in ran.out else "es"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_US.UTF-8", "en"),
        ("es_CL.UTF-8", "es"),
        ("en", "en"),
        ("de_DE.UTF-8", "es"),
        ("C", "es"),
        ("", "es"),
    ],
)
def test_the_locale_decides(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch, locale: str, expected: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert language_of(run("dashboard", "-s", shop, *MIRADOR)) == expected


def test_lang_counts_where_lc_all_is_silent(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert language_of(run("dashboard", "-s", shop, *MIRADOR)) == "en"


def test_settings_win_over_the_locale(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("opttius.toml").write_text('language = "es"\n', encoding="utf-8")
    assert language_of(run("dashboard", "-s", shop, *MIRADOR)) == "es"
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")
    assert language_of(run("dashboard", "-s", shop, *MIRADOR)) == "en"


@pytest.mark.parametrize("option", [("--lang", "es"), ("--lang=es",)], ids=" ".join)
def test_the_option_wins(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")
    assert language_of(run("dashboard", "-s", shop, *MIRADOR, *option)) == "es"


def test_messages_are_spoken_in_it(run: Callable[..., RunResult], shop: Path) -> None:
    english = run("dashboard", "-s", shop, *MIRADOR, "-b", "Providensia")
    spanish = run("dashboard", "-s", shop, *MIRADOR, "-b", "Providensia", "--lang", "es")
    assert english.code == spanish.code == 6
    assert "There is no branch" in english.err
    assert "There is no" not in spanish.err
    assert spanish.err.startswith("Error: ")
    assert "Providencia" in spanish.err


def test_help_is_spoken_in_it(run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch) -> None:
    english = run("dashboard", "--help")
    monkeypatch.setenv("LC_ALL", "es_CL.UTF-8")
    spanish = run("dashboard", "--help")
    assert english.code == spanish.code == 0
    assert (english.err, spanish.err) == ("", "")
    assert "The organization, by id, slug or name." in english.out
    assert "The organization" not in spanish.out
    assert "--organization" in spanish.out


def test_data_for_programs_has_no_language(run: Callable[..., RunResult], shop: Path) -> None:
    for form in ("json", "csv"):
        command = ("dashboard", "-s", shop, *MIRADOR, "-f", form)
        assert run(*command, "--lang", "es").out == run(*command, "--lang", "en").out


def test_two_runs_in_the_same_process_do_not_mix(run: Callable[..., RunResult], shop: Path) -> None:
    assert language_of(run("dashboard", "-s", shop, *MIRADOR, "--lang", "es")) == "es"
    assert language_of(run("dashboard", "-s", shop, *MIRADOR)) == "en"


@pytest.mark.parametrize(
    "arguments",
    [("--help", "--lang", "en"), ("--lang=en", "--help"), ("job", "--help", "--lang", "en"),
     ("job", "--lang", "en", "--help"), ("--lang", "en", "job", "list", "--help")],
    ids=" ".join,
)  # fmt: skip
def test_the_program_and_its_groups_take_the_option(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LC_ALL", "es_CL.UTF-8")
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "Show this message and exit." in ran.out


def test_the_option_before_a_command_counts_for_it(run: Callable[..., RunResult], shop: Path) -> None:
    assert language_of(run("--lang", "es", "dashboard", "-s", shop, *MIRADOR)) == "es"


@pytest.mark.parametrize(
    "arguments", [("--lang", "xx", "job", "list"), ("job", "--lang", "xx", "list")], ids=" ".join
)
def test_an_unknown_language_is_refused_everywhere(
    run: Callable[..., RunResult], arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "--lang “xx” must be one of es, en" in ran.err


def test_a_language_alone_is_no_command_of_a_group(run: Callable[..., RunResult]) -> None:
    ran = run("job", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert "A command is missing. Type opttius job --help." in ran.err
