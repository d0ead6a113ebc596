"""Names, emails, phones and RUTs are masked unless a person asks for them with a reason."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import DATA, MIRADOR, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable

CUSTOMER = "59a1cc9f-aa72-4679-84cc-98750b4e7b15"
REVEAL = ("--reveal-pii", "--reason", "a recall of lenses")


@pytest.fixture(scope="module")
def person() -> dict[str, str]:
    """The customer as exported, whole."""
    with (DATA / "customers.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["id"] == CUSTOMER)


COMMANDS = [
    ("customer", CUSTOMER),
    ("customers", "--limit", "1000"),
    ("export", "segments", "-o", "-"),
    ("export", "customers", "-o", "-"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_masked_unless_revealed(
    run: Callable[..., RunResult], shop: Path, person: dict[str, str], arguments: tuple[str, ...], form: str
) -> None:
    ran = run(*arguments, "-s", shop, *MIRADOR, "-f", form)
    assert ran.code == 0
    assert person["first_name"] in ran.out, (
        "the first name may be shown; without it the test would see nothing"
    )
    for whole in (person["last_name"], person["email"], person["phone"], person["rut"]):
        assert whole
        assert whole not in ran.out + ran.err


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_whole_with_a_reason(
    run: Callable[..., RunResult], shop: Path, person: dict[str, str], arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments, "-s", shop, *MIRADOR, "-f", "json", *REVEAL)
    assert ran.code == 0
    for whole in (person["last_name"], person["email"], person["rut"]):
        assert whole in ran.out
    assert person["email"] not in ran.err


@pytest.mark.parametrize("options", [("--reveal-pii",), ("--reveal-pii", "--reason", "  ")], ids=" ".join)
def test_not_without_a_reason(run: Callable[..., RunResult], shop: Path, options: tuple[str, ...]) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, *options)
    assert (ran.code, ran.out) == (2, "")
    assert "--reason" in ran.err


def test_a_file_with_it_is_the_readers_alone(run: Callable[..., RunResult], shop: Path) -> None:
    assert run("export", "customers", "-s", shop, *MIRADOR, "-o", "masked.csv").code == 0
    assert run("export", "customers", "-s", shop, *MIRADOR, "-o", "whole.csv", *REVEAL).code == 0
    assert stat.S_IMODE(Path("whole.csv").stat().st_mode) == 0o600
    assert Path("masked.csv").read_bytes() != Path("whole.csv").read_bytes()


def test_a_customer_is_matched_by_email_and_rut(
    run: Callable[..., RunResult], shop: Path, person: dict[str, str]
) -> None:
    by_id = run("customer", CUSTOMER, "-s", shop, *MIRADOR, "-f", "json")
    assert by_id.code == 0
    for term in (person["email"].upper(), person["rut"], person["rut"].replace(".", "").replace("-", "")):
        answer = run("customer", term, "-s", shop, *MIRADOR, "-f", "json")
        assert answer.out == by_id.out, term


def test_search_matches_masked_values(
    run: Callable[..., RunResult], shop: Path, person: dict[str, str]
) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, "--search", person["email"], "-f", "json")
    assert ran.code == 0
    assert CUSTOMER in ran.out
    assert person["email"] not in ran.out


KEY = "0123456789abcdef" * 4


def rows(ran: RunResult) -> list[dict[str, str]]:
    """The lines of a CSV on stdout."""
    assert ran.code == 0, ran.err
    return list(csv.DictReader(ran.out.splitlines()))


def test_anonymous_exports_join_with_each_other_and_with_nothing_else(
    run: Callable[..., RunResult], shop: Path, person: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(name: str, key: str = KEY) -> RunResult:
        monkeypatch.setenv("OPTTIUS_PRIVACY_KEY", key)
        return run("export", name, "-s", shop, *MIRADOR, "-o", "-", "--anonymous", "--quiet", "-p", "2026")

    customers, sales = rows(export("customers")), rows(export("sales"))
    everybody = {row["customer_id"] for row in customers}
    assert everybody == {row["customer_id"] for row in rows(export("segments"))}
    assert {row["customer_id"] for row in sales} - {""} <= everybody
    assert all(row["customer_id"].startswith("id-") for row in customers)
    assert all(row["number"].startswith("id-") for row in sales if row["number"])
    assert not everybody & {row["customer_id"] for row in rows(export("customers", KEY[::-1]))}
    whole = (CUSTOMER, *(person[name] for name in ("first_name", "last_name", "email", "phone", "rut")))
    text = export("customers").out
    assert not [value for value in whole if value in text]


def test_pseudonyms_ask_for_their_secret(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, "--anonymous")
    assert (ran.code, ran.out) == (3, "")
    assert "opttius config key" in ran.err
    key_run = run("config", "key")
    assert key_run.code == 0
    Path("opttius.toml").write_text(key_run.out, encoding="utf-8")
    assert run("customers", "-s", shop, *MIRADOR, "--anonymous").code == 0
    secret = key_run.out.split('"')[1]
    for shown in (run("config", "show"), run("config", "show", "--json"), run("config", "validate")):
        assert (shown.code, shown.err) == (0, "")
        assert secret not in shown.out


def test_a_secret_that_is_too_short_is_not_shown(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_PRIVACY_KEY", "hunter2")
    ran = run("config", "show")
    assert (ran.code, ran.out) == (3, "")
    assert "privacy.key" in ran.err
    assert "hunter2" not in ran.err


def test_only_some_roles_may_reveal(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_PRIVACY_REVEAL_ROLES", "super_admin")
    ran = run("customers", "-s", shop, *MIRADOR, *REVEAL)
    assert (ran.code, ran.out) == (5, "")
    assert "super_admin" in ran.err


def test_small_groups_have_no_figures(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("segments", "-s", shop, *MIRADOR, "--scheme", "rfm")
    full = json.loads(run(*command, "-f", "json").out)
    sizes = sorted(row["customers"] for row in full["rows"] if row["customers"])
    monkeypatch.setenv("OPTTIUS_PRIVACY_MIN_GROUP", str(sizes[0] + 1))
    part = json.loads(run(*command, "-f", "json").out)
    assert "privacy" not in full
    assert part["privacy"]["suppressed_groups"] > 1
    assert sum(row["customers"] is None for row in part["rows"]) == part["privacy"]["suppressed_groups"]
    assert all(row["total_spent"] is None for row in part["rows"] if row["customers"] is None)
    assert set(part["data_quality"]) == set(full["data_quality"])
    for form in ("table", "md"):
        assert "have no figures here" in " ".join(run(*command, "-f", form).out.split())
    assert "have no figures here" in run(*command, "-f", "csv").err
