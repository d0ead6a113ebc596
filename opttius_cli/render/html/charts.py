"""Charts of the page: a static drawing for paper and for readers without scripts, and an interactive one.

Without the extra ``html`` a chart is a few rectangles, and nothing is interactive.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from opttius_cli.i18n import n_
from opttius_cli.installation import extras
from opttius_cli.render.chart_model import build_alt_text
from opttius_cli.render.html import assets, vega
from opttius_cli.render.html.elements import html_element, json_script, text_element
from opttius_cli.render.html.plain_charts import draw_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.chart_model import Chart


def is_interactive() -> bool:
    """Return whether the library that draws interactive charts is installed."""
    return extras.is_installed("vl_convert")


def render_figure(chart: Chart, element_id: str, formatter: CellFormatter, *, wide: bool) -> str:
    """Render the figure element of a chart, with its static drawing and its alternative text."""
    if is_interactive():
        svg = vega.render_svg(vega.build_spec(chart, formatter.locale), formatter.locale, wide=wide)
        live = html_element("div", class_="live", aria_hidden="true")
    else:
        svg, live = draw_plain(chart), ""
    still = html_element("div", svg, class_="still", aria_hidden="true")
    picture = html_element("div", still, live, role="img", aria_label=build_alt_text(chart, formatter))
    return html_element("figure", picture, *_render_caption(chart), id=element_id)


def _render_caption(chart: Chart) -> list[str]:
    """Say how many rows are not drawn."""
    if not chart.omitted_rows:
        return []
    return [
        text_element(
            "figcaption",
            n_(
                "{count} more row is in the table.",
                "{count} more rows are in the table.",
                chart.omitted_rows,
            ),
        )
    ]


def render_specs(charts: Mapping[str, Chart], formatter: CellFormatter) -> str:
    """Return, as an element of JSON, what the page's script draws; and the element in which it tells a point."""
    formats = {
        "number": vega.get_number_locale(formatter.locale),
        "time": vega.get_time_locale(formatter.locale),
    }
    specs = {name: vega.build_spec(chart, formatter.locale) for name, chart in charts.items()}
    data = json_script({"formats": formats, "specs": specs})
    return f'<div id="tip"></div>\n<script type="application/json" id="charts">{data}</script>'


def load_scripts() -> list[str]:
    """Return the scripts that draw: Vega's, and the page's own."""
    return [assets.escape_script(vega.load_vega_script()), assets.read_asset("charts.js")]


def render_key(chart: Chart, current: str, previous: str) -> str:
    """Say which line is which, in the words of the two windows, beside what it looks like."""
    if not chart.previous_points:
        return ""
    return html_element(
        "p",
        f'<span class="now" aria-hidden="true"></span>{escape(current)}',
        f'<span class="then" aria-hidden="true"></span>{escape(previous)}',
        class_="key",
    )
