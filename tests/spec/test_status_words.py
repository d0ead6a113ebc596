"""Words of statuses: those that the catalog declares are the ones that the SQL counts, and all others are findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from opttius_cli.catalog.status_words import STATUS_WORDS, propose_code
from spec.harness import run, uuid, write_export

if TYPE_CHECKING:
    from pathlib import Path


def list_findings(folder: Path, *names: str) -> dict[tuple[str, str], tuple[str, int, list[str]]]:
    """The findings of these names: severity, count and examples."""
    rows = json.loads(run(folder, "check").stdout)["rows"]
    return {
        (row["finding"], row["table_name"]): (row["severity"], row["count"], row["examples"])
        for row in rows
        if row["finding"] in names
    }


@pytest.mark.parametrize(("table", "column"), STATUS_WORDS)
def test_every_code_of_the_catalog_is_counted_and_no_other_word(table: str, column: str) -> None:
    codes = [*STATUS_WORDS[table, column], "strange"]
    lines = "".join(f"x{number} | {code}\n" for number, code in enumerate(codes))
    folder = write_export(f"{table}\nid | {column}\n{lines}")
    finding = "unknown_status" if column == "status" else "unknown_payment_status"
    example = uuid(f"x{len(codes) - 1}") if column == "status" else "strange"
    assert list_findings(folder, "unknown_status", "unknown_payment_status") == {
        (finding, table): ("warning", 1, [example])
    }


@pytest.mark.parametrize(("table", "column"), STATUS_WORDS)
def test_a_spanish_word_stands_for_one_code(table: str, column: str) -> None:
    for code, words in STATUS_WORDS[table, column].items():
        for word in (code, *words):
            assert propose_code(table, column, word.upper()) == code, word


def test_that_no_order_is_paid_is_a_finding_with_the_words_that_there_are() -> None:
    orders = "orders\nid | payment_status\no1 | Pagado\no2 | pagado\no3 | pending\no4 |\n"
    assert list_findings(write_export(orders), "nothing_paid", "unknown_payment_status") == {
        ("nothing_paid", "orders"): ("error", 4, ["pagado", "pending"]),
        ("unknown_payment_status", "orders"): ("warning", 3, ["pagado"]),
    }
    rows = json.loads(run(write_export(orders), "check", "--rows", "nothing_paid").stdout)["rows"]
    assert {row["id"]: row["status"] for row in rows} == {
        uuid("o1"): "pagado", uuid("o2"): "pagado", uuid("o3"): "pending", uuid("o4"): None
    }  # fmt: skip


@pytest.mark.parametrize("words", [("paid", "pagado"), ()])
def test_one_paid_order_is_enough_and_without_orders_nothing_is_amiss(words: tuple[str, ...]) -> None:
    lines = "".join(f"o{number} | {word}\n" for number, word in enumerate(words))
    folder = write_export(f"orders\nid | payment_status\n{lines}")
    assert list_findings(folder, "nothing_paid") == {}


def test_the_settings_name_words_for_paid() -> None:
    folder = write_export(
        "orders\nid | payment_status\no1 | Pagado\n", config='[metrics]\npaid_statuses = ["pagado"]\n'
    )
    assert list_findings(folder, "nothing_paid", "unknown_payment_status") == {}
