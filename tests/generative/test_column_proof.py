"""Numbers and dates as people and programs write them: each cell is read right, or told; never as another value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.orders_file import COLUMNS, order_cells, read_orders, uid

HEADER = ";".join(COLUMNS)
THOUSANDS = {",": ".", ".": ","}


def write_orders(cells: list[tuple[str, str]]) -> bytes:
    """A file of orders with these amounts and dates."""
    lines = [
        ";".join(f'"{cell}"' for cell in order_cells(number, total=total, created=created))
        for number, (total, created) in enumerate(cells)
    ]
    return "\n".join([HEADER, *lines, ""]).encode()


@dataclass(frozen=True)
class Amounts:
    """How a program writes amounts: its decimal mark, how it groups, what stands around, how it says minus."""

    mark: str
    group: str
    places: int
    around: str
    minus: str

    def write(self, amount: Decimal) -> str:
        """The amount as text."""
        whole, _, cents = f"{abs(amount):.2f}".partition(".")
        if self.group:
            parts = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)]
            whole = {"mark": THOUSANDS[self.mark], "space": " ", "thin": "\u202f", "high": "'"}[
                self.group
            ].join(parts[::-1])
        text = whole + (self.mark + cents if self.places else "")
        text = self.around.format(text)
        return self.minus.format(text) if amount < 0 else text


@st.composite
def amount_styles(draw: st.DrawFn) -> Amounts:
    return Amounts(
        draw(st.sampled_from([",", "."])),
        draw(st.sampled_from(["", "mark", "mark", "mark", "space", "thin", "high"])),
        draw(st.sampled_from([0, 0, 2])),
        draw(st.sampled_from(["{}", "{}", "$ {}", "${}", "{} CLP", "CLP {}", " {} ", "\u00a0{}", "{}.-"])),
        draw(st.sampled_from(["-{}", "({})", "−{}", "- {}"])),
    )


@fuzz(60)
@given(data=st.data(), style=amount_styles())
def test_amounts(data: st.DataObject, style: Amounts) -> None:
    whole = st.integers(-2_000_000, 9_999_999) | st.integers(1000, 999_999)
    amounts = [
        Decimal(value) + (Decimal(cents) / 100 if style.places else 0)
        for value, cents in data.draw(st.lists(st.tuples(whole, st.integers(0, 99)), min_size=1, max_size=8))
    ]
    written = [style.write(amount) for amount in amounts]
    odd = data.draw(st.sampled_from(["", "1.5", "12,5", "x", "1.234.567", "N/A", "7"]))
    result = read_orders(write_orders([(cell, "2026-01-02") for cell in [*written, *([odd] if odd else [])]]))
    read = {row[0]: row[6] for row in result.rows}
    notes = {line for line, column, _reason in result.rejects if column == "total_amount"}
    for number, amount in enumerate(amounts):
        if read.get(uid(number)) is None:
            assert number + 2 in notes
        else:
            assert Decimal(str(read[uid(number)])) == amount, written[number]
    # A column that proves its mark, and holds nothing that says otherwise, is read whole.
    proved = style.group != "mark" or any(abs(amount) >= 1_000_000 for amount in amounts) or style.places
    if proved and odd in {"", "x", "N/A", "7"}:
        assert len(result.rows) == len(amounts) + (odd in {"7", "N/A"})


DATES = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@dataclass(frozen=True)
class Dates:
    """How a program writes dates."""

    first: str
    between: str
    short: bool
    padded: bool
    time: str

    def write(self, day: date) -> str:
        """The date as text."""
        width = 2 if self.padded else 1
        item, two = (day.day, day.month) if self.first == "day" else (day.month, day.day)
        year = f"{day.year % 100:02}" if self.short else f"{day.year}"
        return self.between.join([f"{item:0{width}}", f"{two:0{width}}", year]) + self.time


@st.composite
def date_styles(draw: st.DrawFn) -> Dates:
    return Dates(
        draw(st.sampled_from(["day", "month"])),
        draw(st.sampled_from(["-", "/", "."])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from(["", " 0:00", " 00:00:00", " 12:00 AM", " 12:00:00 a. m."])),
    )


@fuzz(60)
@given(style=date_styles(), days=st.lists(DATES, min_size=1, max_size=8))
def test_dates(style: Dates, days: list[date]) -> None:
    result = read_orders(write_orders([("1", style.write(day)) for day in days]))
    read = result.column("created_at")
    proved = any(day.day > 12 for day in days)
    message = {reading for column, reading in result.readings if column == "created_at"}
    if proved or style.first == "day":
        assert read == [f"{day} 00:00:00+00" for day in days]
    else:
        assert read == [f"{day.year}-{day.day:02}-{day.month:02} 00:00:00+00" for day in days]
    assert ("day_first" in message) == (not proved and any(day.day != day.month for day in days))
    assert ("month_first" in message) == (proved and style.first == "month")
    assert ("two_digit_years" in message) == style.short
    assert result.rejects == []


@fuzz(20)
@given(first=st.sampled_from(["day", "month"]), start=DATES)
def test_one_odd_date_among_many_costs_itself(first: str, start: date) -> None:
    style, other = (
        Dates(lead, "/", short=False, padded=True, time="")
        for lead in (first, "day" if first == "month" else "month")
    )
    days = [start + timedelta(days=at) for at in range(60)]
    odd = next(day for day in days if day.day > 12)
    result = read_orders(write_orders([("1", style.write(day)) for day in days] + [("1", other.write(odd))]))
    assert result.column("created_at") == [f"{day} 00:00:00+00" for day in days]
    assert result.refused == {62}


@fuzz(20)
@given(days=st.lists(DATES, min_size=3, max_size=12, unique=True))
def test_dates_in_both_orders_are_read_only_where_they_show_theirs(days: list[date]) -> None:
    styles = [
        Dates(("day", "month")[at % 2], "/", short=False, padded=True, time="") for at in range(len(days))
    ]
    result = read_orders(
        write_orders([("1", style.write(day)) for style, day in zip(styles, days, strict=True)])
    )
    shown = {styles[at].first for at, day in enumerate(days) if day.day > 12}
    if shown == {"day", "month"}:
        certain = [day for day in days if day.day > 12 or day.day == day.month]
        assert result.column("created_at") == [f"{day} 00:00:00+00" for day in certain]
        assert len(result.refused) == len(days) - len(certain)
