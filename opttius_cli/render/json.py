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

from opttius_cli.render.batches import batches
from opttius_cli.render.canonical import exact, glued, is_bare, texts
from opttius_cli.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.period import Window
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Head, Part

SCHEMA_VERSION = 1
_STEP = "  "
# JSON allows these characters, but they could control a terminal, so they are escaped.
_ACTING = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_ESCAPED = (
    r'["\\\x00-\x1f\x{7f}-\x{9f}\x{ad}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]'
)


@dataclass(frozen=True, slots=True)
class Written:
    """A value that is already JSON."""

    text: str


def write(answer: Answer, out: BinaryIO, style: Style) -> None:  # noqa: ARG001 - JSON is the same everywhere
    """Write the answer as UTF-8 JSON, indented, with a newline at the end."""
    _write(out, document(answer), "")
    out.write(b"\n")


def write_rows(result: Result, out: BinaryIO) -> None:
    """Write the rows of one result as an array of objects."""
    _write(out, result, "")
    out.write(b"\n")


def write_without_parts(answer: Answer, out: BinaryIO) -> None:
    """Write the answer's header and data quality, for formats that store its figures in another way."""
    _write(out, head(answer.head) | _privacy(answer) | {"data_quality": quality(answer)}, "")


def write_value(value: Any, out: BinaryIO) -> None:
    """Write objects, arrays and plain values, including decimals, in the same form as an answer."""
    _write(out, value, "")
    out.write(b"\n")


def document(answer: Answer) -> dict[str, Any]:
    """Return the answer as nested objects. A list of rows stays a Result, which the writer reads later."""
    found = head(answer.head)
    place_all(found, answer.parts)
    found |= _privacy(answer)
    found["data_quality"] = quality(answer)
    return found


def _privacy(answer: Answer) -> dict[str, Any]:
    """Return the privacy object if any small groups were suppressed."""
    if not answer.suppressed:
        return {}
    return {"privacy": {"min_group": answer.min_group, "suppressed_groups": answer.suppressed}}


def quality(answer: Answer) -> dict[str, Any]:
    """Return what was left out, and where the rows come from."""
    found: dict[str, Any] = {}
    place_all(found, answer.quality)
    found["snapshot"] = {"source": answer.source, "loaded_at": answer.loaded_at.isoformat()}
    return found


def head(of: Head) -> dict[str, Any]:
    """Return the answer's header as an object."""
    found: dict[str, Any] = {
        "report": of.report,
        "schema_version": SCHEMA_VERSION,
        "as_of": of.as_of.isoformat(),
        "timezone": of.timezone,
        "currency": of.currency,
        "scope": {
            "organization": {"id": of.scope.organization_id, "name": of.scope.organization_name},
            "branches": [{"id": b.id, "code": b.code, "name": b.name} for b in of.scope.branches],
            "global": of.scope.whole,
        },
    }
    if of.title:
        found["title"] = of.title
    if of.period:
        window = of.period.window
        found["period"] = _window(window) | {"days": window.days, "label": of.period.label}
        found["previous"] = _window(of.previous) if of.previous else None
    return found


def _window(window: Window) -> dict[str, Any]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}


def place_all(found: dict[str, Any], parts: Iterable[Part]) -> None:
    """Insert every part at its path; records and maps with the same path are merged."""
    for part in parts:
        value = shaped(part.result)
        if not part.path:
            found.update(value)
            continue
        inner = found
        for key in part.path[:-1]:
            inner = inner.setdefault(key, {})
        last = part.path[-1]
        if isinstance(inner.get(last), dict) and isinstance(value, dict):
            inner[last].update(value)
        else:
            inner[last] = value


def shaped(result: Result) -> Any:
    """Return a result in its JSON shape. An absent table gives null; a record keeps its keys."""
    names = [column.name for column in result.columns]
    if result.shape == "record" and (result.absent or not result.table.num_rows):
        return dict.fromkeys(names)
    if result.absent:
        return None
    if result.shape == "rows":
        return result
    columns = [
        _values(result.table.column(place).combine_chunks(), column)
        for place, column in enumerate(result.columns)
    ]
    rows = list(zip(*columns, strict=True))
    if result.shape == "record":
        return dict(zip(names, rows[0], strict=True))
    if result.shape == "list":
        return [row[0] for row in rows]
    keys = result.table.column(0).to_pylist()
    inner = [row[1] if len(names) == 2 else dict(zip(names[1:], row[1:], strict=True)) for row in rows]  # noqa: PLR2004
    return dict(zip(keys, inner, strict=True))


def _values(values: pa.Array, column: Column) -> list[Any]:
    if pa.types.is_list(values.type):
        return list(values.to_pylist())
    return [Written(text) for text in fragments(values, column).to_pylist()]


def fragments(values: pa.Array, column: Column, indent: str = "") -> pa.Array:
    """Encode every value of a column as JSON; null as ``null``. The lines of a list get ``indent``."""
    if pa.types.is_list(values.type):
        dumped = [json.dumps(value, ensure_ascii=False, indent=2) for value in values.to_pylist()]
        return pa.array([_safe(text).replace("\n", "\n" + indent) for text in dumped], pa.string())
    written = texts(values, column.kind)
    if is_bare(values.type):
        return pc.fill_null(written, "null")
    return pc.fill_null(_strings(written), "null")


def _strings(values: pa.Array) -> pa.Array:
    """Encode texts as JSON strings. Only those that need it are escaped one by one."""
    plain = pc.binary_join_element_wise('"', values, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(values, _ESCAPED), False)  # noqa: FBT003 - Arrow takes it by place
    if not pc.any(odd).as_py():
        return plain
    escaped = [_string(value) for value in pc.filter(values, odd).to_pylist()]
    return pc.replace_with_mask(plain, odd, pa.array(escaped, pa.string()))


def _string(value: str) -> str:
    return _safe(json.dumps(value, ensure_ascii=False))


def _safe(text: str) -> str:
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _write(out: BinaryIO, value: Any, indent: str) -> None:
    if isinstance(value, Result):
        _write_rows(out, value, indent)
    elif isinstance(value, dict) and value:
        _write_object(out, value, indent)
    elif isinstance(value, list) and value:
        for place, one in enumerate(value):
            out.write(((",\n" if place else "[\n") + indent + _STEP).encode())
            _write(out, one, indent + _STEP)
        out.write(f"\n{indent}]".encode())
    elif isinstance(value, Decimal):
        out.write(exact(value).encode())
    else:
        text = value.text if isinstance(value, Written) else _safe(json.dumps(value, ensure_ascii=False))
        out.write(text.encode())


def _write_object(out: BinaryIO, value: Mapping[str, Any], indent: str) -> None:
    for place, (key, one) in enumerate(value.items()):
        out.write(((",\n" if place else "{\n") + indent + _STEP + _string(key) + ": ").encode())
        _write(out, one, indent + _STEP)
    out.write(f"\n{indent}}}".encode())


def _write_rows(out: BinaryIO, result: Result, indent: str) -> None:
    """Write an array of objects, joined by Arrow, which is almost as fast as reading the rows."""
    row, field = indent + _STEP, indent + _STEP * 2
    first = True
    for batch in batches(result):
        pieces: list[Any] = []
        for place, column in enumerate(result.columns):
            pieces.append(",\n" if place else f",\n{row}{{\n")
            pieces.append(f"{field}{_string(column.name)}: ")
            pieces.append(fragments(batch.column(place), column, field))
        written = glued([*pieces, f"\n{row}}}"])
        out.write(b"[" + bytes(written[1:]) if first and len(written) else written)
        first = first and not len(written)
    out.write(b"[]" if first else f"\n{indent}]".encode())
