"""Charts of the page: a static drawing for paper and for readers without scripts, and an interactive one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.render import assets, vega
from opttius_cli.render.charts import in_words
from opttius_cli.render.tags import data, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.charts import Picture


def figure(drawn: Picture, name: str, cells: Cells, *, wide: bool) -> str:
    """Render the figure element of a chart, with its static drawing and its alternative text."""
    still = vega.still(vega.specification(drawn, cells.locale), cells.locale, wide=wide)
    return tag(
        "figure",
        tag("div", still, class_="still"),
        tag("div", class_="live"),
        id=name,
        role="img",
        aria_label=in_words(drawn, cells),
    )


def specifications(drawn: Mapping[str, Picture], cells: Cells) -> str:
    """Return, as JSON, what the page's script draws."""
    formats = {"number": vega.number_words(cells.locale), "time": vega.time_words(cells.locale)}
    specs = {name: vega.specification(one, cells.locale) for name, one in drawn.items()}
    return data({"formats": formats, "specs": specs})


def scripts() -> list[str]:
    """Return the scripts that draw: Vega's, and the page's own."""
    return [assets.inert(vega.program()), assets.text("charts.js")]
