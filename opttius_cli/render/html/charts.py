"""Charts of the page: a static drawing for paper and for readers without scripts, and an interactive one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.render.chart_model import build_alt_text
from opttius_cli.render.html import assets, vega
from opttius_cli.render.html.elements import html_element, json_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.chart_model import Chart


def render_figure(chart: Chart, element_id: str, formatter: CellFormatter, *, wide: bool) -> str:
    """Render the figure element of a chart, with its static drawing and its alternative text."""
    svg = vega.render_svg(vega.build_spec(chart, formatter.locale), formatter.locale, wide=wide)
    return html_element(
        "figure",
        html_element("div", svg, class_="still"),
        html_element("div", class_="live"),
        id=element_id,
        role="img",
        aria_label=build_alt_text(chart, formatter),
    )


def render_specs(charts: Mapping[str, Chart], formatter: CellFormatter) -> str:
    """Return, as JSON, what the page's script draws."""
    formats = {
        "number": vega.get_number_locale(formatter.locale),
        "time": vega.get_time_locale(formatter.locale),
    }
    specs = {name: vega.build_spec(chart, formatter.locale) for name, chart in charts.items()}
    return json_script({"formats": formats, "specs": specs})


def load_scripts() -> list[str]:
    """Return the scripts that draw: Vega's, and the page's own."""
    return [assets.escape_script(vega.load_vega_script()), assets.read_asset("charts.js")]
