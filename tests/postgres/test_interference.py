"""Rows outside the scope change no byte of what a live database answers either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generative.datasets import UNREADABLE, Dataset, datasets, inside, write_dataset
from generative.fuzz import fuzz
from generative.test_interference import answers
from hypothesis import given

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from postgres.server import Server


@fuzz(1)
@given(dataset=datasets())
def test_deleting_rows_outside_the_scope_changes_no_byte(server: Server, dataset: Dataset) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORDS[READER])
        whole, part = (
            server.database(write_dataset(_storable(rows))).address
            for rows in (dataset.tables, inside(dataset))
        )
        assert answers(whole, dataset) == answers(part, dataset)


def _storable(tables: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The rows without the cells of an export that no database would hold."""
    return {
        name: [{column: "" if cell == UNREADABLE else cell for column, cell in row.items()} for row in rows]
        for name, rows in tables.items()
    }
