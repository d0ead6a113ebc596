"""Which tiers have `advanced_analytics`, and which commands need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.harness import RunResult, run, write_export

CUSTOMER = "\ncustomers\nid | email\nc1 | ana@mail.cl\n"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")


def shop(tier: str = "", tiers: str | None = None) -> Path:
    """An organization of a tier; ``tiers`` are the rows of ``subscription_tiers``."""
    tables = f"organizations\nid | name | subscription_tier\ng1 | Norte | {tier}\n{CUSTOMER}"
    if tiers is not None:
        tables += f"\nsubscription_tiers\nname | features\n{tiers}\n"
    return write_export(tables)


def refused(ran: RunResult) -> bool:
    """Whether a dashboard was refused for its tier; anything else than that or an answer is a failure."""
    assert ran.code in {0, 5}, ran.stderr
    assert (ran.code == 5) == ("advanced_analytics" in ran.stderr)
    assert ran.code == 0 or ran.stdout == ""
    return ran.code == 5


@pytest.mark.parametrize(
    ("tier", "tiers", "expected"),
    [
        # The table of tiers decides, against the names too.
        ("basic", 'basic | {"advanced_analytics": true}', False),
        ("pro", 'pro | {"advanced_analytics": false}', True),
        ("Pro", 'pro | {"advanced_analytics": "true"}', False),
        ("pro", 'pro | {"advanced_analytics": 0, "max_branches": 3}', True),
        ("gold", 'gold | {"advanced_analytics": {"enabled": true}}', False),
        ("gold", 'gold | ["max_branches", "advanced_analytics"]', False),
        # A tier without the flag does not have it.
        ("pro", 'pro | {"max_branches": 3}', True),
        # Where the table says nothing, the names do.
        ("pro", None, False),
        ("premium", None, False),
        ("basic", None, True),
        ("gold", None, True),
        ("pro", 'basic | {"advanced_analytics": false}', False),
        ("pro", "pro |", False),
        # Where no tier is known, the settings do.
        ("", None, False),
        ("", 'basic | {"advanced_analytics": false}', False),
    ],
)
def test_who_has_the_feature(tier: str, tiers: str | None, *, expected: bool) -> None:
    assert refused(run(shop(tier, tiers), "dashboard", "--section", "kpis")) is expected


def test_which_commands_need_it_and_which_do_not() -> None:
    folder = shop("basic")
    for command in ("dashboard", "segments", "export segments -o -", "export sales -o -"):
        ran = run(folder, *command.split())
        assert refused(ran), command
        assert "tier basic" in ran.stderr
    for command in ("customers", "customer ana@mail.cl", "check", "load"):
        assert run(folder, *command.split()).code == 0, command


def test_without_organizations_the_settings_decide() -> None:
    folder = write_export("", missing=("organizations",))
    assert not refused(run(folder, "dashboard"))
    Path("opttius.toml").write_text("[access]\nadvanced_analytics = false\n", encoding="utf-8")
    ran = run(folder, "dashboard")
    assert refused(ran)
    assert "access.advanced_analytics = false" in ran.stderr
    assert run(folder, "customers").code == 0


def test_no_setting_gives_a_tier_a_feature_it_lacks() -> None:
    folder = shop("basic")
    Path("opttius.toml").write_text("[access]\nadvanced_analytics = true\n", encoding="utf-8")
    assert refused(run(folder, "dashboard"))
