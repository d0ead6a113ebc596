"""Masks show what they may and nothing else, for any text at all."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masking import engine, mask_value

from opttius_cli.privacy.masks import MASKS
from opttius_cli.privacy.policy import Policy
from opttius_cli.result import Column, ColumnKind, Result

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Rojas", "Ana R."),
        ("  Ana  María   Rojas ", "Ana R."),
        ("Ana", "A."),
        ("José Ñuñez", "José Ñ."),
        ("Jose\u0301 A\u0301vila", "José Á."),
        ("Ana\u00a0Rojas", "Ana R."),
        ("Ana\u200bRojas", "Ana R."),
        ("Ana\nRojas", "Ana R."),
        ("ana@mail.cl Rojas", "a."),
        ("12.345.678-5 Rojas", "1."),
        ("李 小龙", "李. 小."),
        ("J Rojas", "J. R."),
        ("J. Rojas", "J. R."),
        ("", "***"),
        ("   ", "***"),
        (None, None),
    ],
)
def test_names(name: str | None, shown: str | None) -> None:
    assert mask_value(name, ColumnKind.NAME) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("ana@mail.cl", "a***@mail.cl"),
        (" Ana.Rojas@Mail.CL ", "A***@Mail.CL"),
        ("@mail.cl", "***@mail.cl"),
        ("ana", "***"),
        ("", "***"),
        ("a@b@c.cl", "***"),
        ("ana@mail.cl tel 912345678", "***"),
        ("Ana Rojas <ana@mail.cl>", "***"),
        (None, None),
    ],
)
def test_emails(email: str | None, shown: str | None) -> None:
    assert mask_value(email, ColumnKind.EMAIL) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+56912345123", "+56 9 *** 123"),
        ("9 1234-5123", "+56 9 *** 123"),
        ("(+56) 9.1234.5123", "+56 9 *** 123"),
        ("22 345 6678", "*** 678"),
        ("+54 11 1234-5678", "*** 678"),
        ("912345678 anexo 22", "*** 822"),
        ("123456", "***"),
        ("９１２３４５６７８", "***"),
        ("", "***"),
        (None, None),
    ],
)
def test_phones(phone: str | None, shown: str | None) -> None:
    assert mask_value(phone, ColumnKind.PHONE) == shown


@pytest.mark.parametrize(
    ("rut", "shown"),
    [
        ("12.345.678-5", "**.***.***-5"),
        ("12345678k", "**.***.***-K"),
        (" 7.654.321 \u2010 K ", "**.***.***-K"),
        ("7654321-0", "**.***.***-0"),
        ("1-9", "***"),
        ("AB123456", "***"),
        ("", "***"),
        (None, None),
    ],
)
def test_ruts(rut: str | None, shown: str | None) -> None:
    assert mask_value(rut, ColumnKind.RUT) == shown


def test_other_kinds_are_not_masked() -> None:
    assert mask_value("Ana Rojas", ColumnKind.TEXT) == "Ana Rojas"
    assert mask_value("0001", ColumnKind.ID) == "0001"


@pytest.mark.parametrize(
    ("surname", "shown"),
    [
        ("Ortiz Contreras", "O. C."),
        (" Ortiz ", "O."),
        ("O Higgins", "O. H."),
        ("Jose\u0301 A\u0301vila", "J. Á."),
        ("12.345.678-5 ana@mail.cl", "1. a."),
        ("", "***"),
        (None, None),
    ],
)
def test_surnames_alone(surname: str | None, shown: str | None) -> None:
    assert engine().con.execute("SELECT mask_surname($1)", [surname]).fetchall() == [(shown,)]


@given(TEXTS)
def test_a_masked_name_is_a_first_word_and_an_initial_at_most(name: str) -> None:
    shown = mask_value(name, ColumnKind.NAME)
    assert shown is not None
    words = shown.split()
    assert len(words) <= 2
    assert len(words[-1]) == 2 or shown == "***"
    if len(words) == 2:
        assert not re.search(r"[@\d]", words[0])


@given(TEXTS)
def test_a_masked_email_shows_a_character_and_the_domain(email: str) -> None:
    shown = mask_value(email, ColumnKind.EMAIL)
    assert shown is not None
    first, _stars, domain = shown.partition("***")
    assert len(first) <= 1
    assert domain == "" or email.strip().endswith(domain)


@given(st.text("0123456789+() .-x９", max_size=25))
def test_a_masked_phone_shows_three_digits_beyond_the_common_prefix(phone: str) -> None:
    shown = mask_value(phone, ColumnKind.PHONE)
    assert shown is not None
    assert len(re.findall(r"\d", shown.removeprefix("+56 9"))) in {0, 3}


@given(st.one_of(TEXTS, st.text("0123456789kK.- ", max_size=15)))
def test_a_masked_rut_shows_its_check_digit_only(rut: str) -> None:
    assert re.fullmatch(r"\*{3}|\*\*\.\*{3}\.\*{3}-[0-9K]", str(mask_value(rut, ColumnKind.RUT)))


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=8), st.sampled_from(sorted(MASKS)))
def test_a_column_is_masked_as_its_values_are(values: list[str | None], kind: ColumnKind) -> None:
    table = pa.table({"x": pa.array(values, pa.string())})
    assert mask(table, {"x": MASKS[kind]}).column("x").to_pylist() == [
        mask_value(value, kind) for value in values
    ]


def mask(table: pa.Table, masks: dict[str, str]) -> pa.Table:
    """The rows of a report, as the engine masks them."""
    engine().con.register("people", table)
    return engine().run_query("SELECT * FROM people", {}, masks=masks)


def people(rows: int) -> Result:
    """As many customers as asked for, in several pieces of memory."""
    kinds = {
        "customer_id": ColumnKind.ID,
        "name": ColumnKind.NAME,
        "email": ColumnKind.EMAIL,
        "phone": ColumnKind.PHONE,
        "rut": ColumnKind.RUT,
    }
    table = pa.table(
        {
            "customer_id": [f"{number:08d}" for number in range(rows)],
            "name": [f"Ana María Rojas{number}" for number in range(rows)],
            "email": [f"ana{number}@mail.cl" for number in range(rows)],
            "phone": [f"+569{number:08d}" for number in range(rows)],
            "rut": [f"{number + 10_000_000}-5" for number in range(rows)],
        }
    )
    half = rows // 2
    table = pa.concat_tables([table.slice(0, half), table.slice(half)])
    columns = tuple(Column(name, kind, {}) for name, kind in kinds.items())
    return Result("people", {}, "rows", columns, table)


def test_a_result_is_masked_by_the_kinds_of_its_columns() -> None:
    result = people(4)
    masked = mask(result.table, Policy().find_masks(result.columns))
    assert masked.column("customer_id") == result.table.column("customer_id")
    assert masked.slice(3).to_pylist() == [
        {
            "customer_id": "00000003",
            "name": "Ana R.",
            "email": "a***@mail.cl",
            "phone": "+56 9 *** 003",
            "rut": "**.***.***-5",
        }
    ]


def test_columns_that_are_null_throughout_stay_null() -> None:
    table = pa.table({"name": pa.nulls(2)})
    result = Result("people", {}, "rows", (Column("name", ColumnKind.NAME, {}),), table)
    assert mask(result.table, Policy().find_masks(result.columns)).column("name").to_pylist() == [None, None]
