"""What a page begins with: the finding in words, and the main figure with its line against the previous one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.render.answer_header import format_window
from opttius_cli.render.headline.finding import describe_finding
from opttius_cli.render.html import charts, kpi_cards, tables
from opttius_cli.render.html.elements import html_element, text_element
from opttius_cli.render.html.sections import render_toggle
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.chart_model import Chart
    from opttius_cli.render.kpis import Kpi
    from opttius_cli.result import Answer


def render_finding(answer: Answer, formatter: CellFormatter) -> str:
    """Render the finding as the paragraph that a reader begins with."""
    sentences = describe_finding(answer, formatter)
    return text_element("p", " ".join(sentences), class_="finding") if sentences else ""


def find_main_trend(answer: Answer, charts_by_index: Mapping[int, Chart]) -> int | None:
    """Return the index of the part whose line belongs to the main figure: money over time."""
    trends = (
        index
        for index, chart in charts_by_index.items()
        if chart.is_dated and chart.value_column.kind is ColumnKind.MONEY
    )
    return next(trends, None) if answer.header.period else None


def render_hero(
    answer: Answer, kpi: Kpi, index: int | None, chart: Chart | None, formatter: CellFormatter
) -> str:
    """Render the main figure with its change, and beside it the line that it is the sum of."""
    label = formatter.get_label(kpi.column)
    figure = html_element(
        "dl", html_element("div", *kpi_cards.render_figure(kpi, formatter, label)), class_="main"
    )
    heading = text_element("h2", label, id="main", class_="hidden")
    if index is None or chart is None:
        return html_element("section", heading, figure, class_="hero")
    header = answer.header
    key = ""
    if header.period and header.previous:
        windows = (format_window(header.period.window, formatter), format_window(header.previous, formatter))
        key = charts.render_key(chart, windows[0], _("before: {dates}", dates=windows[1]))
    result = answer.parts[index].result
    drawn = charts.render_figure(chart, f"chart{index}", formatter, wide=True) + key
    listed: Sequence[str] = list(tables.render_rows(result, "main", f"t{index}", formatter))
    trend = html_element("div", *render_toggle(drawn, "".join(listed), chart.title), class_="trend")
    return html_element("section", heading, figure, trend, class_="hero")
