"""Values as people read them, and as machines do."""

from __future__ import annotations

import sys
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opttius_cli import i18n
from opttius_cli.render.cell_formatter import CellFormatter, escape_control_chars
from opttius_cli.render.machine_text import EXCEL_ES, format_values
from opttius_cli.result import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ES, EN = CellFormatter("es", "CLP"), CellFormatter("en", "CLP")
BIG = Decimal("123456789012345678901234567890.125")


@pytest.fixture(autouse=True)
def _english_sentences() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


@pytest.mark.parametrize(
    ("value", "kind", "es", "en"),
    [
        (Decimal("1234567.50"), ColumnKind.MONEY, "$1.234.568", "CLP\u00a01,234,568"),
        (Decimal("-1234567.49"), ColumnKind.MONEY, "$-1.234.567", "-CLP\u00a01,234,567"),
        (Decimal("-0.40"), ColumnKind.MONEY, "$0", "CLP\u00a00"),
        (0, ColumnKind.MONEY, "$0", "CLP\u00a00"),
        (BIG, ColumnKind.MONEY, "$123.456.789.012.345.678.901.234.567.890",
         "CLP\u00a0123,456,789,012,345,678,901,234,567,890"),
        (Decimal("12.50"), ColumnKind.PERCENT, "12,5%", "12.5%"),
        (Decimal("-33.27"), ColumnKind.PERCENT, "-33,27%", "-33.27%"),
        (Decimal("4.7"), ColumnKind.DAYS, "4,7", "4.7"),
        (Decimal(4), ColumnKind.DAYS, "4,0", "4.0"),
        (12345, ColumnKind.COUNT, "12.345", "12,345"),
        (Decimal("3.000"), ColumnKind.NUMBER, "3", "3"),
        (Decimal("-2.250"), ColumnKind.NUMBER, "-2,25", "-2.25"),
        (12345, ColumnKind.ID, "12345", "12345"),
        (0.1, ColumnKind.NUMBER, "0,1", "0.1"),
        (float("nan"), ColumnKind.NUMBER, "—", "—"),
        (date(2026, 11, 2), ColumnKind.DATE, "02-11-2026", "Nov 2, 2026"),
        (datetime(2026, 11, 2, 15, 4, 59, tzinfo=UTC), ColumnKind.DATE, "02-11-2026 15:04", "Nov 2, 2026 15:04"),
        (True, ColumnKind.FLAG, "Yes", "Yes"),
        (["a", "b\n"], ColumnKind.LIST, "a, b⏎", "a, b⏎"),
        ([], ColumnKind.LIST, "—", "—"),
        ("", ColumnKind.TEXT, "", ""),
        (None, ColumnKind.MONEY, "—", "—"),
    ],
)  # fmt: skip
def test_texts_for_people(value: Any, kind: ColumnKind, es: str, en: str) -> None:
    assert ES.format_value(value, kind) == es
    assert EN.format_value(value, kind) == en


@pytest.mark.parametrize(
    ("currency", "es", "en"),
    [
        ("USD", "US$1.234,50", "$1,234.50"),
        ("ARS", "ARS\u00a01.234,50", "ARS\u00a01,234.50"),
        ("JPY", "JPY\u00a01.235", "¥1,235"),
        ("\x1b]0;x", "1.234,50\u00a0␛]0;x", "1,234.50\u00a0␛]0;x"),
    ],
)
def test_money_of_other_currencies(currency: str, es: str, en: str) -> None:
    assert ES.format_money(Decimal("1234.50"), currency) == es
    assert EN.format_money(Decimal("1234.50"), currency) == en


def test_codes_are_shown_in_words() -> None:
    column = Column("segment", ColumnKind.TEXT, {}, vocabulary={"es": {"vip": "muy bueno"}})
    assert ES.format_column(column, ["vip", "otro", None, "vip"]) == ["muy bueno", "otro", "—", "muy bueno"]
    assert EN.format_cell(column, "vip") == "vip"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("línea\r\nlínea\nlínea\u2028", "línea⏎línea⏎línea⏎"),
        ("a\tb", "a⇥b"),
        ("\x1b[31m\x07\x00", "␛[31m␇␀"),
        ("\x9b31m\x7f", "�31m␡"),
        ("\u202eabc\u2069\u200b\ufeff", "�abc���"),
        ("Ñandú 👓 李", "Ñandú 👓 李"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    assert escape_control_chars(text) == shown


def test_no_character_that_acts_is_left() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert {unicodedata.category(sign) for sign in escape_control_chars(every)}.isdisjoint(
        {"Cc", "Cf", "Zl", "Zp", "Cs"}
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**30), max_value=10**30))
def test_money_keeps_every_digit(value: Decimal) -> None:
    written = CellFormatter("es", "USD").format_money(value)
    negative = "-" in written
    assert Decimal(written.replace("US$", "").replace(".", "").replace(",", ".")) == value
    assert negative == (value < 0)


CANONICAL = [
    (pa.array([Decimal("1234.00"), Decimal("-0.50"), None, BIG], pa.decimal256(50, 3)), ColumnKind.MONEY,
     ["1234", "-0.5", None, "123456789012345678901234567890.13"]),
    (pa.array([Decimal("1.005"), Decimal("-1.005")], pa.decimal128(38, 3)), ColumnKind.MONEY, ["1.01", "-1.01"]),
    (pa.array([Decimal("0.25"), Decimal("-0.04")], pa.decimal128(38, 2)), ColumnKind.DAYS, ["0.3", "0"]),
    (pa.array([100, 10**15], pa.int64()), ColumnKind.COUNT, ["100", "1000000000000000"]),
    (pa.array([100.0, -33.27, -0.0, float("nan"), float("inf")]), ColumnKind.PERCENT,
     ["100", "-33.27", "0", None, None]),
    (pa.array([True, False, None]), ColumnKind.FLAG, ["true", "false", None]),
    (pa.array([date(2026, 9, 6), None]), ColumnKind.DATE, ["2026-09-06", None]),
    (pa.array([datetime(2026, 9, 6, 1, 2, 3)], pa.timestamp("us")), ColumnKind.DATE, ["2026-09-06T01:02:03"]),
    (pa.array([["a", "b"], [], None], pa.list_(pa.string())), ColumnKind.LIST, ["a, b", "", None]),
    (pa.array(["x", None], pa.large_string()), ColumnKind.TEXT, ["x", None]),
    (pa.nulls(1), ColumnKind.TEXT, [None]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "kind", "expected"), CANONICAL)
def test_texts_for_machines(values: pa.Array, kind: ColumnKind, expected: list[str | None]) -> None:
    assert format_values(values, kind).to_pylist() == expected


def test_texts_for_spanish_excel() -> None:
    money = pa.array([Decimal("-1234.50")], pa.decimal128(38, 2))
    assert format_values(money, ColumnKind.MONEY, EXCEL_ES).to_pylist() == ["-1234,5"]
    assert format_values(pa.array([date(2026, 9, 6)]), ColumnKind.DATE, EXCEL_ES).to_pylist() == [
        "06-09-2026"
    ]
    assert format_values(pa.array([True, False]), ColumnKind.FLAG, EXCEL_ES).to_pylist() == [
        "VERDADERO",
        "FALSO",
    ]
    moment = pa.array([datetime(2026, 9, 6, 1, 2, 3)], pa.timestamp("us"))
    assert format_values(moment, ColumnKind.DATE, EXCEL_ES).to_pylist() == ["06-09-2026 01:02:03"]
