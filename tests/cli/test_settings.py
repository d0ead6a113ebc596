"""Where a value comes from: option, environment, the nearest opttius.toml, the user's, the default."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, RunResult
from opttius_cli.command_support.config_template import build_template

if TYPE_CHECKING:
    from collections.abc import Callable


def settings(run: Callable[..., RunResult]) -> dict[str, tuple[object, str]]:
    """What ``config show`` says: value and origin by key."""
    ran = run("config", "show", "--json")
    assert ran.code == 0, ran.err
    return {row["key"]: (row["value"], row["origin"]) for row in json.loads(ran.out)}


@pytest.fixture
def users_file() -> Path:
    """The opttius.toml of the user's config folder."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "opttius"
    folder.mkdir()
    return folder / "opttius.toml"


def test_every_value_says_where_it_comes_from(
    run: Callable[..., RunResult], users_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users_file.write_text(
        'timezone = "UTC"\ncurrency.code = "USD"\norganization = "users"\n', encoding="utf-8"
    )
    Path("opttius.toml").write_text('organization = "here"\ncurrency.code = "ARS"\n', encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_CURRENCY_CODE", "PEN")
    shown = settings(run)
    assert shown["timezone"] == ("UTC", str(users_file))
    assert shown["organization"] == ("here", str(Path.cwd() / "opttius.toml"))
    assert shown["currency.code"][0] == "PEN"
    assert "OPTTIUS_CURRENCY_CODE" in shown["currency.code"][1]
    assert shown["segments.at_risk_days"] == (540, "default")


def test_an_option_wins_over_the_environment_and_files(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("opttius.toml").write_text(f'source = "{shop}"\norganization = "nobody"\n', encoding="utf-8")
    assert run("customers").code == 6
    monkeypatch.setenv("OPTTIUS_ORGANIZATION", "faro-del-estrecho")
    assert "Óptica Faro del Estrecho" in run("customers").out
    assert "Óptica Mirador Austral" in run("customers", "-O", "mirador-austral").out


def test_the_source_may_come_from_the_environment(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    ran = run("dashboard", *MIRADOR)
    assert (ran.code, ran.err) == (0, "")


def test_a_file_in_a_parent_folder_applies(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("opttius.toml").write_text(
        f'source = "{shop}"\norganization = "mirador-austral"\n', encoding="utf-8"
    )
    Path("deep/deeper").mkdir(parents=True)
    monkeypatch.chdir("deep/deeper")
    assert "Óptica Mirador Austral" in run("dashboard").out


def test_a_relative_source_is_relative_to_its_file(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("exports.duckdb").symlink_to(shop)
    Path("opttius.toml").write_text(
        'source = "exports.duckdb"\norganization = "mirador-austral"\n', encoding="utf-8"
    )
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    ran = run("dashboard")
    assert (ran.code, ran.err) == (0, "")


def test_branches_may_be_set(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("dashboard", "-s", shop, *MIRADOR, "-f", "json", "--section", "kpis")
    by_option = run(*command, "-b", "CM-001", "-b", "CM-003")
    monkeypatch.setenv("OPTTIUS_BRANCHES", "CM-001, CM-003")
    assert run(*command) == by_option
    scope = json.loads(by_option.out)["scope"]
    assert [branch["code"] for branch in scope["branches"]] == ["CM-001", "CM-003"]


def test_the_file_that_init_writes_can_be_uncommented() -> None:
    text = build_template({})
    written = "\n".join(
        line.removeprefix("# ")
        if " = " in line and line.removeprefix("# ").split(" = ")[0].isidentifier()
        else line
        for line in text.splitlines()
    )
    config = tomllib.loads(written)
    assert config["segments"]["at_risk_days"] == 540
    assert config["privacy"]["allow_reveal"] is True


def test_a_switch_is_shown_as_the_file_writes_it(run: Callable[..., RunResult]) -> None:
    shown = run("config", "show").out
    assert "true" in shown
    assert "True" not in shown
    assert "False" not in shown


def test_validate_says_that_all_is_right(run: Callable[..., RunResult], shop: Path) -> None:
    none = run("config", "validate")
    assert (none.code, none.err) == (0, "")
    assert "opttius.toml" in none.out
    Path("opttius.toml").write_text(f'source = "{shop}"\n[segments]\nat_risk_days = 200\n', encoding="utf-8")
    ran = run("config", "validate")
    assert (ran.code, ran.out, ran.err) == (0, f"{Path.cwd() / 'opttius.toml'} is valid.\n", "")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('sorce = "x"', ("sorce", "Did you mean source?")),
        ("source = 3", ("source", "3", "a text")),
        ("source = ", ("line 1",)),
        ("[segments]\nat_risk_days = -1", ("segments.at_risk_days", "-1", "a whole number")),
        ('[segments]\nat_risk_days = "many"', ("segments.at_risk_days", "many")),
        ('[cache]\nmax_age = "a while"', ("cache.max_age", "a while", "30s, 5m or 2h")),
        ('[limits]\nmemory = "plenty"', ("limits.memory", "plenty", "1GB")),
        (
            '[currency]\naliases = { ARS = "CLP", CLP = "ARS" }',
            ("opttius.toml: currency.aliases", "CLP is on both", '{ ARS = "CLP" }'),
        ),
        (
            '[currency]\naliases = { ars = "usd", usd = "clp" }',
            ("opttius.toml: currency.aliases", "USD is on both"),
        ),
        ("[metrics]\npaid_statuses = []", ("opttius.toml: metrics.paid_statuses", "[]", '["paid"]')),
        ('[metrics]\npaid_statuses = ["paid", " "]', ("opttius.toml: metrics.paid_statuses", '["paid"]')),
        ('language = "fr"', ("language", "fr", "es, en")),
        ("[privacy]\nallow_reveal = 2", ("privacy.allow_reveal", "true or false")),
        ('source = "no/such/folder"', ("no/such/folder",)),
    ],
    ids=lambda value: value.replace("\n", " ") if isinstance(value, str) else "",
)
def test_validate_names_file_key_and_value(
    run: Callable[..., RunResult], text: str, holds: tuple[str, ...]
) -> None:
    Path("opttius.toml").write_text(text + "\n", encoding="utf-8")
    ran = run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    for part in holds:
        assert part in ran.err


def test_an_alias_of_itself_or_of_the_same_code_is_no_circle(run: Callable[..., RunResult]) -> None:
    text = '[currency]\naliases = { ARS = "CLP", USD = "clp", CLP = "CLP" }\n'
    Path("opttius.toml").write_text(text, encoding="utf-8")
    assert run("config", "validate").code == 0


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("OPTTIUS_CURRENCY_ALIASES", "ARS=CLP,CLP=ARS", "currency.aliases"),
        ("OPTTIUS_METRICS_PAID_STATUSES", ",", "metrics.paid_statuses"),
    ],
)
def test_the_environment_may_set_no_more_than_the_file(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch, name: str, value: str, holds: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    assert f"environment: {holds}" in ran.err


def test_a_file_of_a_windows_editor_is_read(run: Callable[..., RunResult], shop: Path) -> None:
    text = f'source = "{shop.as_posix()}"\n[jobs.weekly]\nparts = ["kpis"]\nformats = ["csv"]\n'
    Path("opttius.toml").write_text(text, encoding="utf-8-sig")
    assert run("config", "validate").code == 0
    assert settings(run)["source"][0] == str(shop)
    assert "weekly" in run("job", "list").out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source = 'x'".encode("utf-16"), "no está en UTF-8"),
        (b'source = "x"\norganization = mirador\n', "línea 2"),
        (b'source = "x"\n\nlanguage = "es', "línea 3"),
    ],
    ids=["UTF-16", "no quotes", "no end"],
)
def test_invalid_toml_is_reported_in_the_readers_language(
    run: Callable[..., RunResult], content: bytes, message: str
) -> None:
    Path("opttius.toml").write_bytes(content)
    ran = run("config", "validate", "--lang", "es")
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err
    assert not any(word in ran.err for word in (" at ", "Invalid", "Unterminated", "codec", "byte"))


@pytest.mark.parametrize("command", ["dashboard", "customers", "segments", "check"])
def test_a_wrong_file_stops_every_command(run: Callable[..., RunResult], shop: Path, command: str) -> None:
    Path("opttius.toml").write_text("segments.at_risk_days = true\n", encoding="utf-8")
    ran = run(command, "-s", shop, *MIRADOR)
    assert (ran.code, ran.out) == (3, "")
    assert "segments.at_risk_days" in ran.err


def test_an_environment_variable_that_is_wrong_is_named(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_SEGMENTS_VIP_PURCHASES", "plenty")
    ran = run("dashboard", "-s", shop, *MIRADOR)
    assert (ran.code, ran.out) == (3, "")
    assert "plenty" in ran.err


def test_a_setting_reaches_the_figures(run: Callable[..., RunResult], shop: Path) -> None:
    command = ("segments", "-s", shop, *MIRADOR, "-f", "json")
    usual = json.loads(run(*command).out)["rows"]
    Path("opttius.toml").write_text("[segments]\nvip_purchases = 2\n", encoding="utf-8")
    lower = json.loads(run(*command).out)["rows"]
    vip = [{row["segment"]: row["customers"] for row in rows}["vip"] for rows in (usual, lower)]
    assert vip[0] < vip[1]


def test_max_age_reloads_older_snapshots(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("dashboard", "-s", DATA, *MIRADOR, "-f", "json", "--section", "kpis")

    def loaded_at(*options: str) -> str:
        ran = run(*command, *options)
        assert ran.code == 0, ran.err
        loaded: str = json.loads(ran.out)["data_quality"]["snapshot"]["loaded_at"]
        return loaded

    first = loaded_at()
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-23T16:00:00+00:00")
    assert loaded_at() == first
    assert loaded_at("--max-age", "2h") == first
    assert loaded_at("--max-age", "30m") != first
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-23T16:10:00+00:00")
    assert loaded_at("--refresh") == "2026-11-23T16:10:00+00:00"


def test_the_cache_folder_says_where_it_comes_from(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", "/srv/cache")
    assert settings(run)["cache.folder"] == ("/srv/cache", "environment (OPTTIUS_CACHE_FOLDER)")
    monkeypatch.delenv("OPTTIUS_CACHE_FOLDER")
    folder, origin = settings(run)["cache.folder"]
    assert (Path(str(folder)).name, origin) == ("opttius", "default")
    Path("opttius.toml").write_text('cache.folder = "here"\n', encoding="utf-8")
    file = Path.cwd() / "opttius.toml"
    assert settings(run)["cache.folder"] == (str(Path.cwd() / "here"), str(file))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ('[reports.weekly]\nparts = ["kpis"]\n', "[reports.weekly]", "[jobs.weekly]"),
        ('reports_folder = "x"\n', "reports_folder", "jobs_folder"),
    ],
)
@pytest.mark.parametrize("command", [("job", "list"), ("config", "validate"), ("dashboard",)], ids=" ".join)
def test_an_old_key_is_refused_with_its_new_name(
    run: Callable[..., RunResult], command: tuple[str, ...], text: str, old: str, new: str
) -> None:
    Path("opttius.toml").write_text(text, encoding="utf-8")
    ran = run(*command)
    assert (ran.code, ran.out) == (3, "")
    assert f"{Path.cwd() / 'opttius.toml'}: {old} is called {new} now. Type {new}." in ran.err


def test_an_old_variable_is_refused_with_its_new_name(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_REPORTS_FOLDER", "x")
    ran = run("config", "show")
    assert (ran.code, ran.out) == (3, "")
    assert "OPTTIUS_REPORTS_FOLDER is called OPTTIUS_JOBS_FOLDER now." in ran.err


def test_the_old_variable_of_the_cache_folder_gets_a_hint(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_CACHE_DIR", "elsewhere")
    ran = run("cache", "list", "--lang", "en")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "Error: OPTTIUS_CACHE_DIR is not read any more. Set OPTTIUS_CACHE_FOLDER instead.\n"


@pytest.mark.parametrize("value", ["[" * 500 + "]" * 500, "{ a = " * 500 + "1" + " }" * 500, "9" * 5000])
@pytest.mark.parametrize(
    "command", [("dashboard",), ("job", "list"), ("config", "validate"), ("--help",), ()]
)
def test_a_value_that_python_cannot_hold_is_named(
    run: Callable[..., RunResult], command: tuple[str, ...], value: str
) -> None:
    Path("opttius.toml").write_text(f"organization = 'x'\nsource = {value}\n", encoding="utf-8")
    ran = run(*command)
    if command == ("--help",):
        assert ran.code == 0
    else:
        assert ran.code == 3
        assert "opttius.toml, line 2: this cannot be read" in ran.err


def test_a_long_value_is_shown_in_part(run: Callable[..., RunResult]) -> None:
    Path("opttius.toml").write_text(f"segments.active_days = '{'x' * 5000}'\n", encoding="utf-8")
    ran = run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    assert "xxx… must be a whole number" in ran.err
    assert len(ran.err) < 500


@pytest.mark.parametrize("setting", ["goals", "worklist.opt_out", "source", "jobs_folder"])
def test_no_setting_holds_nul(run: Callable[..., RunResult], setting: str) -> None:
    Path("opttius.toml").write_text(f'{setting} = "a\\u0000b"\n', encoding="utf-8")
    ran = run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    assert f"{setting} = " in ran.err
