"""Single figures as cards of the page: the figure, its growth, and its previous value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.render.html.elements import html_element, text_element
from opttius_cli.render.kpis import Kpi, collect_kpis, get_growth_arrow
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import AnswerPart

_MIN_GROUP_SIZE = 3
"""Sections with at least this many figures get a row of their own."""


def render_cards(parts: Sequence[AnswerPart], formatter: CellFormatter) -> str:
    """Render a card for every figure of ``parts``; small sections share a row and name each card."""
    kpis = collect_kpis(parts, formatter.language)
    groups = [(title, list(group)) for title, group in groupby(kpis, key=lambda kpi: kpi.title)]
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
    return "\n".join([*large, *([html_element("dl", *rest, class_="cards rest")] if rest else [])])


def _render_card(kpi: Kpi, formatter: CellFormatter, section: str = "") -> str:
    label = formatter.get_label(kpi.column)
    meaning = kpi.column.meanings.get(formatter.language)
    has_comparison = kpi.growth is not None or kpi.previous is not None
    return html_element(
        "div",
        text_element("dt", f"{section} · {label}" if section not in {"", label} else label, title=meaning),
        text_element("dd", formatter.format_cell(kpi.column, kpi.value), class_="value"),
        *_render_comparison(kpi, formatter),
        class_="card compared" if has_comparison else "card",
    )


def _render_comparison(kpi: Kpi, formatter: CellFormatter) -> list[str]:
    """Return growth and previous value; a sign and an arrow show the direction without colour."""
    lines = []
    if kpi.growth is not None:
        direction = "up" if kpi.growth > 0 else "down" if kpi.growth < 0 else None
        plus = "+" if kpi.growth > 0 else ""
        growth = (
            f"{get_growth_arrow(kpi.growth)} {plus}{formatter.format_value(kpi.growth, ColumnKind.PERCENT)}"
        )
        lines.append(text_element("dd", growth, class_=direction))
    if kpi.previous is not None:
        before = _("before {value}", value=formatter.format_value(kpi.previous, kpi.column.kind))
        lines.append(text_element("dd", before, class_="before"))
    return lines
