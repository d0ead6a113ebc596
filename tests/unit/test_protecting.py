"""Pseudonyms join with each other and with nothing else; free text is scanned; small groups have no figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opttius_cli.config import Config
from opttius_cli.errors import ConfigError, NotAllowedError
from opttius_cli.privacy.groups import hidden, suppressed
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.privacy.policy import MASKED, Policy, policy_of
from opttius_cli.privacy.protecting import protected
from opttius_cli.privacy.pseudonyms import pseudonyms
from opttius_cli.result import Column, Kind, Result

KEY, OTHER = b"k" * 64, b"o" * 64
ANONYMOUS = Policy("anonymous", KEY)


def pseudonym(value: str | None, kind: Kind, key: bytes = KEY) -> str | None:
    found: str | None = pseudonyms(pa.array([value], pa.string()), kind, key)[0].as_py()
    return found


@pytest.mark.parametrize(
    ("kind", "one", "same"),
    [
        (Kind.EMAIL, "ana@mail.cl", " ANA@Mail.cl"),
        (Kind.PHONE, "+56 9 1234 5678", "912345678"),
        (Kind.RUT, "12.345.678-k", "012345678K"),
        (Kind.NAME, "Ana  Rojas", " ana rojas"),
        (Kind.ID, "59a1cc9f", "59a1cc9f"),
    ],
)
def test_the_same_person_has_one_pseudonym(kind: Kind, one: str, same: str) -> None:
    found = pseudonym(one, kind)
    assert found == pseudonym(same, kind)
    assert found is not None
    assert found.startswith(f"{kind.value}-")
    assert found != pseudonym(one, kind, OTHER)


def test_a_pseudonym_joins_within_its_kind_only() -> None:
    ends = {
        str(pseudonym("12345678", kind)).partition("-")[2]
        for kind in (Kind.NAME, Kind.PHONE, Kind.RUT, Kind.ID)
    }
    assert len(ends) == 4


def test_nothing_has_no_pseudonym() -> None:
    assert pseudonym(None, Kind.EMAIL) is None
    assert pseudonym("  ", Kind.EMAIL) == "***"
    assert pseudonym("none", Kind.PHONE) == "***"


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a@x.cl", "b@x.cl", "A@x.cl", ""])), max_size=9))
def test_a_column_has_the_pseudonyms_of_its_values(emails: list[str | None]) -> None:
    column = pa.array([None, *emails], pa.string()).slice(1)
    assert pseudonyms(column, Kind.EMAIL, KEY).to_pylist() == [pseudonym(one, Kind.EMAIL) for one in emails]


def one_column(kind: Kind, values: list[Any], of: pa.DataType | None = None, **marks: Any) -> Result:
    table = pa.table({"x": pa.array(values, of or pa.string())})
    return Result("r", {}, "rows", (Column("x", kind, {}, **marks),), table)


def shown(result: Result, policy: Policy = MASKED, *, users: bool = True) -> list[Any]:
    found: list[Any] = protected(result, policy, users=users).table.column(0).to_pylist()
    return found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to ana@mail.cl.", "write to a***@mail.cl."),
        ("Ana <ana.rojas+x@mail.co.cl>", "Ana <a***@mail.co.cl>"),
        ("ana@localhost", "a***@localhost"),
        ("tel +56 9 1234 5678, home", "tel +56 9 *** 678, home"),
        ("tel 912345678", "tel +56 9 *** 678"),
        ("(2) 2345 6789", "*** 789"),
        ("+54 11 4321-5678", "*** 678"),
        ("rut 12.345.678-5;", "rut **.***.***-5;"),
        ("12345678-K", "**.***.***-K"),
        ("rut 123456785", "rut **.***.***-5"),
        ("1.000.005-k", "**.***.***-K"),
    ],
)
def test_free_text_is_scanned(text: str, kept: str) -> None:
    assert shown(one_column(Kind.TEXT, [text, "plain", None])) == [kept, "plain", None]


@pytest.mark.parametrize(
    "text",
    [
        "RB 2132-6",
        "20261122",
        "2026-11-22 15:00:00",
        "22-11-2026",
        "7801234567890",
        "ORD-1699999999999-AB12",
        "59a1cc9f-aa72-4679-84cc-98750b4e7b15",
        "12345678-1234-4234-8234-123456789012",
        "$1.234.567",
        "@ home",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert shown(one_column(Kind.TEXT, [text])) == [text]


def test_lists_and_ids_of_a_users_report_are_scanned() -> None:
    lists = one_column(Kind.LIST, [["ana@mail.cl", "x"], None, [], ["912345678"]], pa.list_(pa.string()))
    assert shown(lists) == [["a***@mail.cl", "x"], None, [], ["+56 9 *** 678"]]
    assert shown(one_column(Kind.ID, ["ana@mail.cl"])) == ["a***@mail.cl"]


def test_texts_of_the_projects_reports_are_scanned_where_people_typed_them() -> None:
    assert shown(one_column(Kind.TEXT, ["ana@mail.cl"], free=True), users=False) == ["a***@mail.cl"]
    assert shown(one_column(Kind.TEXT, ["ana@mail.cl"]), users=False) == ["ana@mail.cl"]


def test_anonymous_text_and_columns_join() -> None:
    email = shown(one_column(Kind.EMAIL, ["Ana@mail.cl"]), ANONYMOUS)[0]
    assert shown(one_column(Kind.TEXT, ["to ana@mail.cl"]), ANONYMOUS) == [f"to {email}"]
    uuid = "59a1cc9f-aa72-4679-84cc-98750b4e7b15"
    named = shown(one_column(Kind.ID, [uuid]), ANONYMOUS)[0]
    assert named.startswith("id-")
    assert shown(one_column(Kind.TEXT, [f"see {uuid}"]), ANONYMOUS) == [f"see {named}"]
    assert shown(one_column(Kind.TEXT, [uuid], joins=True), ANONYMOUS, users=False) == [named]
    assert shown(one_column(Kind.LIST, [[uuid]], pa.list_(pa.string()), joins=True), ANONYMOUS) == [[named]]


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_scanning_leaves_no_email(text: str) -> None:
    whole = f"{text} ana.rojas@mail.cl {text}"
    assert "ana.rojas@" not in shown(one_column(Kind.TEXT, [whole]))[0]


@pytest.mark.parametrize(
    ("sizes", "least", "places"),
    [
        ([9, 7, 0], 5, set()),
        ([9, 3, 8], 5, {1, 2}),  # 3 alone is the total less the others: the next smallest goes, too
        ([9, 1, 1, 8], 5, {0, 1, 2, 3} - {0}),  # two of 1 are 2 together, still fewer than 5
        ([9, 2, 3], 5, {1, 2}),
        ([3], 5, {0}),
        ([3, 0], 5, {0}),
        ([0, 0], 5, set()),
        ([None, 4, 9], 5, {1, 2}),
        ([], 5, set()),
    ],
)
def test_which_groups_are_hidden(sizes: list[int | None], least: int, places: set[int]) -> None:
    assert hidden(sizes, least) == places


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 8))
def test_what_is_hidden_cannot_be_worked_out_from_the_total(sizes: list[int], least: int) -> None:
    places = hidden(sizes, least)
    left = sum(sizes) - sum(size for place, size in enumerate(sizes) if place not in places)
    shown_sizes = [size for place, size in enumerate(sizes) if place not in places]
    assert all(size == 0 or size >= least for size in shown_sizes)
    if places and any(shown_sizes):
        assert len(places) > 1
        assert left >= least


def test_figures_of_small_groups_are_not_shown() -> None:
    columns = (
        Column("segment", Kind.TEXT, {}),
        Column("customers", Kind.COUNT, {}),
        Column("spent", Kind.MONEY, {}),
        Column("joined", Kind.COUNT, {}),
    )
    table = pa.table(
        {
            "segment": ["a", "b", "c", "d"],
            "customers": [9, 3, 5, 20],
            "spent": [Decimal(9), Decimal(3), Decimal(5), Decimal(20)],
            "joined": [0, 0, 2, 7],
        }
    )
    result = Result("r", {}, "rows", columns, table, group_size=("customers", "joined"))
    found = suppressed(result, 5)
    assert found.suppressed == 2
    assert found.table.to_pylist() == [
        {"segment": "a", "customers": 9, "spent": 9, "joined": 0},
        {"segment": "b", "customers": None, "spent": None, "joined": None},
        {"segment": "c", "customers": None, "spent": None, "joined": None},
        # 7 alone would be known by its difference to the total, with the 2.
        {"segment": "d", "customers": 20, "spent": 20, "joined": None},
    ]
    assert suppressed(result, 0) == result


def test_who_may_reveal() -> None:
    check_reveal(Config(), None)
    check_reveal(Config(reveal_roles=("admin",)), "admin")
    for config, role in ((Config(allow_reveal=False), "root"), (Config(reveal_roles=("root",)), None)):
        with pytest.raises(NotAllowedError, match="--reveal-pii is"):
            check_reveal(config, role)


def test_pseudonyms_need_a_key() -> None:
    with pytest.raises(ConfigError, match="opttius config key"):
        policy_of(Config(), anonymous=True, reveal=False)
    made = policy_of(Config(privacy_mode="anonymous", privacy_key="k" * 32), anonymous=False, reveal=False)
    assert made.mode == "anonymous"
    assert "kkk" not in repr(made)
    assert policy_of(Config(privacy_mode="anonymous"), anonymous=False, reveal=True).mode == "revealed"
