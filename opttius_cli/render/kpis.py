"""Key figures: each with its previous value and how much it changed, and the sums of columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.answer_parts import KPI_PATH, TOTAL_ROW, find_changes
from opttius_cli.i18n import N_, n_, pick_number, translate_into_all
from opttius_cli.result import ADDITIVE_KINDS, DIFFERENCE_KINDS, AnswerPart, Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, Result

_GROWTH_SUFFIX, _PREVIOUS_PREFIX, _TOTAL_PREFIX = "_growth_pct", "previous_", "total_"
KPI_PATHS = (KPI_PATH, ("summary",), ())
"""The paths of an answer's key figures; those at its top level have none."""
_ROWS_PATH = ("rows",)


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure, with its previous value and its change if they are known.

    The change is in percent, but for percentages and days it is the ``is_difference`` from the previous value.
    """

    title: str
    column: Column
    value: Any
    previous: Any = None
    growth: Any = None
    is_difference: bool = False


def collect_headline(answer: Answer, language: str) -> list[Kpi]:
    """Return the figures that an answer opens with: its key figures, or the number of rows and totals of its list."""
    parts = [part for part in answer.parts if part.path in KPI_PATHS and part.result.shape == "record"]
    if parts:
        return collect_kpis(parts, language, find_changes(answer))
    lists = [part.result for part in answer.parts if part.path == _ROWS_PATH and not part.result.absent]
    return [kpi for result in lists for kpi in _collect_totals(result, language)]


def has_total_row(result: Result) -> bool:
    """Return whether the last row of a list is about all rows above it."""
    return bool(len(result.table)) and result.table.column(0)[-1].as_py() == TOTAL_ROW


def collect_kpis(
    parts: Sequence[AnswerPart], language: str, changes: Mapping[str, tuple[Any, Any]] | None = None
) -> list[Kpi]:
    """Return the figures of the records ``parts``, each with its change.

    Names decide what belongs together: ``previous_X`` and ``X_growth_pct`` belong to ``X`` or ``total_X``.
    ``changes`` are the previous value and the change of the other figures.
    """
    values_by_name: dict[str, tuple[str, Column, Any]] = {}
    for part in parts:
        rows = [] if part.result.absent else part.result.table.slice(0, 1).to_pylist()
        row: Mapping[str, Any] = rows[0] if rows else {}
        title = part.result.titles.get(language, "")
        for name, column in zip(part.result.table.column_names, part.result.columns, strict=True):
            values_by_name[column.name] = (title, column, row.get(name))
    comparison_names = {name for name in values_by_name if _find_base(name, values_by_name)}
    return [
        _build_kpi(name, values_by_name, changes or {})
        for name in values_by_name
        if name not in comparison_names
    ]


def _build_kpi(
    name: str, values_by_name: Mapping[str, tuple[str, Column, Any]], changes: Mapping[str, tuple[Any, Any]]
) -> Kpi:
    title, column, value = values_by_name[name]
    previous = _get_value(values_by_name, _PREVIOUS_PREFIX + name.removeprefix(_TOTAL_PREFIX))
    growth = _get_value(values_by_name, name.removeprefix(_TOTAL_PREFIX) + _GROWTH_SUFFIX)
    if previous is None and growth is None and name in changes:
        return Kpi(title, column, value, *changes[name], is_difference=column.kind in DIFFERENCE_KINDS)
    return Kpi(title, column, value, previous, growth)


def _find_base(name: str, values_by_name: Mapping[str, Any]) -> str | None:
    stem = None
    if name.startswith(_PREVIOUS_PREFIX):
        stem = name.removeprefix(_PREVIOUS_PREFIX)
    elif name.endswith(_GROWTH_SUFFIX):
        stem = name.removesuffix(_GROWTH_SUFFIX)
    return next((base for base in (stem, f"{_TOTAL_PREFIX}{stem}") if stem and base in values_by_name), None)


def _get_value(values_by_name: Mapping[str, tuple[str, Column, Any]], name: str) -> Any:
    return values_by_name[name][2] if name in values_by_name else None


def _collect_totals(result: Result, language: str) -> list[Kpi]:
    """Return the last row of a list if it is the total, else the number of rows and the totals of what adds up."""
    if has_total_row(result):
        last = result.table.slice(len(result.table) - 1).select(range(1, len(result.columns)))
        total = replace(result, shape="record", columns=result.columns[1:], table=last)
        return [kpi for kpi in collect_kpis([AnswerPart((), total)], language) if kpi.value is not None]
    title = result.titles.get(language, "")
    count = Column("rows", ColumnKind.COUNT, translate_into_all(N_("Rows")))
    totals = (
        Kpi(title, column, compute_total(result.table.column(index).to_pylist(), column.kind))
        for index, column in enumerate(result.columns)
        if column.is_additive
    )
    return [Kpi(title, count, len(result.table)), *totals]


def describe_change(kpi: Kpi, formatter: CellFormatter) -> str:
    """Return how much a figure changed, with an arrow: ``▲ 8 %``, ``▼ 3 points``, ``=``; nothing if unknown."""
    if kpi.growth is None:
        return ""
    arrow, size = get_growth_arrow(kpi.growth), abs(kpi.growth)
    if not size:
        return arrow
    if not kpi.is_difference:
        return f"{arrow} {formatter.format_value(size, ColumnKind.PERCENT)}"
    if kpi.column.kind is ColumnKind.DAYS:
        number = formatter.format_value(size, ColumnKind.DAYS)
        return f"{arrow} " + n_("{number} day", "{number} days", pick_number(size), number=number)
    number = formatter.format_value(size, ColumnKind.NUMBER)
    return f"{arrow} " + n_("{number} point", "{number} points", pick_number(size), number=number)


def get_growth_arrow(growth: Any) -> str:
    """Return an arrow up or down, or ``=`` for no change."""
    if growth is None or growth == 0:
        return "="
    return "▲" if growth > 0 else "▼"


def compute_total(values: Sequence[Any], kind: ColumnKind) -> Any:
    """Return the sum of a column if its kind can be added up, else None."""
    if kind not in ADDITIVE_KINDS:
        return None
    return compute_sum(values)


def compute_sum(values: Sequence[Any]) -> Decimal:
    """Return the exact sum of the values that are not null."""
    # Convert a float by its text, because its exact binary value has a long tail of digits.
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))
