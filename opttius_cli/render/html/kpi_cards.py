"""Single figures as cards of the page: the figure, its change, and its previous value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _
from opttius_cli.render.html.elements import html_element, text_element
from opttius_cli.render.kpis import describe_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.kpis import Kpi
    from opttius_cli.result import Column

_MIN_GROUP_SIZE = 3
"""Sections with at least this many figures get rows of their own."""


def render_cards(kpis: Sequence[Kpi], formatter: CellFormatter) -> str:
    """Render a card for every figure, at most five in a row; small sections share a row and name each card."""
    groups = [(title, list(group)) for title, group in groupby(kpis, key=lambda kpi: kpi.title)]
    if len(groups) == 1:
        return html_element("dl", *(_render_card(kpi, formatter) for kpi in kpis), class_="cards")
    large = [
        text_element("h3", title)
        + html_element("dl", *(_render_card(kpi, formatter) for kpi in group), class_="cards")
        for title, group in groups
        if len(group) >= _MIN_GROUP_SIZE
    ]
    rest = [
        _render_card(kpi, formatter, title)
        for title, group in groups
        if len(group) < _MIN_GROUP_SIZE
        for kpi in group
    ]
    heading = text_element("h3", _("Also")) if large and rest else ""
    return "\n".join([*large, *([heading + html_element("dl", *rest, class_="cards")] if rest else [])])


def _render_card(kpi: Kpi, formatter: CellFormatter, section: str = "") -> str:
    label = formatter.get_label(kpi.column)
    name = f"{section} · {label}" if not label.startswith(section) else label
    return html_element("div", *render_figure(kpi, formatter, name), class_="card")


def get_change_class(change: Any, column: Column) -> str | None:
    """Return the class of a change: ``up`` for the better, ``down`` for the worse; None where it is neither."""
    if not change:
        return None
    return "up" if (change > 0) is not column.lower_is_better else "down"


def render_figure(kpi: Kpi, formatter: CellFormatter, name: str) -> Iterator[str]:
    """Yield the terms of a figure: its name, its value, its change with an arrow, and its previous value."""
    yield text_element("dt", name, title=kpi.column.meanings.get(formatter.language))
    yield text_element("dd", formatter.format_cell(kpi.column, kpi.value), class_="value")
    change = describe_change(kpi, formatter)
    before = (
        ""
        if kpi.previous is None
        else _("before {value}", value=formatter.format_value(kpi.previous, kpi.column.kind))
    )
    if change or before:
        direction = get_change_class(kpi.growth, kpi.column)
        yield html_element(
            "dd",
            text_element("span", change, class_=direction) if change else "",
            text_element("span", before, class_="before") if before else "",
            class_="change",
        )
