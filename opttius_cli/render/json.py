"""JSON as the contract has it: the same answer gives the same bytes, whatever the language."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from opttius_cli.period import Window
    from opttius_cli.result import Answer, Column, Head, Part, Result

SCHEMA_VERSION = 1


def render(answer: Answer) -> bytes:
    """The answer as UTF-8 JSON, indented, with a newline at its end."""
    document = head(answer.head)
    place_all(document, answer.parts)
    quality: dict[str, Any] = {}
    place_all(quality, answer.quality)
    quality["snapshot"] = {"source": answer.source, "loaded_at": answer.loaded_at.isoformat()}
    document["data_quality"] = quality
    return (json.dumps(document, ensure_ascii=False, indent=2, default=_encode) + "\n").encode()


def head(of: Head) -> dict[str, Any]:
    """What an answer says of itself."""
    document: dict[str, Any] = {
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
    if of.period:
        window = of.period.window
        document["period"] = _window(window) | {"days": window.days, "label": of.period.label}
        document["previous"] = _window(of.previous) if of.previous else None
    return document


def _window(window: Window) -> dict[str, Any]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}


def place_all(document: dict[str, Any], parts: Iterable[Part]) -> None:
    """Put every part where its path says; records and maps at one place are merged."""
    for part in parts:
        value = shaped(part.result)
        if not part.path:
            document.update(value)
            continue
        inner = document
        for key in part.path[:-1]:
            inner = inner.setdefault(key, {})
        last = part.path[-1]
        if isinstance(inner.get(last), dict) and isinstance(value, dict):
            inner[last].update(value)
        else:
            inner[last] = value


def shaped(result: Result) -> Any:
    """A result in its JSON shape. What an absent table would have told is null; a record keeps its keys."""
    names = [column.name for column in result.columns]
    if result.shape == "record":
        row = _rows(result)[0] if result.table.num_rows else [None] * len(names)
        return dict(zip(names, [None] * len(names) if result.absent else row, strict=True))
    if result.absent:
        return None
    rows = _rows(result)
    if result.shape == "list":
        return [row[0] for row in rows]
    if result.shape == "map":
        return {row[0]: row[1] if len(names) == 2 else dict(zip(names[1:], row[1:], strict=True)) for row in rows}
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rows(result: Result) -> list[tuple[Any, ...]]:
    columns = [result.table.column(i).to_pylist() for i in range(len(result.columns))]
    return list(zip(*columns, strict=True))


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat()
