"""An answer as a single table: the rows of its list, or all figures of its parts in a long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from opttius_cli.i18n import N_, translate_into_all
from opttius_cli.render.machine_text import ISO, Spelling, format_values
from opttius_cli.result import MAP_SHAPES, AnswerPart, Column, ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.result import Answer

ROWS_PATHS = (("rows",), ("listed",))
"""The path of an answer's main list, whichever it has; the parts beside it are its summary."""
DATA_QUALITY = "data_quality"

_LONG_LABELS = {
    "section": N_("Section"),
    "item": N_("Item"),
    "figure": N_("Figure"),
    "value": N_("Value"),
}


def build_flat_table(answer: Answer, spelling: Spelling = ISO) -> Result:
    """Return a single table for ``answer``: its list, its only part, or a long table of all figures."""
    lists = [part.result for part in answer.parts if part.path in ROWS_PATHS]
    if lists:
        return lists[0]
    if len(answer.parts) == 1:
        return answer.parts[0].result
    return build_long_table(answer, spelling)


def build_long_table(answer: Answer, spelling: Spelling = ISO) -> Result:
    """Return one row per figure: ``section`` (JSON path), ``item`` (list or map), ``figure``, ``value``."""
    quality_parts = tuple(AnswerPart((DATA_QUALITY, *part.path), part.result) for part in answer.data_quality)
    rows = [row for part in (*answer.parts, *quality_parts) for row in _iter_values(part, spelling)]
    values = zip(*rows, strict=True) if rows else [[]] * len(_LONG_LABELS)
    arrays = [pa.array(list(column), pa.string()) for column in values]
    columns = tuple(
        Column(name, ColumnKind.TEXT, translate_into_all(label)) for name, label in _LONG_LABELS.items()
    )
    return Result(answer.header.report, {}, "rows", columns, pa.table(arrays, names=list(_LONG_LABELS)))


def _iter_values(part: AnswerPart, spelling: Spelling) -> Iterator[tuple[str, str | None, str, str | None]]:
    """Yield the figures of one part. The first column of a list or map is the item; a plain list has none."""
    result, section = part.result, ".".join(part.path)
    names = [column.name for column in result.columns]
    if result.absent and result.shape == "record":
        yield from ((section, None, name, None) for name in names)
        return
    if result.absent:
        return
    columns = [
        format_values(result.table.column(index).combine_chunks(), column.kind, spelling).to_pylist()
        for index, column in enumerate(result.columns)
    ]
    has_key = result.shape in MAP_SHAPES | {"rows"} and len(names) > 1
    if result.shape == "nested":
        yield from ((section, *row) for row in zip(*columns, strict=True))
        return
    for row in zip(*columns, strict=True):
        item = row[0] if has_key else None
        for name, value in list(zip(names, row, strict=True))[1 if has_key else 0 :]:
            yield section, item, name, value
