"""Results as tables of the page: headers with a scope, right-aligned numbers, bars of shares, totals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.render.cell_formatter import NO_VALUE, RIGHT_ALIGNED
from opttius_cli.render.html.elements import html_element, text_element
from opttius_cli.render.kpis import compute_total
from opttius_cli.render.machine_text import format_values
from opttius_cli.render.row_batches import iter_batches
from opttius_cli.result import PERSONAL_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, Column, Result

_NOWRAP_KINDS = (PERSONAL_KINDS | {ColumnKind.DATE, ColumnKind.ID}) - {ColumnKind.EMAIL}
"""Kinds of text that are hard to read when they break into several lines."""


def render_record(result: Result, heading: str, formatter: CellFormatter) -> str:
    """Render a single row as a table with one line per figure."""
    row = result.table.slice(0, 1).to_pylist()[0].values()
    is_numeric = any(column.kind in RIGHT_ALIGNED for column in result.columns)
    lines = (
        html_element(
            "tr",
            text_element(
                "th", formatter.get_label(column), scope="row", title=column.meanings.get(formatter.language)
            ),
            text_element("td", formatter.format_cell(column, value), class_="n" if is_numeric else None),
        )
        for column, value in zip(result.columns, row, strict=True)
    )
    return html_element("table", html_element("tbody", *lines), aria_labelledby=heading)


def render_rows(result: Result, heading: str, formatter: CellFormatter) -> Iterator[str]:
    """Yield a table with all rows. A list of one row is not sortable."""
    count = len(result.table)
    row_count = n_(
        "{number} row", "{number} rows", count, number=formatter.format_value(count, ColumnKind.COUNT)
    )
    caption = html_element("span", escape(f"{formatter.get_title(result)}: "), class_="hidden")
    sortable = "sortable" if count > 1 else None
    yield f'<div class="scroll" role="region" aria-labelledby="{heading}" tabindex="0">'
    yield f"<table{f' class={chr(34)}{sortable}{chr(34)}' if sortable else ''}>"
    yield html_element("caption", caption, escape(row_count))
    yield html_element(
        "thead", html_element("tr", *(_render_header(column, formatter) for column in result.columns))
    )
    yield "<tbody>"
    maxima = [_find_maximum(result, index) for index in range(len(result.columns))]
    for batch in iter_batches(result):
        columns = [
            _render_cells(column, batch.column(index), maxima[index], formatter)
            for index, column in enumerate(result.columns)
        ]
        yield from (f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
    yield "</tbody>"
    if count > 1 and any(column.is_additive for column in result.columns):
        yield html_element("tfoot", html_element("tr", *_render_totals(result, formatter)))
    yield "</table></div>"


def _render_header(column: Column, formatter: CellFormatter) -> str:
    is_numeric = column.kind in RIGHT_ALIGNED
    return text_element(
        "th",
        formatter.get_label(column),
        scope="col",
        class_="n" if is_numeric else None,
        title=column.meanings.get(formatter.language),
        data_sort="number" if is_numeric else None,
    )


def _render_cells(column: Column, values: pa.Array, maximum: Any, formatter: CellFormatter) -> list[str]:
    """Render the cells of a column; numbers and dates keep a plain value for sorting."""
    texts = formatter.format_column(column, values.to_pylist())
    sort_values: Sequence[str | None] = [None] * len(texts)
    if column.kind in RIGHT_ALIGNED or column.kind is ColumnKind.DATE:
        sort_values = format_values(values, column.kind).to_pylist()
    css_class = "n" if column.kind in RIGHT_ALIGNED else "one" if column.kind in _NOWRAP_KINDS else ""
    cache: dict[tuple[str, str | None], str] = {}
    rendered = []
    for pair in zip(texts, sort_values, strict=True):
        if pair not in cache:
            cache[pair] = _render_cell(*pair, css_class, maximum)
        rendered.append(cache[pair])
    return rendered


def _render_cell(text: str, sort_value: str | None, css_class: str, maximum: Any) -> str:
    empty = text in {NO_VALUE, ""}
    classes = " ".join(word for word in (css_class, "empty" if empty else "") if word)
    return html_element(
        "td",
        escape(text),
        _render_bar(sort_value, maximum) if maximum and sort_value else "",
        class_=classes or None,
        data_v=sort_value,
    )


def _render_bar(sort_value: str, maximum: Any) -> str:
    """Render a bar of a share. It is an SVG because the page's policy does not allow style attributes."""
    share = max(0.0, min(100.0, float(sort_value) / float(maximum) * 100))
    return (
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{share:.1f}" height="4" rx="1"/></svg>'
    )


def _find_maximum(result: Result, index: int) -> Any:
    """Return the value of the longest bar of a column; None for a column without bars."""
    if not result.columns[index].has_share_bar:
        return None
    import pyarrow.compute as pc

    maximum = pc.max(result.table.column(index)).as_py()
    return maximum if maximum and maximum > 0 else None


def _render_totals(result: Result, formatter: CellFormatter) -> Iterator[str]:
    """Yield the cells of the totals; the word “Total” is in the first column that has no sum."""
    has_label = False
    for index, column in enumerate(result.columns):
        css_class = "n" if column.kind in RIGHT_ALIGNED else None
        if column.is_additive:
            total = compute_total(result.table.column(index).to_pylist(), column.kind)
            yield text_element("td", formatter.format_value(total, column.kind), class_=css_class)
        else:
            yield text_element("td", "" if has_label else _("Total"), class_=css_class)
            has_label = True


def render_meanings(answer: Answer, formatter: CellFormatter) -> str:
    """Render the meaning of the figures, collapsed."""
    meanings_by_label: dict[str, str] = {}
    for part in answer.parts:
        for column in part.result.columns:
            if meaning := column.meanings.get(formatter.language):
                meanings_by_label.setdefault(
                    f"{formatter.get_title(part.result)}: {formatter.get_label(column)}", meaning
                )
    if not meanings_by_label:
        return ""
    lines = (
        text_element("dt", label) + text_element("dd", meaning)
        for label, meaning in meanings_by_label.items()
    )
    return html_element(
        "details", text_element("summary", _("What the figures mean")), html_element("dl", *lines)
    )
