"""What must not change a byte: rows outside the scope, the order of rows, and the files they lie in."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from spec.harness import new_folder, run, uuid, write_table

from generative.datasets import Dataset, Row, datasets, inside, write_dataset
from generative.fuzz import fuzz

if TYPE_CHECKING:
    from pathlib import Path


REJECTS = re.compile(r'"rejects": \[.*?\n  \],', re.DOTALL)
COMPARING = (("drivers",), ("segments", "--movement"), ("export", "movement", "-o", "-"))
"""Commands that compare two windows."""
SNAPSHOT = re.compile(r'"snapshot": \{[^}]*\}')


def answers(folder: Path | str, dataset: Dataset) -> list[str]:
    """The bytes of the commands that a scope can be given, `snapshot` aside, which is in each."""
    customers = sorted({row["id"] for row in inside(dataset)["customers"]})
    commands = [
        ("dashboard", *dataset.window),
        ("export", "segments", "-o", "-"),
        ("customers",),
        ("segments", *dataset.window),
        ("export", "sales", "-o", "-", *dataset.window),
        ("export", "work-orders", "-o", "-", *dataset.window),
        ("check",),
        *((*command, *dataset.window) for command in COMPARING if dataset.compare != "none"),
        *(("explain", key, *dataset.window) for key in ("total_revenue", "customers_active")),
        *((("reconcile",),) if dataset.scope[::2] == ("--branch",) else ()),
        *(("customer", uuid(customer)) for customer in customers[:1]),
    ]
    outputs = [run(folder, *command, *dataset.options) for command in commands]
    assert {ran.code for ran in outputs} == {0}, "".join(ran.stderr for ran in outputs)
    return [SNAPSHOT.sub("", ran.stdout) for ran in outputs]


@fuzz(3)
@given(dataset=datasets())
def test_deleting_rows_outside_the_scope_changes_no_byte(dataset: Dataset) -> None:
    whole, part = write_dataset(dataset.tables), write_dataset(inside(dataset))
    assert _without_places(answers(whole, dataset)) == _without_places(answers(part, dataset))


@fuzz(3)
@given(dataset=datasets(), seed=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_their_files_change_a_byte(dataset: Dataset, seed: int) -> None:
    whole, parts = write_dataset(dataset.tables), new_folder()
    for table, rows in dataset.tables.items():
        for file, some in deal(table, rows, seed).items():
            write_table(parts / file, table, some)
    assert _without_places(answers(whole, dataset)) == _without_places(answers(parts, dataset))


def _without_places(texts: list[str]) -> list[str]:
    """Leave out what names a file and a line of it: only that may differ."""
    return [REJECTS.sub("", text) for text in texts]


def deal(table: str, rows: list[Row], seed: int) -> dict[str, list[Row]]:
    """Shuffle a table; orders and customers go into two files."""
    mixed = random.Random(seed).sample(rows, len(rows))
    if table not in {"orders", "customers"}:
        return {f"{table}.csv": mixed}
    half = len(mixed) // 2
    return {f"{table}-2025.csv": mixed[:half], f"{table}-2026.csv": mixed[half:]}
