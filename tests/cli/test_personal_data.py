"""Names, emails, phones and RUTs are masked unless a person asks for them with a reason."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.running import DATA, MIRADOR, Ran

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
def test_masked_unless_asked(
    run: Callable[..., Ran], shop: Path, person: dict[str, str], arguments: tuple[str, ...], form: str
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
    run: Callable[..., Ran], shop: Path, person: dict[str, str], arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments, "-s", shop, *MIRADOR, "-f", "json", *REVEAL)
    assert ran.code == 0
    for whole in (person["last_name"], person["email"], person["rut"]):
        assert whole in ran.out
    assert person["email"] not in ran.err


@pytest.mark.parametrize("options", [("--reveal-pii",), ("--reveal-pii", "--reason", "  ")], ids=" ".join)
def test_not_without_a_reason(run: Callable[..., Ran], shop: Path, options: tuple[str, ...]) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, *options)
    assert (ran.code, ran.out) == (2, "")
    assert "--reason" in ran.err


def test_a_file_with_it_is_the_readers_alone(run: Callable[..., Ran], shop: Path) -> None:
    assert run("export", "customers", "-s", shop, *MIRADOR, "-o", "masked.csv").code == 0
    assert run("export", "customers", "-s", shop, *MIRADOR, "-o", "whole.csv", *REVEAL).code == 0
    assert stat.S_IMODE(Path("whole.csv").stat().st_mode) == 0o600
    assert Path("masked.csv").read_bytes() != Path("whole.csv").read_bytes()


def test_a_customer_is_found_by_email_and_rut(
    run: Callable[..., Ran], shop: Path, person: dict[str, str]
) -> None:
    by_id = run("customer", CUSTOMER, "-s", shop, *MIRADOR, "-f", "json")
    assert by_id.code == 0
    for sought in (person["email"].upper(), person["rut"], person["rut"].replace(".", "").replace("-", "")):
        found = run("customer", sought, "-s", shop, *MIRADOR, "-f", "json")
        assert found.out == by_id.out, sought


def test_search_finds_what_is_masked(run: Callable[..., Ran], shop: Path, person: dict[str, str]) -> None:
    ran = run("customers", "-s", shop, *MIRADOR, "--search", person["email"], "-f", "json")
    assert ran.code == 0
    assert CUSTOMER in ran.out
    assert person["email"] not in ran.out
