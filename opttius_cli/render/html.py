"""A page in one file: figures, charts, tables and data quality notes, for a browser without a network.

Parts under ``kpis`` become cards; a list becomes a table, with a chart if its report asks for one. The page's
content security policy blocks everything except its own styles and scripts.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.i18n import _
from opttius_cli.render import assets, html_cards, html_charts, html_tables, left_out
from opttius_cli.render.about import facts, loaded
from opttius_cli.render.cells import cells_for, clean
from opttius_cli.render.charts import Picture, picture, weight
from opttius_cli.render.tags import listed, said, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Part

_KPIS = ("kpis",)
_FEW_SECTIONS = 3
_FEW_COLUMNS = 4
"""Up to this many columns, a table may share a line with another one."""
_LONG_BESIDE_CHART = 14
"""A table with more rows than this is collapsed below its chart."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer as a page in the reader's language; its charts are interactive if scripts may run."""
    cells = cells_for(style.language, answer)
    drawn = {place: one for place, part in enumerate(answer.parts) if (one := picture(part.result, cells))}
    scripts = [*(html_charts.scripts() if drawn else []), assets.text("sort.js")]
    css = assets.text("page.css")
    out.writelines(
        piece.encode()
        for piece in (
            "<!doctype html>\n",
            f'<html lang="{cells.locale.replace("_", "-")}">\n',
            tag("head", *_head(answer, cells, css, scripts)),
            "\n<body>\n",
            said("a", _("Skip to the figures"), class_="skip", href="#figures"),
        )
    )
    out.writelines(f"{piece}\n".encode() for piece in _body(answer, cells, drawn))
    if drawn:
        shown = html_charts.specifications({f"chart{place}": one for place, one in drawn.items()}, cells)
        out.write(
            f'<div id="tip"></div>\n<script type="application/json" id="charts">{shown}</script>\n'.encode()
        )
    out.writelines(f"<script>{script}</script>\n".encode() for script in scripts)
    out.write(b"</body>\n</html>\n")


def _head(answer: Answer, cells: Cells, css: str, scripts: Sequence[str]) -> Iterator[str]:
    """Yield the page's metadata and its policy: no network, and no scripts or styles but its own."""
    allowed = " ".join(map(assets.fingerprint, scripts))
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {assets.fingerprint(css)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
    # The page has no icon: a browser may ask the server for one, which the policy above blocks.
    yield '<meta name="color-scheme" content="light dark"><meta name="generator" content="opttius">'
    yield said("title", " · ".join((facts(answer, cells)[0], cells.date(answer.head.as_of.date()))))
    yield f"<style>{css}</style>"


def _body(answer: Answer, cells: Cells, drawn: dict[int, Picture]) -> Iterator[str]:
    first, *rest = facts(answer, cells)
    yield tag("header", said("h1", first), *(said("p", fact) for fact in rest))
    kpis = [part for part in answer.parts if part.path == _KPIS]
    others = [(place, part) for place, part in enumerate(answer.parts) if part.path != _KPIS]
    # After the key figures, readers first want to see how revenue changed from day to day.
    others.sort(key=lambda one: not _is_course(drawn.get(one[0])))
    sentences = left_out.sentences(answer, cells)
    headings = {f"h{place}": cells.title(part.result) for place, part in others}
    if kpis:
        headings = {"kpis": _("Key figures")} | headings
    if sentences:
        headings |= {"left-out": _("What was left out")}
    if len(headings) > _FEW_SECTIONS:
        yield _contents(headings)
    yield '<main id="figures">'
    if kpis:
        cards = html_cards.show(kpis, cells)
        yield tag(
            "section", said("h2", headings["kpis"], id="kpis"), cards, class_="plain", aria_labelledby="kpis"
        )
    for wide, group in groupby(others, key=lambda one: _is_wide(one[1], drawn.get(one[0]))):
        yield f'<div class="{"wide" if wide else "flow"}">'
        for place, part in group:
            yield from _section(part, place, drawn.get(place), cells)
        yield "</div>"
    if sentences:
        heading = said("h2", headings["left-out"], id="left-out")
        yield tag("section", heading, listed(sentences), class_="left-out", aria_labelledby="left-out")
    yield "</main>"
    yield tag("footer", *_footer(answer, cells))


def _contents(headings: Mapping[str, str]) -> str:
    links = (tag("li", said("a", heading, href=f"#{name}")) for name, heading in headings.items())
    return tag("nav", tag("ul", *links), aria_label=_("Contents"))


def _section(part: Part, place: int, drawn: Picture | None, cells: Cells) -> Iterator[str]:
    result, name = part.result, f"h{place}"
    yield f'<section aria-labelledby="{name}">'
    yield said("h2", cells.title(result), id=name)
    if result.absent:
        yield said("p", _("No figures: the data lacks a table that they need."), class_="nothing")
    elif not len(result.table):
        yield said("p", _("Nothing to show: no row matches the request."), class_="nothing")
    elif result.shape == "record":
        yield html_tables.record(result, name, cells)
    else:
        if drawn:
            yield html_charts.figure(drawn, f"chart{place}", cells, wide=_is_wide(part, drawn))
        folded = drawn and len(result.table) > _LONG_BESIDE_CHART
        if folded:
            yield "<details>" + said("summary", _("The numbers"))
        yield from html_tables.rows(result, name, cells)
        if folded:
            yield "</details>"
    yield "</section>"


def _is_course(drawn: Picture | None) -> bool:
    return drawn is not None and not weight(drawn)


def _is_wide(part: Part, drawn: Picture | None) -> bool:
    """Return whether a section takes the full width; the others share it."""
    result = part.result
    return _is_course(drawn) or (result.shape != "record" and len(result.columns) > _FEW_COLUMNS)


def _footer(answer: Answer, cells: Cells) -> Iterator[str]:
    yield html_tables.meanings(answer, cells)
    yield said(
        "p", _("Source: {source}, loaded {time}.", source=clean(answer.source), time=loaded(answer, cells))
    )
    yield said("p", _("Made by opttius, report “{report}”.", report=clean(answer.head.report)))
