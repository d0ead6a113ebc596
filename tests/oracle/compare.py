"""Where an answer differs from what was expected: one line for each place, with both values.

`differences` compares only the keys that are expected, and numbers exactly; a product's name may be any of
its spellings. `misplaced_keys` compares every key and the order of all.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

# What the model does not work out: where the rows were read, when, and what is masked.
NOT_MODELLED = {"snapshot", "timeline", "name", "email", "phone", "rut"}


def parse(text: str) -> Any:
    """Read JSON without a float."""
    return json.loads(text, parse_float=Decimal)


def differences(expected: object, got: object, path: str = "$") -> list[str]:
    """Every place where the answer is not what was expected."""
    if isinstance(expected, dict) and "spellings" in expected:
        return _named_line(expected, got, path)
    if isinstance(expected, dict):
        return _record(expected, got, path)
    if isinstance(expected, list):
        return _list(expected, got, path)
    return [] if _same(expected, got) else [f"{path}: expected {_show(expected)}, got {_show(got)}"]


def _record(expected: dict[str, object], got: object, path: str) -> list[str]:
    if not isinstance(got, dict):
        return [f"{path}: expected a record, got {_show(got)}"]
    mismatches = []
    for key, value in expected.items():
        place = f"{path}.{key}"
        mismatches += differences(value, got[key], place) if key in got else [f"{place}: absent"]
    return mismatches


def misplaced_keys(expected: object, got: object, path: str = "$") -> list[str]:
    """Every record whose keys are others than expected, or stand in another order."""
    if isinstance(expected, list) and isinstance(got, list):
        pairs = enumerate(zip(expected, got, strict=False))
        return [line for place, pair in pairs for line in misplaced_keys(*pair, f"{path}[{place}]")]
    if not isinstance(expected, dict) or not isinstance(got, dict):
        return []
    keys = [key for key in got if key in expected or key not in NOT_MODELLED]
    name = [key for key in expected if key != "spellings"]
    wrong = [] if keys == name else [f"{path}: expected the keys {_show(name)}, got {_show(keys)}"]
    for key in name:
        wrong += misplaced_keys(expected[key], got.get(key), f"{path}.{key}")
    return wrong


def _list(expected: list[object], got: object, path: str) -> list[str]:
    if not isinstance(got, list):
        return [f"{path}: expected a list, got {_show(got)}"]
    if len(expected) != len(got):
        return [f"{path}: expected {len(expected)} entries, got {len(got)}: {_show(got[:12])}"]
    return [
        line
        for number, (want, have) in enumerate(zip(expected, got, strict=True))
        for line in differences(want, have, f"{path}[{number}]")
    ]


def _named_line(expected: dict[str, Any], got: object, path: str) -> list[str]:
    figures = {key: value for key, value in expected.items() if key not in {"name", "spellings"}}
    wrong = _record(figures, got, path)
    name = str(got.get("name")) if isinstance(got, dict) else ""
    if name.strip(" ").lower() not in {spelling.strip(" ").lower() for spelling in expected["spellings"]}:
        wrong.append(f"{path}.name: expected one of {sorted(expected['spellings'])}, got {name!r}")
    return wrong


def _same(expected: object, got: object) -> bool:
    if isinstance(expected, datetime):
        return isinstance(got, str) and datetime.fromisoformat(got).astimezone(UTC) == expected.astimezone(
            UTC
        )
    if isinstance(expected, date) or isinstance(got, date):
        return str(expected) == str(got)
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, float):  # as a test writes it
        return Decimal(str(expected)) == got
    return expected == got


def _show(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
