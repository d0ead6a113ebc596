"""What must not change a byte: rows outside the scope, the order of rows, and the files they lie in."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from spec.harness import new_folder, run, uuid, write_table

from generative.fuzz import fuzz
from generative.worlds import Row, World, inside, worlds, write_world

if TYPE_CHECKING:
    from pathlib import Path


SNAPSHOT = re.compile(r'"snapshot": \{[^}]*\}')


def answers(folder: Path | str, world: World) -> list[str]:
    """The bytes of the commands that a scope can be given, `snapshot` aside, which is in each."""
    customers = sorted({row["id"] for row in inside(world)["customers"]})
    commands = [
        ("dashboard", *world.window),
        ("export", "segments", "-o", "-"),
        ("customers",),
        ("segments", *world.window),
        ("export", "sales", "-o", "-", *world.window),
        ("export", "work-orders", "-o", "-", *world.window),
        ("check",),
        *(("customer", uuid(customer)) for customer in customers[:1]),
    ]
    found = [run(folder, *command, *world.options) for command in commands]
    assert {ran.code for ran in found[:7]} == {0}, "".join(ran.stderr for ran in found)
    return [SNAPSHOT.sub("", ran.stdout) for ran in found]


@fuzz(3)
@given(world=worlds())
def test_deleting_what_lies_outside_the_scope_changes_no_byte(world: World) -> None:
    whole, part = write_world(world.tables), write_world(inside(world))
    assert answers(whole, world) == answers(part, world)


@fuzz(3)
@given(world=worlds(), seed=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_their_files_change_a_byte(world: World, seed: int) -> None:
    whole, parts = write_world(world.tables), new_folder()
    for table, rows in world.tables.items():
        for file, some in _dealt(table, rows, seed).items():
            write_table(parts / file, table, some)
    assert answers(whole, world) == answers(parts, world)


def _dealt(table: str, rows: list[Row], seed: int) -> dict[str, list[Row]]:
    """Shuffle a table; orders and customers go into two files."""
    mixed = random.Random(seed).sample(rows, len(rows))
    if table not in {"orders", "customers"}:
        return {f"{table}.csv": mixed}
    half = len(mixed) // 2
    return {f"{table}-2025.csv": mixed[:half], f"{table}-2026.csv": mixed[half:]}
