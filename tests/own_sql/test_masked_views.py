"""Whatever form a question has, it reads masked values; the plain ones have no name there."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.errors import NotAllowedError
from opttius_cli.privacy.policy import DEFAULT_POLICY
from own_sql.conftest import ANONYMOUS, Analyst, open_analyst
from own_sql.forms import FORMS, PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def decode(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What rows say, read as they are, backwards, letter by letter, by codes, and out of hexadecimal and base64."""
    text = str(rows).lower()
    yield text
    yield text[::-1]
    yield re.sub(r"[\s,'\[\]\"]", "", text)
    yield "".join(chr(int(code)) for code in re.findall(r"\d+", text) if 31 < int(code) < 127).lower()
    hexadecimal = re.findall(r"\b[0-9a-f]{12,}\b", text)
    yield " ".join(
        bytes.fromhex(value[: len(value) // 2 * 2]).decode("latin-1") for value in hexadecimal
    ).lower()
    encoded = re.findall(r"[A-Za-z0-9+/]{12,}={0,2}", str(rows))
    yield " ".join(
        base64.b64decode(value[: len(value) // 4 * 4]).decode("latin-1") for value in encoded
    ).lower()


def find_secrets(rows: list[dict[str, Any]], secrets: frozenset[str]) -> set[str]:
    """The values of people that rows show in any form."""
    texts = list(decode(rows[:40]))
    return {secret for secret in secrets if any(secret in text for text in texts)}


def test_no_form_shows_a_person(analyst: Analyst, secrets: frozenset[str]) -> None:
    refused = []
    for sql in FORMS:
        try:
            rows = analyst.ask(sql)
        except InvalidSqlError as error:
            refused.append(sql)
            rows = [{"why": str(error)}]
        assert not find_secrets(rows, secrets), sql
    # A form that is refused shows nothing, but says nothing about masks either.
    assert len(refused) <= 3, refused


def test_the_search_finds_people(shop: Path, secrets: frozenset[str]) -> None:
    """The tests above are not blind: shown whole, people are found in every form."""
    with open_analyst(shop, replace(DEFAULT_POLICY, mode="revealed")) as revealed:
        for sql in (
            "SELECT email FROM customers",
            "SELECT reverse(rut) FROM customers",
            "SELECT list_transform(range(1, 40), lambda i: ascii(substr(email, i, 1))) AS codes FROM customers",
            "SELECT to_base64(encode(email)), hex(rut) FROM customers",
        ):
            assert find_secrets(revealed.ask(sql), secrets)


def test_nothing_else_has_a_name(analyst: Analyst) -> None:
    for sql in PATHS:
        with pytest.raises((NotAllowedError, InvalidSqlError)):
            raise AssertionError((sql, analyst.ask(sql)))


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT * FROM custmers", "there is no table custmers. The nearest: customers"),
        ("SELEC 1", "syntax error"),
        ("SELECT $x", "there is no parameter \\$x"),
        ("SELECT 170141183460469231731687303715884105727 AS n", "fails on a value"),
        ("SELECT CAST('Ana' AS INTEGER)", "fails on a value"),
    ],
)
def test_what_is_wrong_is_said(analyst: Analyst, sql: str, sentence: str) -> None:
    with pytest.raises((InvalidSqlError, NotAllowedError), match=sentence) as raised:
        analyst.ask(sql)
    assert "Ana" not in str(raised.value)


def test_deep_nesting_ends_in_an_answer_or_a_sentence(analyst: Analyst) -> None:
    deep = f"SELECT {'(' * 900}1{')' * 900} AS n"
    try:
        rows = analyst.ask(deep)
    except InvalidSqlError:
        # Nested too deep for the parser; the process goes on.
        rows = analyst.ask("SELECT 1 AS n")
    assert rows == [{"n": 1}]


def test_what_is_too_deep_is_not_the_fault_of_the_snapshot(analyst: Analyst) -> None:
    tables = ", ".join(f"customers AS c{number}" for number in range(400))
    with pytest.raises(NotAllowedError, match="nested too deeply"):
        analyst.ask(f"SELECT 1 FROM {tables}")


def test_a_shared_view_is_there_when_it_is_named(shop: Path) -> None:
    """In any order, alone or with others, in a session that has made others before."""
    names = ("app_figures", "scope_rows", "branch_comparison", "purchases", "stock_levels")
    with open_analyst(shop) as one:
        one_by_one = [one.ask(f"SELECT count(*) AS n FROM {name}") for name in names]
        with pytest.raises(NotAllowedError):
            one.ask("WITH attributed_orders AS (SELECT 1) SELECT * FROM attributed_orders")
    with open_analyst(shop) as all_at_once:
        counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in reversed(names))
        (row,) = all_at_once.ask(f"SELECT {counts}")
        assert [[{"n": row[name]}] for name in names] == one_by_one
        assert row["purchases"] > row["scope_rows"] > 0
    with open_analyst(shop) as macros:
        assert macros.ask(
            "SELECT money_per(10.0::DECIMAL(18, 2), 4) AS n, work_order_stage('ready') AS stage"
        )


def test_masks_are_those_of_the_reports(analyst: Analyst) -> None:
    own = analyst.ask("SELECT id, name, email, phone, rut, last_name FROM customers ORDER BY id")
    table = analyst.session.engine.run_query(
        "SELECT id, customer_name(first_name, last_name) AS name, email, phone, rut FROM customers ORDER BY id",
        {},
        masks={"name": "mask_name", "email": "mask_email", "phone": "mask_phone", "rut": "mask_rut"},
    )
    assert [
        {key: value for key, value in row.items() if key != "last_name"} for row in own
    ] == table.to_pylist()
    assert all(re.fullmatch(r"\S\.( \S\.)*|\*{3}", row["last_name"]) for row in own if row["last_name"])


def test_a_cte_may_have_the_name_of_a_table(analyst: Analyst) -> None:
    sql = (
        "WITH customers AS (SELECT * FROM customers WHERE is_active), "
        "orders AS (SELECT id FROM customers) SELECT count(*) AS n FROM orders"
    )
    active = analyst.ask("SELECT count(*) AS n FROM customers WHERE is_active")
    assert analyst.ask(sql) == active
    assert analyst.ask("SELECT count(*) AS n FROM customers") != active


def test_the_order_of_a_question_stays(analyst: Analyst) -> None:
    rows = analyst.ask("SELECT total_amount FROM orders ORDER BY total_amount DESC NULLS LAST, id")
    amounts = [row["total_amount"] for row in rows if row["total_amount"] is not None]
    assert amounts == sorted(amounts, reverse=True)
    assert len(amounts) > 1000


def test_equal_values_can_be_compared(analyst: Analyst, shop: Path) -> None:
    """The smallest id among those who share a value, worked out in Python from the plain values."""
    with open_analyst(shop, replace(DEFAULT_POLICY, mode="revealed")) as revealed:
        plain = revealed.ask("SELECT id, email, phone, rut FROM customers")
        orders = revealed.ask("SELECT id, email FROM orders")
    shared = {row["id"]: row for row in analyst.ask("SELECT * FROM customers")}
    for column, normalize in (("email", email_key), ("phone", phone_key), ("rut", rut_key)):
        first: dict[str, str] = {}
        for row in sorted(plain, key=lambda row: row["id"]):
            if key := normalize(row[column]):
                first.setdefault(key, row["id"])
        expected = {row["id"]: first.get(normalize(row[column])) for row in plain}
        assert {name: row[f"same_{column}_as"] for name, row in shared.items()} == expected
        if column == "email":
            asked = {row["id"]: row for row in analyst.ask("SELECT id, same_email_as FROM orders")}
            assert {name: row["same_email_as"] for name, row in asked.items()} == {
                row["id"]: first.get(email_key(row["email"])) for row in orders
            }
    assert any(name != row["same_email_as"] for name, row in shared.items() if row["same_email_as"])


def email_key(email: str | None) -> str:
    """An email as it is compared; nothing for an address that stands for nobody."""
    key = (email or "").strip(" ").lower()
    return "" if key.endswith("@pos.local") else key


def phone_key(phone: str | None) -> str:
    """A phone by its digits, a Chilean mobile number without its country."""
    digits = re.sub("[^0-9]", "", phone or "")
    return digits[2:] if re.fullmatch("569[0-9]{8}", digits) else digits


def rut_key(rut: str | None) -> str:
    """A RUT without its marks; nothing for one of a single repeated digit."""
    key = re.sub(r"[.\s\-\u2010-\u2015\u2212]", "", rut or "").upper().lstrip("0")
    return key if len(set(key[:-1])) > 1 else ""


def test_people_and_ids_have_pseudonyms(shop: Path, secrets: frozenset[str]) -> None:
    with open_analyst(shop, ANONYMOUS) as anonymous:
        for sql in (
            "SELECT * FROM customers",
            "SELECT c FROM customers AS c",
            "SELECT email, sii_rut FROM orders",
        ):
            rows = anonymous.ask(sql)
            assert not find_secrets(rows, secrets), sql
            assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", str(rows[:40])), sql
        joined = anonymous.ask(
            "SELECT count(*) AS n FROM purchases INNER JOIN customers ON customers.id = purchases.customer_id"
        )
        segments = anonymous.ask(
            "SELECT sum(purchases) AS n FROM customer_segments_at($as_of_local, $as_of_date) "
            "SEMI JOIN customers ON customers.id = customer_id"
        )
    with open_analyst(shop) as masked:
        expected = masked.ask("SELECT count(*) AS n FROM purchases WHERE customer_id IS NOT NULL")
    assert joined == expected
    assert segments == expected


def test_no_key_and_no_tag_can_be_read(analyst: Analyst) -> None:
    for column in ("tags", "email_key", "tenant"):
        with pytest.raises(InvalidSqlError, match=column):
            analyst.ask(f"SELECT {column} FROM customers")


def test_texts_that_people_typed_are_searched(shop: Path, tmp_path: Path) -> None:
    """An email in the name of a product is masked before a question can turn it round."""
    copy = tmp_path / "typed.duckdb"
    shutil.copy(shop, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute("UPDATE raw.products SET name = 'Lente de ana.rojas@mail.cl, tel 912345678'")
    with open_analyst(copy) as analyst:
        assert {row["x"] for row in analyst.ask("SELECT reverse(name) AS x FROM products")} == {
            "Lente de a***@mail.cl, tel +56 9 *** 678"[::-1]
        }
