"""A page in one file: figures, charts, tables and data quality notes, for a browser without a network.

It begins with what the figures say, the main figure with its line, and the branches; then come cards, and a section
for every other part. The page's content security policy blocks everything except its own styles and scripts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.answer_parts import CHANGES_PATH
from opttius_cli.i18n import _
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import build_header_lines, format_loaded_at, get_owner
from opttius_cli.render.cell_formatter import build_formatter, escape_control_chars
from opttius_cli.render.chart_model import Chart, build_chart
from opttius_cli.render.headline.title import build_title
from opttius_cli.render.html import assets, charts, hero, kpi_cards, sections, tables
from opttius_cli.render.html.elements import html_element, text_element, unordered_list
from opttius_cli.render.kpis import KPI_PATHS, collect_headline
from opttius_cli.render.reading_order import order_for_reading
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.kpis import Kpi
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerPart

_MAX_SECTIONS_WITHOUT_MENU = 5
_FIRST_SECTIONS = ("branches", "goals")
"""The sections that come before the cards."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer as a page in the reader's language; its charts are interactive if scripts may run."""
    formatter = build_formatter(style.language, answer)
    parts = tuple(replace(part, result=order_for_reading(part.result)) for part in answer.parts)
    page = _Page(replace(answer, parts=parts), formatter)
    has_live_charts = bool(page.charts) and charts.is_interactive()
    scripts = [*(charts.load_scripts() if has_live_charts else []), assets.read_asset("sort.js")]
    css = assets.read_asset("page.css") + tables.build_label_rules(page.answer.parts, formatter)
    out.writelines(
        piece.encode()
        for piece in (
            "<!doctype html>\n",
            f'<html lang="{formatter.locale.replace("_", "-")}">\n',
            html_element("head", *_render_head(answer, formatter, css, scripts)),
            '\n<body class="with-menu">\n' if page.has_menu else "\n<body>\n",
            text_element("a", _("Skip to the figures"), class_="skip", href="#figures"),
        )
    )
    out.writelines(f"{piece}\n".encode() for piece in page.render_body())
    if has_live_charts:
        specs = {f"chart{index}": chart for index, chart in page.charts.items()}
        out.write(f"{charts.render_specs(specs, formatter)}\n".encode())
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
    yield text_element("title", f"{build_title(answer, formatter)} · {get_owner(answer.header.scope)}")
    yield f"<style>{css}</style>"


@dataclass(frozen=True)
class _Page:
    """An answer whose columns are in reading order, with what its page is made of."""

    answer: Answer
    formatter: CellFormatter

    @cached_property
    def charts(self) -> dict[int, Chart]:
        """The charts of the parts, by the index of the part."""
        built = (
            (index, build_chart(part.result, self.formatter)) for index, part in enumerate(self.answer.parts)
        )
        return {index: chart for index, chart in built if chart}

    @cached_property
    def kpis(self) -> list[Kpi]:
        """The figures that the page opens with."""
        return collect_headline(self.answer, self.formatter.language)

    @cached_property
    def main_trend(self) -> int | None:
        """The index of the part that is drawn beside the main figure."""
        return hero.find_main_trend(self.answer, self.charts) if self.has_main else None

    @cached_property
    def has_main(self) -> bool:
        """Whether the first figure is money: the main figure of the page."""
        return bool(self.kpis) and self.kpis[0].column.kind is ColumnKind.MONEY

    @property
    def cards(self) -> list[Kpi]:
        """The figures that become cards."""
        return self.kpis[self.has_main :]

    @cached_property
    def sections(self) -> list[tuple[int, AnswerPart]]:
        """The other parts in the order of their sections: branches and goals first."""
        folded = {*KPI_PATHS, *([CHANGES_PATH] if self.kpis else [])}
        rest = [
            (index, part)
            for index, part in enumerate(self.answer.parts)
            if part.path not in folded and index != self.main_trend and index not in self.remarks
        ]
        return sorted(rest, key=lambda item: not _is_first(item[1]))

    @cached_property
    def remarks(self) -> dict[int, int]:
        """The records of one value that are a remark on the part after them, each with the index of that part."""
        parts = self.answer.parts
        return {
            index: index + 1
            for index, (part, following) in enumerate(pairwise(parts))
            if part.result.shape == "record"
            and len(part.result.columns) == 1
            and len(part.result.table) == 1
            and following.path[:-1] == part.path
        }

    @cached_property
    def notes(self) -> list[str]:
        """What was left out."""
        return data_quality_notes.build_notes(self.answer, self.formatter)

    @cached_property
    def headings(self) -> dict[str, str]:
        """The headings of the sections by their ids."""
        first = [item for item in self.sections if _is_first(item[1])]
        rest = self.sections[len(first) :]
        name = self.formatter.get_title
        return {
            **{f"h{index}": name(part.result) for index, part in first},
            **({"kpis": _("Key figures")} if self.cards else {}),
            **{f"h{index}": name(part.result) for index, part in rest},
            **({"left-out": _("What was left out")} if self.notes else {}),
        }

    @property
    def has_menu(self) -> bool:
        """Whether the page is long enough for a menu of its sections."""
        return len(self.headings) > _MAX_SECTIONS_WITHOUT_MENU

    def render_body(self) -> Iterator[str]:
        """Yield the elements of the page between its skip link and its scripts."""
        # A job's title stands in the title of the page already.
        lines = build_header_lines(
            replace(self.answer, header=replace(self.answer.header, title=None)), self.formatter
        )
        yield html_element(
            "header",
            text_element("h1", build_title(self.answer, self.formatter)),
            *(text_element("p", line) for line in lines),
        )
        if self.has_menu:
            yield _render_menu(self.headings)
        yield '<main id="figures">'
        yield hero.render_finding(self.answer, self.formatter)
        if self.has_main:
            index = self.main_trend
            chart = None if index is None else self.charts[index]
            yield hero.render_hero(self.answer, self.kpis[0], index, chart, self.formatter)
        first = [item for item in self.sections if _is_first(item[1])]
        yield from self._render_sections(first)
        if self.cards:
            yield html_element(
                "section",
                text_element("h2", _("Key figures"), id="kpis"),
                kpi_cards.render_cards(self.cards, self.formatter),
                class_="plain",
            )
        yield from self._render_sections(self.sections[len(first) :])
        if self.notes:
            heading = text_element("h2", self.headings["left-out"], id="left-out")
            yield html_element("section", heading, unordered_list(self.notes), class_="left-out")
        yield "</main>"
        yield html_element("footer", *_render_footer(self.answer, self.formatter))

    def _render_sections(self, items: Sequence[tuple[int, AnswerPart]]) -> Iterator[str]:
        for is_wide, group in groupby(
            items, key=lambda item: sections.is_wide(item[1], self.charts.get(item[0]))
        ):
            yield f'<div class="{"wide" if is_wide else "flow"}">'
            for index, part in group:
                remarks = [self.answer.parts[one].result for one, of in self.remarks.items() if of == index]
                chart = self.charts.get(index)
                yield from sections.render_section(part, index, chart, remarks, self.formatter)
            yield "</div>"


def _is_first(part: AnswerPart) -> bool:
    """Return whether a part comes before the cards."""
    return bool(part.path) and part.path[0] in _FIRST_SECTIONS


def _render_menu(headings: Mapping[str, str]) -> str:
    links = (
        html_element("li", text_element("a", heading, href=f"#{heading_id}"))
        for heading_id, heading in headings.items()
    )
    return html_element("nav", html_element("ul", *links), aria_label=_("Sections"))


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
