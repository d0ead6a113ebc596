"""Results as tables of the page: headers with a scope, right-aligned numbers, bars of shares, totals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.render.batches import batches
from opttius_cli.render.canonical import texts
from opttius_cli.render.cells import NOTHING, RIGHT
from opttius_cli.render.figures import summed
from opttius_cli.render.tags import said, tag
from opttius_cli.result import PERSONAL, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Answer, Column, Result

_UNBROKEN = (PERSONAL | {Kind.DATE, Kind.ID}) - {Kind.EMAIL}
"""Kinds of text that are hard to read when they break into several lines."""


def record(result: Result, heading: str, cells: Cells) -> str:
    """Render a single row as a table with one line per figure."""
    row = result.table.slice(0, 1).to_pylist()[0].values()
    right = any(column.kind in RIGHT for column in result.columns)
    lines = (
        tag(
            "tr",
            said("th", cells.label(column), scope="row", title=column.meanings.get(cells.language)),
            said("td", cells.of(column, value), class_="n" if right else None),
        )
        for column, value in zip(result.columns, row, strict=True)
    )
    return tag("table", tag("tbody", *lines), aria_labelledby=heading)


def rows(result: Result, heading: str, cells: Cells) -> Iterator[str]:
    """Yield a table with all rows. A list of one row is not sortable."""
    count = len(result.table)
    told = n_("{number} row", "{number} rows", count, number=cells.text(count, Kind.COUNT))
    title = tag("span", escape(f"{cells.title(result)}: "), class_="hidden")
    sortable = "sortable" if count > 1 else None
    yield f'<div class="scroll" role="region" aria-labelledby="{heading}" tabindex="0">'
    yield f"<table{f' class={chr(34)}{sortable}{chr(34)}' if sortable else ''}>"
    yield tag("caption", title, escape(told))
    yield tag("thead", tag("tr", *(_header(column, cells) for column in result.columns)))
    yield "<tbody>"
    most = [_most(result, place) for place in range(len(result.columns))]
    for batch in batches(result):
        read = [
            _cells(column, batch.column(place), most[place], cells)
            for place, column in enumerate(result.columns)
        ]
        yield from (f"<tr>{''.join(row)}</tr>" for row in zip(*read, strict=True))
    yield "</tbody>"
    if count > 1 and any(column.total for column in result.columns):
        yield tag("tfoot", tag("tr", *_totals(result, cells)))
    yield "</table></div>"


def _header(column: Column, cells: Cells) -> str:
    number = column.kind in RIGHT
    return said(
        "th",
        cells.label(column),
        scope="col",
        class_="n" if number else None,
        title=column.meanings.get(cells.language),
        data_sort="number" if number else None,
    )


def _cells(column: Column, values: pa.Array, most: Any, cells: Cells) -> list[str]:
    """Render the cells of a column; numbers and dates keep a plain value for sorting."""
    said_ = cells.column(column, values.to_pylist())
    plain: Sequence[str | None] = [None] * len(said_)
    if column.kind in RIGHT or column.kind is Kind.DATE:
        plain = texts(values, column.kind).to_pylist()
    kind = "n" if column.kind in RIGHT else "one" if column.kind in _UNBROKEN else ""
    known: dict[tuple[str, str | None], str] = {}
    out = []
    for pair in zip(said_, plain, strict=True):
        if pair not in known:
            known[pair] = _cell(*pair, kind, most)
        out.append(known[pair])
    return out


def _cell(text: str, plain: str | None, kind: str, most: Any) -> str:
    empty = text in {NOTHING, ""}
    named = " ".join(word for word in (kind, "empty" if empty else "") if word)
    return tag(
        "td",
        escape(text),
        _bar(plain, most) if most and plain else "",
        class_=named or None,
        data_v=plain,
    )


def _bar(plain: str, most: Any) -> str:
    """Render a bar of a share. It is an SVG because the page's policy does not allow style attributes."""
    share = max(0.0, min(100.0, float(plain) / float(most) * 100))
    return (
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{share:.1f}" height="4" rx="1"/></svg>'
    )


def _most(result: Result, place: int) -> Any:
    """Return the value of the longest bar of a column; None for a column without bars."""
    if not result.columns[place].share:
        return None
    import pyarrow.compute as pc

    most = pc.max(result.table.column(place)).as_py()
    return most if most and most > 0 else None


def _totals(result: Result, cells: Cells) -> Iterator[str]:
    """Yield the cells of the totals; the word “Total” is in the first column that has no sum."""
    told = False
    for place, column in enumerate(result.columns):
        number = "n" if column.kind in RIGHT else None
        if column.total:
            total = summed(result.table.column(place).to_pylist(), column.kind)
            yield said("td", cells.text(total, column.kind), class_=number)
        else:
            yield said("td", "" if told else _("Total"), class_=number)
            told = True


def meanings(answer: Answer, cells: Cells) -> str:
    """Render the meaning of the figures, collapsed."""
    found: dict[str, str] = {}
    for part in answer.parts:
        for column in part.result.columns:
            if meaning := column.meanings.get(cells.language):
                found.setdefault(f"{cells.title(part.result)}: {cells.label(column)}", meaning)
    if not found:
        return ""
    lines = (said("dt", name) + said("dd", meaning) for name, meaning in found.items())
    return tag("details", said("summary", _("What the figures mean")), tag("dl", *lines))
