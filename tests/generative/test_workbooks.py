"""However a program writes the XML of a workbook, the same rows are read, or what is lost is told row by row."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.orders_file import BRANCH, COLUMNS, OrdersRead, Row, read_part, uid
from generative.sheet_xml import PART_DAMAGES, PARTS, Cell, SheetXml, damage_part
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.snapshot.source_protocol import NO_RESULT, LoadContext
from opttius_cli.sources.workbook import Workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMS = ("shared", "inline", "runs", "result")
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAMAGED_AMOUNTS = {
    '<c r="{place}"><f>SUM(1,2)</f></c>': NO_RESULT,
    '<c r="{place}"><f>SUM(1,2)</f><v></v></c>': NO_RESULT,
    '<c r="{place}" t="e"><v>#N/A</v></c>': "unreadable",
    '<c r="{place}" t="inlineStr"><is><t>por ver</t></is></c>': "unreadable",
    '<c r="{place}" t="inlineStr"><is><t>12.990</t></is></c>': "number_in_doubt",
}


def read_workbook(content: bytes) -> OrdersRead:
    """Read the orders of a workbook."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "orders.xlsx"
        path.write_bytes(content)
        (part,) = Workbook(path).open_parts(LoadContext(path.parent, stack))["orders"]
        return read_part(part)


@dataclass(frozen=True)
class Orders:
    """Orders on a sheet: ``lines`` are cells by row number, the header among them, in the order of the XML."""

    is_1904: bool
    order: Sequence[int]
    forms: Sequence[str]
    lines: Sequence[tuple[int, Sequence[Cell]]]
    rows: Mapping[int, Row]

    def write(self, damage: Mapping[int, str] | None = None, *, lost_texts: int = 0) -> bytes:
        """The workbook, with these cells in place of the amounts of some rows."""
        sheet = SheetXml(self.is_1904)
        lines = []
        for number, cells in self.lines:
            written = []
            for at, column in enumerate(self.order[: len(cells)]):
                place, name = f"{chr(65 + at)}{number}", COLUMNS[column]
                if name == "total_amount" and number in (damage or {}):
                    written.append((damage or {})[number].format(place=place))
                elif column < len(cells):
                    form = self.forms[(at + number) % len(self.forms)]
                    written.append(sheet.cell(place, cells[column], form))
            lines.append((number, "".join(written)))
        return sheet.write(lines, lost_texts=lost_texts)


@st.composite
def sheets_of_orders(draw: st.DrawFn) -> Orders:
    number = draw(st.integers(1, 3))
    lines: list[tuple[int, Sequence[Cell]]] = [(number, COLUMNS)]
    rows: dict[int, Row] = {}
    for key in range(1, draw(st.integers(2, 7))):
        number += draw(st.integers(1, 3))
        cents = draw(st.integers(0, 99_999_999))
        total = f"{cents // 100}.{cents % 100:02}"
        created = START + timedelta(seconds=draw(st.integers(0, 300 * 86_400)))
        email = draw(st.sampled_from(["a@b.cl", "Ñandú & <hijos>@b.cl", None]))
        status = draw(st.sampled_from(["delivered", " Delivered ", "DELIVERED\u00a0"]))
        amount: Cell = cents / 100 if draw(st.booleans()) else total
        moment: Cell = created if draw(st.booleans()) else created.isoformat(" ")
        lines.append((number, (uid(key), BRANCH, uid(7), email, status, "paid", amount, moment, None)))
        moment_read = f"{created:%Y-%m-%d %H:%M:%S}+00"
        rows[number] = (uid(key), BRANCH, uid(7), email, "delivered", "paid", total, moment_read, None)
    return Orders(
        draw(st.booleans()),
        draw(st.permutations(range(len(COLUMNS)))),
        draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=4)),
        draw(st.permutations(lines)) if draw(st.booleans()) else lines,
        rows,
    )


@fuzz(50)
@given(orders=sheets_of_orders(), data=st.data())
def test_the_same_rows_however_a_sheet_is_written(orders: Orders, data: st.DataObject) -> None:
    result = read_workbook(orders.write())
    assert result.rows == list(orders.rows.values())
    assert result.rejects == []
    # A damaged amount costs its own row, and is told with the number of that row.
    number = data.draw(st.sampled_from(sorted(orders.rows)))
    damage, reason = data.draw(st.sampled_from(sorted(DAMAGED_AMOUNTS.items())))
    result = read_workbook(orders.write({number: damage}))
    assert result.rows == [row for at, row in orders.rows.items() if at != number]
    assert result.refused == {number}
    assert {why for _line, _column, why in result.rejects} == {reason}


@fuzz(10)
@given(orders=sheets_of_orders(), data=st.data())
def test_a_row_number_that_comes_twice_is_told_and_never_guessed(orders: Orders, data: st.DataObject) -> None:
    number, cells = data.draw(st.sampled_from([line for line in orders.lines if line[0] in orders.rows]))
    lines = [*orders.lines, (number, cells)]
    result = read_workbook(Orders(orders.is_1904, orders.order, orders.forms, lines, orders.rows).write())
    assert result.rows == [row for at, row in orders.rows.items() if at != number]
    assert result.refused == {number}


@fuzz(10)
@given(orders=sheets_of_orders(), lost=st.integers(1, 3))
def test_a_workbook_without_its_shared_texts_is_refused_with_a_sentence(orders: Orders, lost: int) -> None:
    shared = Orders(orders.is_1904, orders.order, ["shared"], orders.lines, orders.rows)
    with pytest.raises(UnreadableFileError, match="damaged workbook"):
        read_workbook(shared.write(lost_texts=lost))


@fuzz(80)
@given(
    orders=sheets_of_orders(),
    part=st.sampled_from(PARTS),
    damage=st.sampled_from(sorted(PART_DAMAGES)),
    at=st.integers(0, 5_000),
)
def test_a_damaged_part_is_a_sentence_or_costs_rows_that_are_told(
    orders: Orders, part: str, damage: str, at: int
) -> None:
    content = damage_part(orders.write(), part, damage, at)
    try:
        result = read_workbook(content)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - any outcome but these two is a failure
        return
    if damage in {"a bit", "entities"} or part in {"workbook.xml", "styles.xml"}:
        # These may make another workbook of it, which is whole.
        return
    assert [row for row in result.rows if row not in orders.rows.values()] == []
    assert len(result.rows) + len(result.refused) >= len(orders.rows)
