"""What is wrong with a user's SQL is said in one sentence of the session's language: what, where, the nearest names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli import i18n
from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.engines.own_sql.explain_fault import explain_fault, find_line

if TYPE_CHECKING:
    from own_sql.conftest import Analyst

FAULTS = [
    ("SELECT branch\nFROM orders", "line 1: there is no column branch. The nearest: branch_id"),
    ("SELECT\n  -- totl\n  o.totl\nFROM orders o", "line 3: there is no column o.totl. The nearest: "),
    (
        "SELECT id FROM orders o JOIN customers c ON c.id = o.customer_id",
        "several tables. Type one of o.id, c.id",
    ),
    ("SELECT summ(1)", "there is no function summ. The nearest: sum"),
    ("SELECT 1\nFROM custmers", "line 2: there is no table custmers. The nearest: customers"),
    ("SELECT x.id FROM customers c", "there is no table x in its FROM. The nearest: c"),
    ("SELECT id, count(*) FROM orders", "id is neither in GROUP BY nor in an aggregate"),
    ("SELECT sum(status) FROM orders", "sum(VARCHAR) does not exist for these types"),
    ("SELECT id -- años\nFROM orders\nWERE id = '1'", "line 3: syntax error at “id”"),
]


@pytest.mark.parametrize(("sql", "sentence"), FAULTS, ids=[sentence for _sql, sentence in FAULTS])
def test_a_fault_is_one_sentence(analyst: Analyst, sql: str, sentence: str) -> None:
    with pytest.raises(InvalidSqlError) as raised:
        analyst.ask(sql)
    assert str(raised.value).startswith("The SQL cannot be run: ")
    assert sentence in str(raised.value)
    assert str(raised.value).endswith(" Type opttius sql to see the tables and columns.")


def test_a_message_of_the_engine_is_in_the_language_of_the_session() -> None:
    message = 'Binder Error: Referenced column "branch" not found in FROM clause!\nCandidate bindings: "branch_id"\n'
    for language, sentence in (
        ("es", "no hay ninguna columna branch. Lo más parecido: branch_id."),
        ("en", "there is no column branch. The nearest: branch_id."),
    ):
        i18n.set_language(language)
        assert str(explain_fault(message)) == sentence


def test_another_message_is_quoted_as_the_engine_s() -> None:
    i18n.set_language("es")
    error = explain_fault("Binder Error: WHERE clause cannot contain aggregates!\n\nLINE 1: SELECT")
    assert str(error) == "DuckDB dice: WHERE clause cannot contain aggregates!"
    i18n.set_language("en")


def test_lines_of_names_outside_comments_and_longer_names() -> None:
    sql = "SELECT total_amount, -- total\n  subtotal,\n  total\nFROM orders"
    assert find_line(sql, "total") == 3
    assert find_line(sql, "nothing") is None
    assert find_line("SELECT total", "total") is None
