"""The forecast and the reference model agree on every key; nor do the order of rows and other branches change it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import differences, misplaced_keys
from oracle.model import read_expected, read_forecast
from spec.harness import new_folder, run, write_table

from generative.datasets import Dataset, write_dataset
from generative.forecast_data import TODAY, forecast_worlds
from generative.fuzz import fuzz
from generative.test_agreement import ask, request
from generative.test_interference import SNAPSHOT, deal
from generative.worklist_data import worklist_worlds

if TYPE_CHECKING:
    from pathlib import Path

LISTS = (
    ("worklist",),
    ("forecast",),
    ("export", "forecast", "-o", "-"),
    ("cohorts",),
    ("export", "repurchase", "-o", "-"),
)


def answers(folder: Path, dataset: Dataset) -> list[str]:
    """The bytes of the commands of this file."""
    outputs = [run(folder, *command, *dataset.options) for command in LISTS]
    assert {ran.code for ran in outputs} == {0}, "".join(ran.stderr for ran in outputs)
    return [SNAPSHOT.sub("", ran.stdout) for ran in outputs]


@fuzz(3)
@given(dataset=st.one_of(forecast_worlds(), worklist_worlds()))
def test_the_forecast_agrees(*, dataset: Dataset) -> None:
    folder = write_dataset(dataset.tables)
    expected: Any = read_forecast(folder, request(dataset))
    got = ask(folder, "forecast", *dataset.options)
    # What was left out is compared for every report elsewhere.
    del expected["data_quality"], got["data_quality"]
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []
    listed = ask(folder, "export", "forecast", "-o", "-", *dataset.options)["rows"]
    customers = read_expected(folder, request(dataset))
    names = ("purchase_dates", "expected_purchases_12m", "probability_12m_pct", "expected_spent_12m")
    assert (
        differences(customers, {row["customer_id"]: {name: row[name] for name in names} for row in listed})
        == []
    )
    order = [(-(row["expected_spent_12m"] or 0), row["customer_id"]) for row in listed]
    assert order == sorted(order)


@fuzz(2)
@given(dataset=forecast_worlds(), seed=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_another_branch_changes_a_byte(*, dataset: Dataset, seed: int) -> None:
    whole, parts = write_dataset(dataset.tables), new_folder()
    for table, rows in dataset.tables.items():
        for file, some in deal(table, rows, seed).items():
            write_table(parts / file, table, some)
    told = answers(whole, dataset)
    assert told == answers(parts, dataset)
    if dataset.scope != ("--branch", "b1"):
        return
    dice = random.Random(seed)
    stranger = {"id": "stranger", "branch_id": "b2"}
    bought = [
        {
            "id": f"s{number}",
            "customer_id": "stranger",
            "branch_id": "b2",
            "total_amount": "777777",
            "payment_status": "paid",
            "created_at": f"{TODAY - timedelta(dice.randrange(900))} 15:00:00+00",
        }
        for number in range(6)
    ]
    tables = dataset.tables | {
        "customers": [*dataset.tables["customers"], stranger],
        "orders": [*dataset.tables["orders"], *bought],
    }
    assert told == answers(write_dataset(tables), dataset)
