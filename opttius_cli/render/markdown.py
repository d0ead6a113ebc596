"""GitHub Markdown: a table per part, for pasting a report into a page or a mail.

Data never becomes markup: characters with a meaning in Markdown or HTML are escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.answer_parts import KPI_PATH
from opttius_cli.i18n import _
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import build_header_lines
from opttius_cli.render.cell_formatter import RIGHT_ALIGNED, build_formatter
from opttius_cli.render.chart_model import build_chart, build_finding
from opttius_cli.render.kpis import collect_kpis, describe_change
from opttius_cli.render.row_batches import iter_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerPart, Result

_ESCAPES = {sign: f"\\{sign}" for sign in "\\`*_{}[]|~#"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(f"[{re.escape(''.join(_ESCAPES))}]")


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer as Markdown in the reader's language."""
    formatter = build_formatter(style.language, answer)
    out.writelines(f"{line}\n".encode() for line in _render_lines(answer, formatter))


def escape_markdown(text: str) -> str:
    """Escape ``text`` so that Markdown shows it unchanged."""
    return _MARKUP.sub(lambda match: _ESCAPES[match[0]], text)


def _render_lines(answer: Answer, formatter: CellFormatter) -> Iterator[str]:
    first, *rest = build_header_lines(answer, formatter)
    yield f"# {escape_markdown(first)}"
    for line in rest:
        yield ""
        yield escape_markdown(line)
    kpi_parts = [part for part in answer.parts if part.path == KPI_PATH]
    if kpi_parts:
        yield from _render_kpis(kpi_parts, formatter)
    for part in answer.parts:
        if part.path != KPI_PATH:
            yield ""
            yield f"## {escape_markdown(formatter.get_title(part.result))}"
            yield ""
            yield from _render_part(part.result, formatter)
            chart = build_chart(part.result, formatter)
            if chart and (finding := build_finding(chart, formatter)):
                yield ""
                yield escape_markdown(finding)
    sentences = data_quality_notes.build_notes(answer, formatter)
    if sentences:
        yield ""
        yield f"## {escape_markdown(_('What was left out'))}"
        yield ""
        yield from (f"- {escape_markdown(sentence)}" for sentence in sentences)


def _render_kpis(parts: Sequence[AnswerPart], formatter: CellFormatter) -> Iterator[str]:
    """Yield all key figures in one table, with previous value and growth."""
    yield ""
    yield from _render_header(
        [_("Section"), _("Figure"), _("Value"), _("Before"), _("Growth")], [False, False, True, True, True]
    )
    for kpi in collect_kpis(parts, formatter.language):
        kind = kpi.column.kind
        before = "" if kpi.previous is None else formatter.format_value(kpi.previous, kind)
        yield _render_row(
            [
                kpi.title,
                formatter.get_label(kpi.column),
                formatter.format_value(kpi.value, kind),
                before,
                describe_change(kpi, formatter),
            ]
        )


def _render_part(result: Result, formatter: CellFormatter) -> Iterator[str]:
    if result.absent:
        yield escape_markdown(data_quality_notes.explain_absence(result))
    elif not len(result.table):
        yield escape_markdown(_("Nothing to show: no row matches the request."))
    elif result.shape == "record":
        values = result.table.slice(0, 1).to_pylist()[0].values()
        yield from _render_header([_("Figure"), _("Value")], [False, True])
        for column, value in zip(result.columns, values, strict=True):
            yield _render_row([formatter.get_label(column), formatter.format_cell(column, value)])
    else:
        yield from _render_header(
            [formatter.get_label(column) for column in result.columns],
            [column.kind in RIGHT_ALIGNED for column in result.columns],
        )
        for batch in iter_batches(result):
            columns = [
                _escape_all(formatter.format_column(column, batch.column(index).to_pylist()))
                for index, column in enumerate(result.columns)
            ]
            yield from (f"| {' | '.join(row)} |" for row in zip(*columns, strict=True))


def _escape_all(texts: Sequence[str]) -> list[str]:
    cache = {text: escape_markdown(text) for text in set(texts)}
    return [cache[text] for text in texts]


def _render_header(header: Sequence[str], right_aligned: Iterable[bool]) -> Iterator[str]:
    yield _render_row(header)
    yield "| " + " | ".join("---:" if is_right else "---" for is_right in right_aligned) + " |"


def _render_row(texts: Iterable[str]) -> str:
    return "| " + " | ".join(map(escape_markdown, texts)) + " |"
