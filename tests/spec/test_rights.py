"""Whose rights apply: which branches an admin sees, what is shown when none is asked for, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spec.harness import RunResult, run, shorten, write_export

SHOPS = """
organizations
id | name  | subscription_tier | status
g1 | Norte | pro               | active
g2 | Sur   | pro               | active

branches
id | organization_id
b1 | g1
b2 | g1
b3 | g1
b9 | g2

orders
id | branch_id | organization_id | total_amount
o1 | b1        |                 | 1
o2 | b2        |                 | 10
o3 | b3        |                 | 100
o4 |           | g1              | 1000
o9 | b9        |                 | 10000

admin_users
id | email           | role        | is_active | organization_id
u1 | super@shop.cl   | super_admin | t         | g1
u2 | whole@shop.cl   | admin       | t         | g1
u3 | primary@shop.cl | admin       | t         | g1
u4 | listed@shop.cl  | vendedor    | t         | g1
u5 | gone@shop.cl    | super_admin | f         | g1
u6 | none@shop.cl    | employee    | t         | g1
u7 | astray@shop.cl  | employee    | t         | g1
u8 | every@shop.cl   | employee    | t         | g1
u9 | root@shop.cl    | root        | t         |
u10 | dev@shop.cl    | dev         | t         |
u11 | lost@shop.cl   | super_admin | t         |
u12 | own@shop.cl    | root        | t         | g1
u13 | twice@shop.cl  | super_admin | t         | g1
u14 | Twice@Shop.cl  | super_admin | t         | g2
u15 | once@shop.cl   | super_admin | t         | g1
u16 | once@shop.cl   | super_admin | f         | g2
u17 | unsure@shop.cl | super_admin |           | g1

admin_branch_access
admin_user_id | branch_id | is_primary
u2            |           | f
u3            | b1        | f
u3            | b2        | t
u4            | b1        | f
u4            | b3        | f
u7            | b9        | t
u8            | b1        | f
u8            | b2        | f
u8            | b3        | f
u8            | b9        | t
"""
WHOLE = 1111
"""Every branch of the organization g1, and the order that names none."""


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot, loaded once."""
    folder = tmp_path_factory.mktemp("shops")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("OPTTIUS_CACHE_FOLDER", str(folder / "cache"))
        patch.setenv("OPTTIUS_STATE_DIR", str(folder / "state"))
        ran = run(write_export(SHOPS), "load", "--into", "shops.duckdb")
    assert ran.code == 0, ran.stderr
    return folder / "shops.duckdb"


def revenue(ran: RunResult) -> int:
    """What a dashboard adds up to: each order has a digit of its own."""
    assert ran.code == 0, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    total: int = report["kpis"]["total_revenue"]
    return total


def refusal(ran: RunResult) -> str:
    """The sentence of a run that was not allowed."""
    assert (ran.code, ran.stdout) == (5, ""), ran.stderr
    return ran.stderr


@pytest.mark.parametrize(
    ("options", "total"),
    [
        (("--as", "super@shop.cl"), WHOLE),
        (("--as", " Super@Shop.CL "), WHOLE),
        (("--as", "super@shop.cl", "--branch", "b2"), 10),
        (("--as", "super@shop.cl", "--organization", "Norte"), WHOLE),
        (("--as", "own@shop.cl"), WHOLE),
        # An access row without a branch opens them all.
        (("--as", "whole@shop.cl"), WHOLE),
        (("--as", "whole@shop.cl", "--branch", "b3"), 100),
        # The primary one when none is asked for; the others are there for the asking.
        (("--as", "primary@shop.cl"), 10),
        (("--as", "primary@shop.cl", "--branch", "b1"), 1),
        (("--as", "primary@shop.cl", "--branch", "b1", "--branch", "b2"), 11),
        (("--as", "listed@shop.cl"), 101),
        # Every branch of the organization is the whole of it, however it was come by.
        (("--as", "every@shop.cl"), WHOLE),
        (("--as", "root@shop.cl", "--organization", "Sur"), 10000),
        (("--as", "dev@shop.cl", "--organization", "Norte", "--branch", "b1"), 1),
        # An inactive namesake has no rights to be mistaken for.
        (("--as", "once@shop.cl"), WHOLE),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_admin_sees_these_branches(shops: Path, options: tuple[str, ...], total: int) -> None:
    assert revenue(run(shops, "dashboard", *options)) == total


@pytest.mark.parametrize(
    ("options", "visible", "untold"),
    [
        (("--as", "listed@shop.cl", "--branch", "b2"), "b1, b3", ""),
        (("--as", "primary@shop.cl", "--branch", "b1", "--branch", "b3"), "b1, b2", ""),
        (("--as", "super@shop.cl", "--branch", "b9"), "b1, b2, b3", "Sur"),
        (("--as", "own@shop.cl", "--organization", "Sur"), "Norte", ""),
        (("--as", "gone@shop.cl"), "no active admin", ""),
        (("--as", "unsure@shop.cl"), "no active admin", ""),
        (("--as", "stranger@shop.cl"), "no active admin", ""),
        (("--as", "none@shop.cl"), "no branch", "Norte"),
        # An access row cannot open what is not the admin's organization's.
        (("--as", "astray@shop.cl"), "no branch", "b9"),
        (("--as", "every@shop.cl", "--branch", "b9"), "b1, b2, b3", "Sur"),
        (("--as", "lost@shop.cl"), "no organization", "Norte"),
        (("--as", "lost@shop.cl", "--organization", "Norte"), "no organization", ""),
        (("--as", "twice@shop.cl"), "More than one active admin", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_admin_does_not_see_these_branches(
    shops: Path, options: tuple[str, ...], visible: str, untold: str
) -> None:
    message = shorten_words(refusal(run(shops, "dashboard", *options)))
    assert visible in message
    assert not untold or untold not in message.removeprefix(f"Error: “{options[-1]}”")
    email = options[1]
    assert email not in message, "an email is shown only in part"


def shorten_words(text: str) -> str:
    """Short names in place of uuids in a sentence."""
    return " ".join(
        str(shorten(word.strip(",.“”"))) + ("," if word.endswith(",") else "") for word in text.split()
    )


@pytest.mark.parametrize("name", ["b2", "b9", "b7", "Sur", ""])
def test_a_branch_of_others_and_none_are_refused_alike(shops: Path, name: str) -> None:
    """Whoever may not see a branch cannot find out whether there is one, in the organization or in another."""
    message = refusal(run(shops, "dashboard", "--as", "listed@shop.cl", "--branch", name))
    assert message.replace(f"“{name}”", "“nothing”") == refusal(
        run(shops, "dashboard", "--as", "listed@shop.cl", "--branch", "nothing")
    )


def test_without_an_organization_it_must_be_named(shops: Path) -> None:
    ran = run(shops, "dashboard", "--as", "root@shop.cl", "--branch", "b1")
    assert (ran.code, ran.stdout) == (2, "")
    assert "Norte, Sur" in ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("dashboard",),
        ("customers",),
        ("customer", "c1"),
        ("segments",),
        ("export", "sales", "-o", "-"),
        ("check",),
        ("load",),
    ],
    ids=" ".join,
)
def test_rights_bind_every_command(shops: Path, command: tuple[str, ...]) -> None:
    assert "no branch" in refusal(run(shops, *command, "--as", "none@shop.cl"))


@pytest.mark.parametrize(
    "command", ["dashboard", "customers", "segments", "export segments -o -", "export sales -o -", "check"]
)
@pytest.mark.parametrize(
    ("email", "scope"),
    [
        ("listed@shop.cl", ("--branch", "b3", "--branch", "b1")),
        ("every@shop.cl", ("--organization", "Norte")),
    ],
)
def test_an_admin_sees_the_names_of_those_branches(
    shops: Path, command: str, email: str, scope: tuple[str, ...]
) -> None:
    """To the byte: rights choose a scope, and change nothing else."""
    ran = run(shops, *command.split(), "--as", email)
    assert (ran.code, ran) == (0, run(shops, *command.split(), *scope))


def test_a_customer_of_another_branch_does_not_exist() -> None:
    folder = write_export(
        SHOPS + "\ncustomers\nid | branch_id | email\nc1 | b1 | ana@mail.cl\nc2 | b2 | eva@mail.cl\n"
    )
    result = run(folder, "customer", "ana@mail.cl", "--as", "listed@shop.cl")
    hidden = run(folder, "customer", "eva@mail.cl", "--as", "listed@shop.cl")
    assert (result.code, hidden.code) == (0, 6)


def test_load_and_check_report_only_the_rows_of_the_admin(shops: Path) -> None:
    for command in ("load", "check"):
        whole = json.loads(run(shops, command).stdout)
        result = json.loads(run(shops, command, "--as", "listed@shop.cl").stdout)
        assert whole["data_quality"]["rows"]["orders"] == 5
        assert result["data_quality"]["rows"]["orders"] == 2
        assert [branch["code"] for branch in result["scope"]["branches"]] == ["b1", "b3"]


def test_load_counts_for_an_admin_reveal_nothing_of_other_branches() -> None:
    folder = write_export(SHOPS)
    answer = json.loads(run(folder, "load", "--as", "listed@shop.cl").stdout)
    rows = {row["table_name"]: row["rows_read"] for row in answer["rows"]}
    assert {table: count for table, count in rows.items() if count} == answer["data_quality"]["rows"]
    assert rows["orders"] == 2


def test_an_admin_may_be_set_and_may_be_required(shops: Path) -> None:
    config = "[access]\nrequire_user = true\n"
    Path("opttius.toml").write_text(config, encoding="utf-8")
    for command in (("dashboard",), ("customers",), ("check",), ("load",)):
        message = refusal(run(shops, *command))
        assert "access.require_user" in message
        assert "access.user" in message, "reports of cron have no --as"
    assert revenue(run(shops, "dashboard", "--as", "listed@shop.cl")) == 101
    Path("opttius.toml").write_text(config + 'user = "primary@shop.cl"\n', encoding="utf-8")
    assert revenue(run(shops, "dashboard")) == 10
    assert revenue(run(shops, "dashboard", "--as", "listed@shop.cl")) == 101


def test_data_without_admins_cannot_check_an_admin() -> None:
    folder = write_export("orders\nid\no1\n")
    assert "has no admins" in refusal(run(folder, "dashboard", "--as", "super@shop.cl"))


def test_a_column_of_rights_that_is_lacking_gives_none() -> None:
    """Without branch_id nobody is known to see every branch, without organization_id no root every organization."""
    whole, root = ("--as", "whole@shop.cl"), ("--as", "root@shop.cl", "-O", "g1")
    shops = write_export(SHOPS, drop={"admin_branch_access": ("branch_id",)})
    for email in ("whole@shop.cl", "every@shop.cl", "listed@shop.cl"):
        assert "no branch" in refusal(run(shops, "dashboard", "--as", email))
    assert revenue(run(shops, "dashboard", "--as", "super@shop.cl")) == WHOLE
    shops = write_export(SHOPS, drop={"admin_users": ("organization_id",)})
    for options in (whole, root, ("--as", "super@shop.cl")):
        assert "no organization" in refusal(run(shops, "dashboard", *options))


def test_a_branch_that_cannot_be_read_is_not_every_branch() -> None:
    row = "u2            |           | f"
    assert row in SHOPS
    assert revenue(run(write_export(SHOPS), "dashboard", "--as", "whole@shop.cl")) == WHOLE
    shops = write_export(SHOPS.replace(row, "u2            | 12-3      | f"))
    assert "no branch" in refusal(run(shops, "dashboard", "--as", "whole@shop.cl"))
    assert revenue(run(shops, "dashboard", "--as", "listed@shop.cl")) == 101


def test_admins_without_exported_branches_see_none() -> None:
    folder = write_export(SHOPS.partition("admin_branch_access")[0])
    assert "no branch" in refusal(run(folder, "dashboard", "--as", "listed@shop.cl"))
    assert revenue(run(folder, "dashboard", "--as", "super@shop.cl")) == WHOLE


@pytest.mark.parametrize("status", ["suspended", "cancelled", " Suspended "])
def test_an_organization_that_ended_is_refused(status: str) -> None:
    tables = SHOPS.replace("g1 | Norte | pro               | active", f"g1 | Norte | pro | '{status}'")
    folder = write_export(tables)
    for options in (("--as", "super@shop.cl"), ("--organization", "Norte")):
        for command in ("dashboard", "customers"):
            assert "access.allow_suspended" in refusal(run(folder, command, *options))
    assert revenue(run(folder, "dashboard", "--organization", "Sur")) == 10000
    Path("opttius.toml").write_text("[access]\nallow_suspended = true\n", encoding="utf-8")
    assert revenue(run(folder, "dashboard", "--as", "super@shop.cl")) == WHOLE
