"""The keys of a JSON file's objects, which every object may write in its own way, and the cells that they name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.sql import sql_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TEXT = r'"(?:[^"\\]|\\.)*"'
_PIECE = rf'((?:[^"]|{_TEXT})*?)(?:(\}}\s*)(\{{)|$)'
"""What stands before a `}` that a `{` follows, outside texts; or the rest of the line."""
_LIST = rf"'[' || rtrim(regexp_replace(item, '{_PIECE}', '\1\2,\3', 'g'), ', ' || chr(9) || chr(13)) || ']'"
SPLIT_LINE = f"""
    CASE
        WHEN json_valid(item) THEN [item]
        WHEN json_valid({_LIST}) THEN CAST(json_extract({_LIST}, '$[*]') AS VARCHAR[])
        ELSE [item]
    END
"""
"""The objects on a line: one, or several that lost the line break between them, with or without commas."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a file's objects: of each of our columns those that name it, as the objects write them.

    ``repeated`` counts objects that name a column twice, ``strange`` those that name none.
    """

    columns: Mapping[str, Sequence[str]]
    repeated: int = 0
    strange: int = 0


def build_object_cells(keys: Keys, sound: str) -> str:
    """Build the SQL of the cells of an object: of the first key of each column, and of its other keys.

    The fields of one structure may not differ in letter case alone.
    """
    turns = max(len(variants) for variants in keys.columns.values())
    shapes = [
        dict.fromkeys(
            (variants[turn] for variants in keys.columns.values() if turn < len(variants)), "VARCHAR"
        )
        for turn in range(turns)
    ]
    return ", ".join(
        f"json_transform(CASE WHEN {sound} THEN item END, "
        f"{sql_literal(json.dumps(shape, ensure_ascii=False))}) AS cells{turn}"
        for turn, shape in enumerate(shapes)
    )


def build_key_cell(keys: Keys, name: str) -> str:
    """Build the SQL of the cell of column ``name``: of its only key, or of the last of several."""
    variants = keys.columns[name]
    cells = ", ".join(f"struct_extract(cells{turn}, {sql_literal(key)})" for turn, key in enumerate(variants))
    cell = f"coalesce({cells})" if len(variants) > 1 else cells
    if not keys.repeated:
        return cell
    names = ", ".join(sql_literal(key) for key in variants)
    places = f"list_filter(range(1, len(keys) + 1), lambda place: keys[place] IN ({names}))"
    return f"CASE WHEN len({places}) > 1 THEN found[list_last({places})] ELSE {cell} END"
