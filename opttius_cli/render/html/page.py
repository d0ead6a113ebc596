"""A page in one file: figures, charts, tables and data quality notes, for a browser without a network.

Parts under ``kpis`` become cards; a list becomes a table, with a chart if its report asks for one. The page's
content security policy blocks everything except its own styles and scripts.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.i18n import _
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import build_header_lines, format_loaded_at
from opttius_cli.render.cell_formatter import build_formatter, escape_control_chars
from opttius_cli.render.chart_model import Chart, build_chart, get_sort_key
from opttius_cli.render.html import assets, charts, kpi_cards, tables
from opttius_cli.render.html.elements import html_element, text_element, unordered_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerPart

_KPI_PATH = ("kpis",)
_MAX_SECTIONS_WITHOUT_CONTENTS = 3
_MAX_NARROW_COLUMNS = 4
"""Up to this many columns, a table may share a line with another one."""
_MAX_OPEN_ROWS = 14
"""A table with more rows than this is collapsed below its chart."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer as a page in the reader's language; its charts are interactive if scripts may run."""
    formatter = build_formatter(style.language, answer)
    charts_by_index = {
        index: chart
        for index, part in enumerate(answer.parts)
        if (chart := build_chart(part.result, formatter))
    }
    scripts = [*(charts.load_scripts() if charts_by_index else []), assets.read_asset("sort.js")]
    css = assets.read_asset("page.css")
    out.writelines(
        piece.encode()
        for piece in (
            "<!doctype html>\n",
            f'<html lang="{formatter.locale.replace("_", "-")}">\n',
            html_element("head", *_render_head(answer, formatter, css, scripts)),
            "\n<body>\n",
            text_element("a", _("Skip to the figures"), class_="skip", href="#figures"),
        )
    )
    out.writelines(f"{piece}\n".encode() for piece in _render_body(answer, formatter, charts_by_index))
    if charts_by_index:
        specs_json = charts.render_specs(
            {f"chart{index}": chart for index, chart in charts_by_index.items()}, formatter
        )
        out.write(
            f'<div id="tip"></div>\n<script type="application/json" id="charts">{specs_json}</script>\n'.encode()
        )
    out.writelines(f"<script>{script}</script>\n".encode() for script in scripts)
    out.write(b"</body>\n</html>\n")


def _render_head(answer: Answer, formatter: CellFormatter, css: str, scripts: Sequence[str]) -> Iterator[str]:
    """Yield the page's metadata and its policy: no network, and no scripts or styles but its own."""
    script_hashes = " ".join(map(assets.compute_csp_hash, scripts))
    policy = (
        f"default-src 'none'; script-src {script_hashes}; style-src {assets.compute_csp_hash(css)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
    # The page has no icon: a browser may ask the server for one, which the policy above blocks.
    yield '<meta name="color-scheme" content="light dark"><meta name="generator" content="opttius">'
    yield text_element(
        "title",
        " · ".join(
            (build_header_lines(answer, formatter)[0], formatter.format_date(answer.header.as_of.date()))
        ),
    )
    yield f"<style>{css}</style>"


def _render_body(
    answer: Answer, formatter: CellFormatter, charts_by_index: dict[int, Chart]
) -> Iterator[str]:
    first, *rest = build_header_lines(answer, formatter)
    yield html_element("header", text_element("h1", first), *(text_element("p", line) for line in rest))
    kpi_parts = [part for part in answer.parts if part.path == _KPI_PATH]
    other_parts = [(index, part) for index, part in enumerate(answer.parts) if part.path != _KPI_PATH]
    # After the key figures, readers first want to see how revenue changed from day to day.
    other_parts.sort(key=lambda item: not _is_money_trend(charts_by_index.get(item[0])))
    sentences = data_quality_notes.build_notes(answer, formatter)
    headings = {f"h{index}": formatter.get_title(part.result) for index, part in other_parts}
    if kpi_parts:
        headings = {"kpis": _("Key figures")} | headings
    if sentences:
        headings |= {"left-out": _("What was left out")}
    if len(headings) > _MAX_SECTIONS_WITHOUT_CONTENTS:
        yield _render_contents(headings)
    yield '<main id="figures">'
    if kpi_parts:
        cards = kpi_cards.render_cards(kpi_parts, formatter)
        yield html_element(
            "section",
            text_element("h2", headings["kpis"], id="kpis"),
            cards,
            class_="plain",
            aria_labelledby="kpis",
        )
    for is_wide, group in groupby(
        other_parts, key=lambda item: _is_wide(item[1], charts_by_index.get(item[0]))
    ):
        yield f'<div class="{"wide" if is_wide else "flow"}">'
        for index, part in group:
            yield from _render_section(part, index, charts_by_index.get(index), formatter)
        yield "</div>"
    if sentences:
        heading = text_element("h2", headings["left-out"], id="left-out")
        yield html_element(
            "section", heading, unordered_list(sentences), class_="left-out", aria_labelledby="left-out"
        )
    yield "</main>"
    yield html_element("footer", *_render_footer(answer, formatter))


def _render_contents(headings: Mapping[str, str]) -> str:
    links = (
        html_element("li", text_element("a", heading, href=f"#{heading_id}"))
        for heading_id, heading in headings.items()
    )
    return html_element("nav", html_element("ul", *links), aria_label=_("Contents"))


def _render_section(
    part: AnswerPart, index: int, chart: Chart | None, formatter: CellFormatter
) -> Iterator[str]:
    result, heading_id = part.result, f"h{index}"
    yield f'<section aria-labelledby="{heading_id}">'
    yield text_element("h2", formatter.get_title(result), id=heading_id)
    if result.absent:
        yield text_element("p", data_quality_notes.absence(result), class_="nothing")
    elif not len(result.table):
        yield text_element("p", _("Nothing to show: no row matches the request."), class_="nothing")
    elif result.shape == "record":
        yield tables.render_record(result, heading_id, formatter)
    else:
        if chart:
            yield charts.render_figure(chart, f"chart{index}", formatter, wide=_is_wide(part, chart))
        is_collapsed = chart and len(result.table) > _MAX_OPEN_ROWS
        if is_collapsed:
            yield "<details>" + text_element("summary", _("The numbers"))
        yield from tables.render_rows(result, heading_id, formatter)
        if is_collapsed:
            yield "</details>"
    yield "</section>"


def _is_money_trend(chart: Chart | None) -> bool:
    return chart is not None and not get_sort_key(chart)


def _is_wide(part: AnswerPart, chart: Chart | None) -> bool:
    """Return whether a section takes the full width; the others share it."""
    result = part.result
    return _is_money_trend(chart) or (result.shape != "record" and len(result.columns) > _MAX_NARROW_COLUMNS)


def _render_footer(answer: Answer, formatter: CellFormatter) -> Iterator[str]:
    yield tables.render_meanings(answer, formatter)
    yield text_element(
        "p",
        _(
            "Source: {source}, loaded {time}.",
            source=escape_control_chars(answer.source),
            time=format_loaded_at(answer, formatter),
        ),
    )
    yield text_element(
        "p", _("Made by opttius, report “{report}”.", report=escape_control_chars(answer.header.report))
    )
