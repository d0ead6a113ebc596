"""What an answer says first, in sentences: how revenue changed, and which branch fell most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.answer_parts import BRANCHES_REPORT, list_unfilled
from opttius_cli.i18n import _
from opttius_cli.render.kpis import collect_headline, describe_change
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.kpis import Kpi
    from opttius_cli.result import Answer

_REVENUE = "total_revenue"


def describe_finding(answer: Answer, formatter: CellFormatter) -> list[str]:
    """Return at most three sentences; none when the answer has no revenue."""
    kpis = collect_headline(answer, formatter.language)
    revenue = next((kpi for kpi in kpis if kpi.column.name == _REVENUE), None)
    if revenue is None or revenue.value is None:
        return []
    sentences = [_describe_revenue(revenue, formatter)]
    if worst := _find_worst_branch(answer):
        name, growth = worst
        change = formatter.format_value(abs(growth), ColumnKind.PERCENT)
        sentences.append(_("{branch} fell most: {change}.", branch=name, change=change))
    if revenue.growth is not None and list_unfilled(answer):
        sentences.append(_("The change compares with days without data, so it means little."))
    return sentences


def _describe_revenue(revenue: Kpi, formatter: CellFormatter) -> str:
    value = formatter.format_cell(revenue.column, revenue.value)
    if revenue.growth is None:
        return _("Revenue was {value}.", value=value)
    if not revenue.growth:
        return _("Revenue stayed the same: {value}.", value=value)
    change = describe_change(revenue, formatter).split(" ", 1)[1]
    if revenue.growth > 0:
        return _("Revenue rose {change}, to {value}.", change=change, value=value)
    return _("Revenue fell {change}, to {value}.", change=change, value=value)


def _find_worst_branch(answer: Answer) -> tuple[str, Any] | None:
    """Return the branch whose revenue fell most and by how many percent; None where none fell."""
    rows = [
        row
        for part in answer.parts
        if part.result.name == BRANCHES_REPORT and not part.result.absent
        for row in part.result.table.to_pylist()
    ]
    # The row of all branches together is the last one.
    fallen = [
        (row["revenue_growth_pct"], row["branch"])
        for row in rows[:-1]
        if row.get("branch") and (row.get("revenue_growth_pct") or 0) < 0
    ]
    if not fallen:
        return None
    growth, code = min(fallen)
    names = {branch.code: branch.name for branch in answer.header.scope.branches}
    return names.get(code) or code, growth
