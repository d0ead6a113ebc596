"""Say how far a load is, in the numbers of the reader's country."""

from __future__ import annotations

from opttius_cli.i18n import _, get_locale
from opttius_cli.render.cell_formatter import build_formatter_for_currency
from opttius_cli.result import ColumnKind


def describe_progress(table: str, rows: int, speed: float) -> str:
    """Say how many rows of a table have arrived, and how many a second."""
    numbers = build_formatter_for_currency(get_locale(), "")
    return _(
        "Loading {table}: {rows} rows, {speed} a second",
        table=table,
        rows=numbers.format_value(rows, ColumnKind.COUNT),
        speed=numbers.format_value(round(speed), ColumnKind.COUNT),
    )
