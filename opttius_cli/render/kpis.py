"""Key figures: each with its previous value and its growth, and the sums of columns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.result import ADDITIVE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.result import AnswerPart, Column, ColumnKind

_GROWTH_SUFFIX, _PREVIOUS_PREFIX, _TOTAL_PREFIX = "_growth_pct", "previous_", "total_"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure, with its previous value and growth if the report has them."""

    title: str
    column: Column
    value: Any
    previous: Any = None
    growth: Any = None


def collect_kpis(parts: Sequence[AnswerPart], language: str) -> list[Kpi]:
    """Return the figures of the records ``parts``, each with its growth.

    Names decide what belongs together: ``previous_X`` and ``X_growth_pct`` belong to ``X`` or ``total_X``.
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
        Kpi(
            title,
            column,
            value,
            _get_value(values_by_name, _PREVIOUS_PREFIX + name.removeprefix(_TOTAL_PREFIX)),
            _get_value(values_by_name, name.removeprefix(_TOTAL_PREFIX) + _GROWTH_SUFFIX),
        )
        for name, (title, column, value) in values_by_name.items()
        if name not in comparison_names
    ]


def _find_base(name: str, values_by_name: Mapping[str, Any]) -> str | None:
    stem = None
    if name.startswith(_PREVIOUS_PREFIX):
        stem = name.removeprefix(_PREVIOUS_PREFIX)
    elif name.endswith(_GROWTH_SUFFIX):
        stem = name.removesuffix(_GROWTH_SUFFIX)
    return next((base for base in (stem, f"{_TOTAL_PREFIX}{stem}") if stem and base in values_by_name), None)


def _get_value(values_by_name: Mapping[str, tuple[str, Column, Any]], name: str) -> Any:
    return values_by_name[name][2] if name in values_by_name else None


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
