"""One section of the page: a chart or its table, by a switch; or a table; or a list of figures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.render import data_quality_notes
from opttius_cli.render.chart_model import build_finding
from opttius_cli.render.html import charts, tables
from opttius_cli.render.html.elements import html_element, text_element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.chart_model import Chart
    from opttius_cli.result import AnswerPart, Result

_MAX_SHARED_LINE_COLUMNS = 4
"""Up to this many columns, a table may share a line with another one."""


def render_section(
    part: AnswerPart, index: int, chart: Chart | None, remarks: Sequence[Result], formatter: CellFormatter
) -> Iterator[str]:
    """Yield the section of one part of an answer; its heading is ``h`` and its index.

    ``remarks`` are records of one value that say something about it.
    """
    result, heading_id = part.result, f"h{index}"
    title = formatter.get_title(result)
    yield "<section>"
    yield text_element("h2", title, id=heading_id)
    if result.absent:
        yield text_element("p", data_quality_notes.explain_absence(result), class_="nothing")
    elif not len(result.table):
        yield text_element("p", _("Nothing to show: no row matches the request."), class_="nothing")
    elif result.shape == "record":
        yield tables.render_record(result, heading_id, formatter)
    elif chart:
        drawn = charts.render_figure(chart, f"chart{index}", formatter, wide=is_wide(part, chart))
        listed = "".join(tables.render_rows(result, heading_id, f"t{index}", formatter))
        yield from render_toggle(drawn, listed, title)
        if finding := build_finding(chart, formatter):
            yield text_element("p", finding, class_="nothing")
    else:
        yield from tables.render_rows(result, heading_id, f"t{index}", formatter)
    for remark in remarks:
        column, value = remark.columns[0], remark.table.column(0)[0].as_py()
        text = f"{formatter.get_label(column)}: {formatter.format_cell(column, value)}"
        yield text_element("p", text, class_="nothing")
    yield "</section>"


def render_toggle(drawn: str, listed: str, title: str) -> Iterator[str]:
    """Yield a chart and its table, of which one is shown. The switch needs no script."""
    words = escape(_("Table"))
    label = html_element(
        "label",
        '<input type="checkbox" class="toggle">',
        words,
        text_element("span", f": {title}", class_="hidden"),
    )
    yield html_element("div", label, class_="switch")
    yield html_element("div", drawn, class_="as-chart")
    yield html_element("div", listed, class_="as-table")


def is_wide(part: AnswerPart, chart: Chart | None) -> bool:
    """Return whether a section takes the full width; the others share it."""
    if chart is not None and part.result.shape != "rows":
        return False
    return part.result.shape != "record" and len(part.result.columns) > _MAX_SHARED_LINE_COLUMNS
