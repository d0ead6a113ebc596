"""GitHub Markdown: a table per part, for pasting a report into a page or a mail.

Data never becomes markup: characters with a meaning in Markdown or HTML are escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.i18n import _
from opttius_cli.render import left_out
from opttius_cli.render.about import facts
from opttius_cli.render.batches import batches
from opttius_cli.render.cells import RIGHT, cells_for
from opttius_cli.render.figures import arrow, figures
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Part, Result

_ACTING = {sign: f"\\{sign}" for sign in "\\`*_{}[]|~#"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(f"[{re.escape(''.join(_ACTING))}]")
_KPIS = ("kpis",)


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer as Markdown in the reader's language."""
    cells = cells_for(style.language, answer)
    out.writelines(f"{line}\n".encode() for line in _lines(answer, cells))


def escaped(text: str) -> str:
    """Escape ``text`` so that Markdown shows it unchanged."""
    return _MARKUP.sub(lambda found: _ACTING[found[0]], text)


def _lines(answer: Answer, cells: Cells) -> Iterator[str]:
    first, *rest = facts(answer, cells)
    yield f"# {escaped(first)}"
    for fact in rest:
        yield ""
        yield escaped(fact)
    kpis = [part for part in answer.parts if part.path == _KPIS]
    if kpis:
        yield from _cards(kpis, cells)
    for part in answer.parts:
        if part.path != _KPIS:
            yield ""
            yield f"## {escaped(cells.title(part.result))}"
            yield ""
            yield from _part(part.result, cells)
    sentences = left_out.sentences(answer, cells)
    if sentences:
        yield ""
        yield f"## {escaped(_('What was left out'))}"
        yield ""
        yield from (f"- {escaped(sentence)}" for sentence in sentences)


def _cards(parts: Sequence[Part], cells: Cells) -> Iterator[str]:
    """Yield all key figures in one table, with previous value and growth."""
    yield ""
    yield from _top(
        [_("Section"), _("Figure"), _("Value"), _("Before"), _("Growth")], [False, False, True, True, True]
    )
    for figure in figures(parts, cells.language):
        kind = figure.column.kind
        before = "" if figure.previous is None else cells.text(figure.previous, kind)
        growth = (
            ""
            if figure.growth is None
            else f"{arrow(figure.growth)} {cells.text(figure.growth, Kind.PERCENT)}"
        )
        yield _row([figure.title, cells.label(figure.column), cells.text(figure.value, kind), before, growth])


def _part(result: Result, cells: Cells) -> Iterator[str]:
    if result.absent:
        yield escaped(_("No figures: the data lacks a table that they need."))
    elif not len(result.table):
        yield escaped(_("Nothing to show: no row matches the request."))
    elif result.shape == "record":
        values = result.table.slice(0, 1).to_pylist()[0].values()
        yield from _top([_("Figure"), _("Value")], [False, True])
        for column, value in zip(result.columns, values, strict=True):
            yield _row([cells.label(column), cells.of(column, value)])
    else:
        yield from _top(
            [cells.label(column) for column in result.columns], [c.kind in RIGHT for c in result.columns]
        )
        for batch in batches(result):
            read = [
                _escaped_all(cells.column(column, batch.column(place).to_pylist()))
                for place, column in enumerate(result.columns)
            ]
            yield from (f"| {' | '.join(row)} |" for row in zip(*read, strict=True))


def _escaped_all(texts: Sequence[str]) -> list[str]:
    known = {text: escaped(text) for text in set(texts)}
    return [known[text] for text in texts]


def _top(header: Sequence[str], right: Iterable[bool]) -> Iterator[str]:
    yield _row(header)
    yield "| " + " | ".join("---:" if to_the_right else "---" for to_the_right in right) + " |"


def _row(texts: Iterable[str]) -> str:
    return "| " + " | ".join(map(escaped, texts)) + " |"
