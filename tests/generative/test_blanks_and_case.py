"""What programs put around a cell, and how they write a code or no value, changes nothing of what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.orders_file import BRANCH, COLUMNS, read_orders, uid

if TYPE_CHECKING:
    from collections.abc import Callable

AROUND = ("{}", " {}", "{}   ", "\u00a0{}\u00a0", "\t{}", "{}_x000D_", "\u200b{}", "{}\ufeff", "\u3000{}")
NOTHING = ("", "NULL", "null", "(null)", "None", "N/A", "n/a", "nan", "NaN", "-", "\\N", " - ", "\u00a0NULL ")
CASES: tuple[Callable[[str], str], ...] = (str, str.upper, str.title)


@fuzz(60)
@given(data=st.data(), sep=st.sampled_from([",", ";", "|"]))
def test_a_cell_means_what_stands_in_it(data: st.DataObject, sep: str) -> None:
    numbers = range(1, data.draw(st.integers(2, 6)))
    around = st.sampled_from(AROUND)
    lines, expected = [sep.join(COLUMNS)], []
    for number in numbers:
        status, paid = (
            data.draw(st.sampled_from(words))
            for words in (("delivered", "cancelled"), ("paid", "on_hold_payment"))
        )
        customer = data.draw(st.sampled_from([uid(7), None]))
        email = data.draw(st.sampled_from(["José@b.cl", "ña", None]))
        updated = data.draw(st.sampled_from(["2026-02-03 00:00:00+00", None]))
        cells = (
            uid(number),
            BRANCH,
            customer,
            email,
            status,
            paid,
            "1000.50",
            "2026-01-02 03:04:05+00",
            updated,
        )
        written = []
        for name, cell in zip(COLUMNS, cells, strict=True):
            text = data.draw(st.sampled_from(NOTHING)) if cell is None else data.draw(around).format(cell)
            written.append(
                data.draw(st.sampled_from(CASES))(text) if "status" in name and "_x" not in text else text
            )
        lines.append(sep.join(written))
        expected.append(cells)
    result = read_orders("\n".join([*lines, ""]).encode())
    assert result.rejects == []
    assert result.rows == expected
