"""Single figures as cards of the page: the figure, its growth, and its previous value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.render.figures import Figure, arrow, figures
from opttius_cli.render.tags import said, tag
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Part

_ENOUGH = 3
"""Sections with at least this many figures get a row of their own."""


def show(parts: Sequence[Part], cells: Cells) -> str:
    """Render a card for every figure of ``parts``; small sections share a row and name each card."""
    found = figures(parts, cells.language)
    groups = [(title, list(group)) for title, group in groupby(found, key=lambda figure: figure.title)]
    large = [
        said("h3", title) + tag("dl", *(_card(figure, cells) for figure in group), class_="cards")
        for title, group in groups
        if len(group) >= _ENOUGH
    ]
    rest = [
        _card(figure, cells, title) for title, group in groups if len(group) < _ENOUGH for figure in group
    ]
    return "\n".join([*large, *([tag("dl", *rest, class_="cards rest")] if rest else [])])


def _card(figure: Figure, cells: Cells, section: str = "") -> str:
    label = cells.label(figure.column)
    meaning = figure.column.meanings.get(cells.language)
    compared = figure.growth is not None or figure.previous is not None
    return tag(
        "div",
        said("dt", f"{section} · {label}" if section not in {"", label} else label, title=meaning),
        said("dd", cells.of(figure.column, figure.value), class_="value"),
        *_comparison(figure, cells),
        class_="card compared" if compared else "card",
    )


def _comparison(figure: Figure, cells: Cells) -> list[str]:
    """Return growth and previous value; a sign and an arrow show the direction without colour."""
    lines = []
    if figure.growth is not None:
        way = "up" if figure.growth > 0 else "down" if figure.growth < 0 else None
        plus = "+" if figure.growth > 0 else ""
        growth = f"{arrow(figure.growth)} {plus}{cells.text(figure.growth, Kind.PERCENT)}"
        lines.append(said("dd", growth, class_=way))
    if figure.previous is not None:
        before = _("before {value}", value=cells.text(figure.previous, figure.column.kind))
        lines.append(said("dd", before, class_="before"))
    return lines
