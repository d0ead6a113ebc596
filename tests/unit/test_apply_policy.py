"""Pseudonyms join with each other and with nothing else; free text is scanned; small groups have no figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masking import engine

from opttius_cli.config import Config
from opttius_cli.errors import ConfigError, NotAllowedError
from opttius_cli.privacy.apply_policy import apply_policy
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.privacy.policy import DEFAULT_POLICY, Policy, build_policy
from opttius_cli.privacy.pseudonyms import pseudonymize_values
from opttius_cli.privacy.small_groups import groups_to_hide, suppress_small_groups
from opttius_cli.result import Column, ColumnKind, Result

KEY, OTHER = b"k" * 64, b"o" * 64
ANONYMOUS = Policy("anonymous", KEY)


def pseudonym(value: str | None, kind: ColumnKind, key: bytes = KEY) -> str | None:
    value_pseudonym: str | None = pseudonymize_values(pa.array([value], pa.string()), kind, key)[0].as_py()
    return value_pseudonym


@pytest.mark.parametrize(
    ("kind", "value", "same"),
    [
        (ColumnKind.EMAIL, "ana@mail.cl", " ANA@Mail.cl"),
        (ColumnKind.PHONE, "+56 9 1234 5678", "912345678"),
        (ColumnKind.RUT, "12.345.678-k", "012345678K"),
        (ColumnKind.NAME, "Ana  Rojas", " ana rojas"),
        (ColumnKind.ID, "59a1cc9f", "59a1cc9f"),
    ],
)
def test_the_same_person_has_a_single_pseudonym(kind: ColumnKind, value: str, same: str) -> None:
    shown_values = pseudonym(value, kind)
    assert shown_values == pseudonym(same, kind)
    assert shown_values is not None
    assert shown_values.startswith(f"{kind.value}-")
    assert shown_values != pseudonym(value, kind, OTHER)


def test_a_pseudonym_joins_within_its_kind_only() -> None:
    ends = {
        str(pseudonym("12345678", kind)).partition("-")[2]
        for kind in (ColumnKind.NAME, ColumnKind.PHONE, ColumnKind.RUT, ColumnKind.ID)
    }
    assert len(ends) == 4


def test_nothing_has_no_pseudonym() -> None:
    assert pseudonym(None, ColumnKind.EMAIL) is None
    assert pseudonym("  ", ColumnKind.EMAIL) == "***"
    assert pseudonym("none", ColumnKind.PHONE) == "***"


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a@x.cl", "b@x.cl", "A@x.cl", ""])), max_size=9))
def test_a_column_has_the_pseudonyms_of_its_values(emails: list[str | None]) -> None:
    column = pa.array([None, *emails], pa.string()).slice(1)
    assert pseudonymize_values(column, ColumnKind.EMAIL, KEY).to_pylist() == [
        pseudonym(value, ColumnKind.EMAIL) for value in emails
    ]


def single_column(kind: ColumnKind, values: list[Any], of: pa.DataType | None = None, **marks: Any) -> Result:
    table = pa.table({"x": pa.array(values, of or pa.string())})
    return Result("r", {}, "rows", (Column("x", kind, {}, **marks),), table)


def shown(result: Result, policy: Policy = DEFAULT_POLICY) -> list[Any]:
    shown_values: list[Any] = apply_policy(result, policy, engine().mask_values).table.column(0).to_pylist()
    return shown_values


def free_text(values: list[Any], kind: ColumnKind = ColumnKind.TEXT, of: pa.DataType | None = None) -> Result:
    return single_column(kind, values, of, free_text=True)


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_free_text_is_scanned(text: str, expected: str) -> None:
    assert shown(free_text([text, "plain", None])) == [expected, "plain", None]


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
def test_values_of_nobody_stay(text: str) -> None:
    assert shown(free_text([text])) == [text]


def test_lists_are_scanned() -> None:
    lists = free_text([["ana@mail.cl", "x"], None, [], ["912345678"]], ColumnKind.LIST, pa.list_(pa.string()))
    assert shown(lists) == [["a***@mail.cl", "x"], None, [], ["+56 9 *** 678"]]


def test_texts_are_scanned_where_people_typed_them() -> None:
    assert shown(free_text(["ana@mail.cl"])) == ["a***@mail.cl"]
    assert shown(single_column(ColumnKind.TEXT, ["ana@mail.cl"])) == ["ana@mail.cl"]


def test_anonymous_text_and_columns_join() -> None:
    email = shown(single_column(ColumnKind.EMAIL, ["Ana@mail.cl"]), ANONYMOUS)[0]
    assert shown(free_text(["to ana@mail.cl"]), ANONYMOUS) == [f"to {email}"]
    uuid = "59a1cc9f-aa72-4679-84cc-98750b4e7b15"
    named = shown(single_column(ColumnKind.ID, [uuid]), ANONYMOUS)[0]
    assert named.startswith("id-")
    assert shown(free_text([f"see {uuid}"]), ANONYMOUS) == [f"see {named}"]
    assert shown(single_column(ColumnKind.TEXT, [uuid], identifier=True), ANONYMOUS) == [named]
    assert shown(
        single_column(ColumnKind.LIST, [[uuid]], pa.list_(pa.string()), identifier=True), ANONYMOUS
    ) == [[named]]


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_scanning_leaves_no_email(text: str) -> None:
    whole = f"{text} ana.rojas@mail.cl {text}"
    assert "ana.rojas@" not in shown(free_text([whole]))[0]


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
    assert groups_to_hide(sizes, least) == places


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 8))
def test_hidden_figures_cannot_be_worked_out_from_the_total(sizes: list[int], least: int) -> None:
    places = groups_to_hide(sizes, least)
    left = sum(sizes) - sum(size for place, size in enumerate(sizes) if place not in places)
    shown_sizes = [size for place, size in enumerate(sizes) if place not in places]
    assert all(size == 0 or size >= least for size in shown_sizes)
    if places and any(shown_sizes):
        assert len(places) > 1
        assert left >= least


def test_figures_of_small_groups_are_not_shown() -> None:
    columns = (
        Column("segment", ColumnKind.TEXT, {}),
        Column("customers", ColumnKind.COUNT, {}),
        Column("spent", ColumnKind.MONEY, {}),
        Column("joined", ColumnKind.COUNT, {}),
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
    shown_values = suppress_small_groups(result, 5)
    assert shown_values.suppression_count == 2
    assert shown_values.table.to_pylist() == [
        {"segment": "a", "customers": 9, "spent": 9, "joined": 0},
        {"segment": "b", "customers": None, "spent": None, "joined": None},
        {"segment": "c", "customers": None, "spent": None, "joined": None},
        # 7 alone would be known by its difference to the total, with the 2.
        {"segment": "d", "customers": 20, "spent": 20, "joined": None},
    ]
    assert suppress_small_groups(result, 0) == result


def test_who_may_reveal() -> None:
    check_reveal(Config(), None)
    check_reveal(Config(reveal_roles=("admin",)), "admin")
    for config, role in ((Config(allow_reveal=False), "root"), (Config(reveal_roles=("root",)), None)):
        with pytest.raises(NotAllowedError, match="--reveal-pii is"):
            check_reveal(config, role)


def test_pseudonyms_need_a_key() -> None:
    with pytest.raises(ConfigError, match="opttius config key"):
        build_policy(Config(), anonymous=True, reveal=False)
    policy = build_policy(
        Config(privacy_mode="anonymous", privacy_key="k" * 32), anonymous=False, reveal=False
    )
    assert policy.mode == "anonymous"
    assert "kkk" not in repr(policy)
    assert build_policy(Config(privacy_mode="anonymous"), anonymous=False, reveal=True).mode == "revealed"
