"""Results as tables of the page: headers with a scope, right-aligned numbers, bars of shares, totals."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.render.cell_formatter import NO_VALUE, RIGHT_ALIGNED
from opttius_cli.render.html.elements import html_element, text_element
from opttius_cli.render.html.plain_charts import draw_bar
from opttius_cli.render.kpis import compute_total, has_total_row
from opttius_cli.render.machine_text import format_values
from opttius_cli.render.reading_order import is_change
from opttius_cli.render.row_batches import iter_batches
from opttius_cli.result import PERSONAL_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, AnswerPart, Column, Result

_MAX_PHONE_COLUMNS = 4
"""A table with more columns than this is too wide for a telephone."""
_MAX_ROOMY_COLUMNS = 8
"""A table with more columns than this is set closer, so that it fits on a desk's screen."""
_DIALLED = re.compile(r"\+?[0-9][0-9 ().-]{6,20}")
"""What a telephone can dial; a masked number is not that."""
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


def build_label_rules(parts: Sequence[AnswerPart], formatter: CellFormatter) -> str:
    """Return style rules that name each value of a wide list where a screen is too narrow for its header."""
    rules = [
        f'#t{index} td:nth-child({place})::before{{content:"{_escape_css(formatter.get_label(column))}"}}'
        for index, part in enumerate(parts)
        if _is_stacked(part.result)
        for place, column in enumerate(part.result.columns, start=1)
    ]
    return f"@media screen and (max-width:40rem){{{''.join(rules)}}}\n" if rules else ""


def _is_stacked(result: Result) -> bool:
    """Return whether a row becomes a card where a screen is narrow, so that no value is off the screen."""
    return result.shape in {"rows", "nested"} and len(result.columns) > _MAX_PHONE_COLUMNS


def _escape_css(text: str) -> str:
    """Escape a text for a CSS string: every character that is not a letter, a digit or a space, by its code."""
    return "".join(char if char.isalnum() or char == " " else f"\\{ord(char):x} " for char in text)


def render_rows(result: Result, heading: str, table_id: str, formatter: CellFormatter) -> Iterator[str]:
    """Yield a table with all rows. A list of one row is not sortable."""
    count = len(result.table)
    row_count = n_(
        "{number} row", "{number} rows", count, number=formatter.format_value(count, ColumnKind.COUNT)
    )
    caption = html_element("span", escape(f"{formatter.get_title(result)}: "), class_="hidden")
    classes = ["sortable"] * (count > 1) + ["stacked"] * _is_stacked(result)
    classes += ["totalled"] * has_total_row(result)
    classes += ["dense"] * (len(result.columns) > _MAX_ROOMY_COLUMNS)
    yield f'<div class="scroll" role="group" aria-labelledby="{heading}" tabindex="0">'
    yield f'<table id="{table_id}" class="{" ".join(classes)}">'
    yield html_element("caption", caption, escape(row_count))
    yield html_element(
        "thead", html_element("tr", *(_render_header(column, formatter) for column in result.columns))
    )
    yield "<tbody>"
    maxima = [_find_maximum(result, index) for index in range(len(result.columns))]
    heat_tops = [result.find_heat_top(column) for column in result.columns]
    for batch in iter_batches(result):
        columns = [
            _render_cells(column, batch.column(index), maxima[index], heat_tops[index], formatter)
            for index, column in enumerate(result.columns)
        ]
        if result.form:
            columns[0] = [_add_tick_box(cell) for cell in columns[0]]
        yield from (f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
    yield "</tbody>"
    if count > 1 and any(column.is_additive for column in result.columns):
        yield html_element("tfoot", html_element("tr", *_render_totals(result, formatter)))
    yield "</table></div>"


def _add_tick_box(cell: str) -> str:
    """Return the first cell of a row with a box to tick, on the screen and on paper."""
    start, end, content = cell.partition(">")
    label = escape(_("Done"))
    return f'{start}{end}<input type="checkbox" aria-label="{label}"> {content}'


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


def _render_cells(
    column: Column, values: pa.Array, maximum: Any, heat_top: float | None, formatter: CellFormatter
) -> list[str]:
    """Render the cells of a column; numbers and dates keep a plain value for sorting."""
    texts = formatter.format_column(column, values.to_pylist())
    sort_values: Sequence[str | None] = [None] * len(texts)
    if column.kind in RIGHT_ALIGNED or column.kind is ColumnKind.DATE:
        sort_values = format_values(values, column.kind).to_pylist()
    css_class = _get_css_class(column)
    cache: dict[tuple[str, str | None], str] = {}
    rendered = []
    for pair in zip(texts, sort_values, strict=True):
        if pair not in cache:
            cell_class = f"{css_class}{_shade_cell(pair[1], heat_top)}"
            cache[pair] = _render_cell(*pair, cell_class, maximum, column)
        rendered.append(cache[pair])
    return rendered


def _get_css_class(column: Column) -> str:
    if column.kind in RIGHT_ALIGNED:
        return "n"
    if column.kind is ColumnKind.ID:
        return "id"
    return "one" if column.kind in _NOWRAP_KINDS else ""


def _shade_cell(sort_value: str | None, heat_top: float | None) -> str:
    """Return the class of one of ten shades, the darker the more."""
    if not sort_value or not heat_top:
        return ""
    return f" heat{max(0, min(9, int(float(sort_value) / heat_top * 10)))}"


def _render_cell(text: str, sort_value: str | None, css_class: str, maximum: Any, column: Column) -> str:
    empty = text in {NO_VALUE, ""}
    classes = [css_class, "empty" if empty else "", _get_direction(column, sort_value)]
    return html_element(
        "td",
        _render_text(text, column),
        draw_bar(float(sort_value) / float(maximum) * 100) if maximum and sort_value else "",
        class_=" ".join(word for word in classes if word) or None,
        data_v=sort_value,
    )


def _get_direction(column: Column, sort_value: str | None) -> str:
    """Return ``up`` or ``down`` for the value of a column of changes."""
    if not sort_value or not is_change(column):
        return ""
    return "down" if sort_value.startswith("-") else "up" if float(sort_value) else ""


def _render_text(text: str, column: Column) -> str:
    """Return the text of a cell: a telephone number that can be dialled, a folded id."""
    if column.kind is ColumnKind.PHONE and _DIALLED.fullmatch(text):
        digits = "".join(char for char in text if char in "+0123456789")
        return text_element("a", text, href=f"tel:{digits}")
    if column.kind is ColumnKind.ID:
        return text_element("span", text)
    return escape(text)


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
