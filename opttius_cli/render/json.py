"""JSON as documented: the same answer gives the same bytes, whatever the language.

Lists of rows are written in batches; a decimal is written with its own digits, never as a float.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.render.machine_text import concat_rows, format_decimal, format_values, is_unquoted
from opttius_cli.render.row_batches import iter_batches
from opttius_cli.result import ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.period import Window
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerHeader, AnswerPart, Column

SCHEMA_VERSION = 1
_INDENT = "  "
# JSON allows these characters, but they could control a terminal, so they are escaped.
_CONTROL_CHARS = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_NEEDS_ESCAPE = (
    r'["\\\x00-\x1f\x{7f}-\x{9f}\x{ad}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]'
)


@dataclass(frozen=True, slots=True)
class RawJson:
    """A value that is already JSON."""

    text: str


def write(answer: Answer, out: BinaryIO, style: Style) -> None:  # noqa: ARG001 - JSON is the same everywhere
    """Write the answer as UTF-8 JSON, indented, with a newline at the end."""
    _write_json(out, build_document(answer), "")
    out.write(b"\n")


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:  # noqa: ARG001 - as in write
    """Write the rows of one result as an array of objects."""
    _write_json(out, result, "")
    out.write(b"\n")


def write_without_parts(answer: Answer, out: BinaryIO) -> None:
    """Write the answer's header and data quality, for formats that store its figures in another way."""
    _write_json(
        out,
        build_header(answer.header) | _build_privacy(answer) | {"data_quality": build_data_quality(answer)},
        "",
    )


def write_value(value: Any, out: BinaryIO) -> None:
    """Write objects, arrays and plain values, including decimals, in the same form as an answer."""
    _write_json(out, value, "")
    out.write(b"\n")


def build_document(answer: Answer) -> dict[str, Any]:
    """Return the answer as nested objects. A list of rows stays a Result, which the writer reads later."""
    document = build_header(answer.header)
    insert_parts(document, answer.parts)
    document |= _build_privacy(answer)
    document["data_quality"] = build_data_quality(answer)
    return document


def _build_privacy(answer: Answer) -> dict[str, Any]:
    """Return the privacy object if any small groups were suppressed."""
    if not answer.suppression_count:
        return {}
    return {"privacy": {"min_group": answer.min_group, "suppressed_groups": answer.suppression_count}}


def build_data_quality(answer: Answer) -> dict[str, Any]:
    """Return what was left out, and where the rows come from."""
    data_quality: dict[str, Any] = {}
    insert_parts(data_quality, answer.data_quality)
    data_quality["snapshot"] = {"source": answer.source, "loaded_at": answer.loaded_at.isoformat()}
    return data_quality


def build_header(header: AnswerHeader) -> dict[str, Any]:
    """Return the answer's header as an object."""
    fields: dict[str, Any] = {
        "report": header.report,
        "schema_version": SCHEMA_VERSION,
        "as_of": header.as_of.isoformat(),
        "timezone": header.timezone,
        "currency": header.currency,
        "scope": {
            "organization": {"id": header.scope.organization_id, "name": header.scope.organization_name},
            "branches": [
                {"id": branch.id, "code": branch.code, "name": branch.name}
                for branch in header.scope.branches
            ],
            "global": header.scope.whole_organization,
        },
    }
    if header.title:
        fields["title"] = header.title
    if header.since:
        fields["since"] = header.since.isoformat()
    if header.period:
        window = header.period.window
        fields["period"] = _build_window(window) | {"days": window.day_count, "label": header.period.label}
        fields["previous"] = _build_window(header.previous) if header.previous else None
    return fields


def _build_window(window: Window) -> dict[str, Any]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}


def insert_parts(target: dict[str, Any], parts: Iterable[AnswerPart]) -> None:
    """Insert every part at its path; records and maps with the same path are merged."""
    for part in parts:
        value = build_value(part.result)
        if not part.path:
            target.update(value)
            continue
        node = target
        for key in part.path[:-1]:
            node = node.setdefault(key, {})
        last_key = part.path[-1]
        if isinstance(node.get(last_key), dict) and isinstance(value, dict):
            node[last_key].update(value)
        else:
            _insert(node, last_key, value, part.before)


def _insert(into: dict[str, Any], key: str, value: Any, before: str) -> None:
    """Put ``value`` under ``key``, before the key ``before`` where that is there already."""
    following: dict[str, Any] = {}
    if before in into:
        names = list(into)
        following = {name: into.pop(name) for name in names[names.index(before) :]}
    into[key] = value
    into.update(following)


def build_value(result: Result) -> Any:
    """Return a result in its JSON shape. An absent table gives null; a record keeps its keys."""
    names = [column.name for column in result.columns]
    if result.shape == "record" and (result.absent or not result.table.num_rows):
        return dict.fromkeys(names)
    if result.absent:
        return None
    if result.shape == "rows":
        return result
    columns = [
        _encode_values(result.table.column(index).combine_chunks(), column)
        for index, column in enumerate(result.columns)
    ]
    rows = list(zip(*columns, strict=True))
    if result.shape == "record":
        return dict(zip(names, rows[0], strict=True))
    return [row[0] for row in rows] if result.shape == "list" else _mapped(result, rows)


def _mapped(result: Result, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Rows as an object by their first column, or one of objects by their second."""
    names = [column.name for column in result.columns]
    keys = result.table.column(0).to_pylist()
    inner = [row[1] if len(names) == 2 else dict(zip(names[1:], row[1:], strict=True)) for row in rows]  # noqa: PLR2004
    if result.columns[1].kind is ColumnKind.COUNT:
        counts = result.table.column(1).to_pylist()
        inner = [value if count is not None else None for value, count in zip(inner, counts, strict=True)]
    if result.shape == "nested":
        nested: dict[str, Any] = {key: {} for key in keys}
        for key, name, row in zip(keys, result.table.column(1).to_pylist(), rows, strict=True):
            nested[key][name] = row[2]
        return nested
    pairs = list(zip(keys, inner, strict=True))
    return dict(sorted(pairs) if result.shape == "sorted_map" else pairs)


def _encode_values(values: pa.Array, column: Column) -> list[Any]:
    if pa.types.is_list(values.type):
        return list(values.to_pylist())
    return [RawJson(text) for text in encode_column(values, column).to_pylist()]


def encode_column(values: pa.Array, column: Column, indent: str | None = "") -> pa.Array:
    """Encode every value of a column as JSON; null as ``null``.

    The lines of a list get ``indent``; None writes it on one line.
    """
    if pa.types.is_list(values.type):
        dumped = [
            json.dumps(value, ensure_ascii=False, indent=None if indent is None else 2)
            for value in values.to_pylist()
        ]
        return pa.array(
            [_escape_control_chars(text).replace("\n", f"\n{indent or ''}") for text in dumped], pa.string()
        )
    text = format_values(values, column.kind)
    if is_unquoted(values.type):
        return pc.fill_null(text, "null")
    return pc.fill_null(_encode_strings(text), "null")


def _encode_strings(values: pa.Array) -> pa.Array:
    """Encode texts as JSON strings. Only those that need it are escaped one by one."""
    plain = pc.binary_join_element_wise('"', values, '"', "")
    needs_escape = pc.fill_null(pc.match_substring_regex(values, _NEEDS_ESCAPE), False)  # noqa: FBT003 - Arrow takes it by place
    if not pc.any(needs_escape).as_py():
        return plain
    escaped = [encode_string(value) for value in pc.filter(values, needs_escape).to_pylist()]
    return pc.replace_with_mask(plain, needs_escape, pa.array(escaped, pa.string()))


def encode_string(value: str) -> str:
    """Return one text as a JSON string."""
    return _escape_control_chars(json.dumps(value, ensure_ascii=False))


def _escape_control_chars(text: str) -> str:
    return _CONTROL_CHARS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _write_json(out: BinaryIO, value: Any, indent: str) -> None:
    if isinstance(value, Result):
        _write_rows(out, value, indent)
    elif isinstance(value, dict) and value:
        _write_object(out, value, indent)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            out.write(((",\n" if index else "[\n") + indent + _INDENT).encode())
            _write_json(out, item, indent + _INDENT)
        out.write(f"\n{indent}]".encode())
    elif isinstance(value, Decimal):
        out.write(format_decimal(value).encode())
    else:
        text = (
            value.text
            if isinstance(value, RawJson)
            else _escape_control_chars(json.dumps(value, ensure_ascii=False))
        )
        out.write(text.encode())


def _write_object(out: BinaryIO, value: Mapping[str, Any], indent: str) -> None:
    for index, (key, item) in enumerate(value.items()):
        out.write(((",\n" if index else "{\n") + indent + _INDENT + encode_string(key) + ": ").encode())
        _write_json(out, item, indent + _INDENT)
    out.write(f"\n{indent}}}".encode())


def _write_rows(out: BinaryIO, result: Result, indent: str) -> None:
    """Write an array of objects, joined by Arrow, which is almost as fast as reading the rows."""
    row_indent, field_indent = indent + _INDENT, indent + _INDENT * 2
    first = True
    for batch in iter_batches(result):
        pieces: list[Any] = []
        for index, column in enumerate(result.columns):
            pieces.append(",\n" if index else f",\n{row_indent}{{\n")
            pieces.append(f"{field_indent}{encode_string(column.name)}: ")
            pieces.append(encode_column(batch.column(index), column, field_indent))
        rows = concat_rows([*pieces, f"\n{row_indent}}}"])
        out.write(b"[" + bytes(rows[1:]) if first and len(rows) else rows)
        first = first and not len(rows)
    out.write(b"[]" if first else f"\n{indent}]".encode())
