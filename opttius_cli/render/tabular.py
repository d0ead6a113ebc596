"""An answer as a single table: the rows of its list, or all figures of its parts in a long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from opttius_cli.render.canonical import ISO, Spelling, texts
from opttius_cli.result import Column, Kind, Part, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.result import Answer

ROWS = ("rows",)
"""The path of an answer's main list; the parts beside it are its summary."""
QUALITY = "data_quality"

LONG_COLUMNS = tuple(
    Column(name, kind, labels)
    for name, kind, labels in (
        ("section", Kind.TEXT, {"es": "Sección", "en": "Section"}),
        ("item", Kind.TEXT, {"es": "Ítem", "en": "Item"}),
        ("figure", Kind.TEXT, {"es": "Cifra", "en": "Figure"}),
        ("value", Kind.TEXT, {"es": "Valor", "en": "Value"}),
    )
)


def flat(answer: Answer, spelling: Spelling = ISO) -> Result:
    """Return a single table for ``answer``: its list, its only part, or a long table of all figures."""
    listed = [part.result for part in answer.parts if part.path == ROWS]
    if listed:
        return listed[0]
    if len(answer.parts) == 1:
        return answer.parts[0].result
    return long_table(answer, spelling)


def long_table(answer: Answer, spelling: Spelling = ISO) -> Result:
    """Return one row per figure: ``section`` (JSON path), ``item`` (list or map), ``figure``, ``value``."""
    quality = tuple(Part((QUALITY, *part.path), part.result) for part in answer.quality)
    rows = [row for part in (*answer.parts, *quality) for row in _figures(part, spelling)]
    columns = zip(*rows, strict=True) if rows else [[]] * len(LONG_COLUMNS)
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    names = [column.name for column in LONG_COLUMNS]
    return Result(answer.head.report, {}, "rows", LONG_COLUMNS, pa.table(arrays, names=names))


def _figures(part: Part, spelling: Spelling) -> Iterator[tuple[str, str | None, str, str | None]]:
    """Yield the figures of one part. The first column of a list or map is the item; a plain list has none."""
    result, section = part.result, ".".join(part.path)
    names = [column.name for column in result.columns]
    if result.absent and result.shape == "record":
        yield from ((section, None, name, None) for name in names)
        return
    if result.absent:
        return
    cells = [
        texts(result.table.column(place).combine_chunks(), column.kind, spelling).to_pylist()
        for place, column in enumerate(result.columns)
    ]
    keyed = result.shape in {"rows", "map"} and len(names) > 1
    for row in zip(*cells, strict=True):
        item = row[0] if keyed else None
        for name, value in list(zip(names, row, strict=True))[1 if keyed else 0 :]:
            yield section, item, name, value
