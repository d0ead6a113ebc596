"""What the cells of a part prove of its columns: which mark divides decimals, and whether days or months come first.

A column is read by what all its cells prove together. A few odd cells among many do not outvote them; where both
sides are proved, nothing is, and only cells that show by themselves what they mean are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Kind
from opttius_cli.i18n import _, n_
from opttius_cli.sql import fetch_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.snapshot.casting import RowCaster

_OUTVOTED = 20
"""How many times as many cells must show one thing as another, for the other to be a slip."""
_NUMBERS = (Kind.MONEY, Kind.NUMBER)
_DATES = (Kind.INSTANT, Kind.DATE)


@dataclass(frozen=True, slots=True)
class Note:
    """How a column (None: the part) was read where its cells did not say it; ``cells`` are what that was about."""

    column: str | None
    how: str
    cells: int


@dataclass(frozen=True, slots=True)
class ColumnNotation:
    """The decimal mark (“,”, “.” or nothing) and the leading part of dates, by column."""

    marks: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[Note] = ()

    def get_mark(self, column: str) -> str:
        """Return the mark that divides the decimals of ``column``; empty when its cells do not prove it."""
        return self.marks.get(column, "")

    def get_lead(self, column: str) -> str:
        """Return what leads in the dates of ``column``: day, month, or nothing when its cells prove both."""
        return self.leads.get(column, "day")


UNKNOWN_NOTATION = ColumnNotation()


def store_notes(con: duckdb.DuckDBPyConnection, table: str, origin: str, notes: Sequence[Note]) -> None:
    """Keep in ``meta.readings`` how a part of ``table`` was read."""
    for note in notes:
        con.execute(
            "INSERT INTO meta.readings VALUES (?, ?, ?, ?, ?)",
            [table, origin, note.column, note.how, note.cells],
        )


def read_notes(con: duckdb.DuckDBPyConnection) -> list[tuple[str, Note]]:
    """Return what is kept in ``meta.readings``: the file or sheet, and the note."""
    rows = con.execute(
        "SELECT origin, column_name, reading, cells FROM meta.readings ORDER BY ALL"
    ).fetchall()
    return [(origin, Note(column, how, cells)) for origin, column, how, cells in rows]


def infer_notation(
    con: duckdb.DuckDBPyConnection, caster: RowCaster, doubtful: str, *, partly: bool
) -> ColumnNotation:
    """Return what the cells of a part prove.

    ``doubtful`` is the table of the cells of rows that need care; ``partly`` says that there are other rows.
    Cells that need no care are looked at only where one of the others is in doubt: they never hold a date in
    another order, and few parts hold a number that could be two.
    """
    names = caster.list_text_columns(*_NUMBERS)
    forms = _count_forms(con, f"SELECT * FROM {doubtful}", names)
    if partly and any(three for _comma, _point, three in forms.values()):
        forms = _count_forms(con, caster.select_cells(), names)
    marks = {name: _find_winner({",": comma, ".": point}) for name, (comma, point, _three) in forms.items()}
    dates = caster.notation if caster.notation.leads else infer_leads(con, caster, doubtful)
    return replace(dates, marks=marks)


def infer_leads(con: duckdb.DuckDBPyConnection, caster: RowCaster, cells: str) -> ColumnNotation:
    """Return what the dates among ``cells``, a table or a query, prove: whether days or months come first."""
    orders = _count_orders(con, cells, caster.list_text_columns(*_DATES))
    leads = {
        name: _find_winner({"day": days, "month": months}) for name, (days, months, _e, _s) in orders.items()
    }
    usual = _find_usual_lead(orders)
    notes = []
    for name, (days, months, either, short) in orders.items():
        if not days and not months:
            leads[name] = usual or "day"
        if either and not usual and not days and not months:
            notes.append(Note(name, "day_first", either))
        elif leads[name] == "month" and days + months + either:
            notes.append(Note(name, "month_first", months + either))
        if short:
            notes.append(Note(name, "two_digit_years", short))
    return ColumnNotation(leads=leads, notes=notes)


def _find_winner(counts: Mapping[str, int]) -> str:
    """Return what is shown by far more often than the other; nothing when neither is, or none at all."""
    (item, ones), (other, others) = counts.items()
    if ones > _OUTVOTED * others:
        return item
    return other if others > _OUTVOTED * ones else ""


def _find_usual_lead(orders: Mapping[str, tuple[int, int, int, int]]) -> str:
    """Return what the dates of all columns of the part prove together."""
    days = sum(counts[0] for counts in orders.values())
    months = sum(counts[1] for counts in orders.values())
    return _find_winner({"day": days, "month": months})


def _count_forms(
    con: duckdb.DuckDBPyConnection, cells: str, names: Sequence[str]
) -> dict[str, tuple[int, int, int]]:
    """Count the cells of each column with a decimal comma, a decimal point, or one mark before 3 digits."""
    if not names:
        return {}
    forms = ", ".join(f"form_of_number(cell_{name}) AS form_{name}" for name in names)
    counts = ", ".join(
        f"count(*) FILTER (form_{name} = '{form}')" for name in names for form in (",", ".", "three")
    )
    result = fetch_first(con.execute(f"SELECT {counts} FROM (SELECT {forms} FROM ({cells}))")) or ()
    return {
        name: (result[at], result[at + 1], result[at + 2])
        for name, at in zip(names, range(0, len(result), 3), strict=True)
    }


def _count_orders(
    con: duckdb.DuckDBPyConnection, cells: str, names: Sequence[str]
) -> dict[str, tuple[int, int, int, int]]:
    """Count the dates of each column that begin with a day, with a month, with either; and short years."""
    if not names:
        return {}
    parts = ", ".join(f"date_parts(cell_{name}) AS parts_{name}" for name in names)
    orders = ", ".join(f"order_of_date(parts_{name}) AS order_{name}, parts_{name}" for name in names)
    counts = ", ".join(
        f"count(*) FILTER (order_{name} = 'day'), count(*) FILTER (order_{name} = 'month'), "
        f"count(*) FILTER (order_{name} = 'either'), count(*) FILTER (length(parts_{name}.year) = 2)"
        for name in names
    )
    result = (
        fetch_first(con.execute(f"SELECT {counts} FROM (SELECT {orders} FROM (SELECT {parts} FROM {cells}))"))
        or ()
    )
    return {
        name: (result[at], result[at + 1], result[at + 2], result[at + 3])
        for name, at in zip(names, range(0, len(result), 4), strict=True)
    }


def describe_note(origin: str, note: Note) -> str:
    """Return the sentence about how a column was read where its cells did not say it."""
    place = f"{origin}:{note.column}" if note.column else origin
    match note.how:
        case "day_first":
            return _(
                "Note: {place}: dates such as 3/4/2026 were read with the day first; no cell proves otherwise.",
                place=place,
            )
        case "month_first":
            return _("Note: {place}: dates were read with the month first, as its cells prove.", place=place)
        case "two_digit_years":
            return _("Note: {place}: years of two digits were read as 20xx.", place=place)
        case "repeated_keys":
            return n_(
                "Note: {place}: {count} row repeats a key; the last value counts.",
                "Note: {place}: {count} rows repeat a key; the last value counts.",
                note.cells,
                place=place,
            )
        case _:
            return n_(
                "Note: {place}: {count} byte is not UTF-8; it was read as Windows-1252.",
                "Note: {place}: {count} bytes are not UTF-8; they were read as Windows-1252.",
                note.cells,
                place=place,
            )
