"""Headers with one thing wrong: each key with each odd value, left out, twice or cut; and keys of other reports."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = (
    *("5", "-1", "1.5", "inf", "nan", "true", '""', '"  "', '"x"', "[]", "[[]]", "[1]", "{}", "[{ a = 1 }]"),
    *("{ a = 1 }", '{ es = "x" }', '{ kind = "text" }', "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"),
    *('"a\\u0000b"', '"\\u202e"', '"a: b: c"', '"branch"', '["branch", "customers"]', '["branch", "branch"]'),
    *("9" * 5000, '"' + "x" * 5000 + '"', "[" * 500 + "]" * 500, "{ a = " * 500 + "1" + " }" * 500),
)
"""Values of every type of TOML, of every size, of the wrong shape."""

_INNER_VALUES = ("5", '""', '"x"', "[]", "{}", "true", '"branch"', '"' + "x" * 5000 + '"')
_KEYS = (
    *("form", "model", "matrix", "bases", "depends_on", "period", "shape", "needs", "uses", "chart"),
    *("group_size", "parameters", "history", "title", "grain", "columns", "few", '""', "título", "a.b.c"),
)
_EXTRAS = (
    *(f'shape = "{shape}"' for shape in ("record", "map", "nested", "list")),
    *(f'depends_on = "{window}"' for window in ("forecast", "previous", "period")),
    'form = { page_per = "x", outcomes = "contact_outcome" }',
    'form = { page_per = "branch", outcomes = "nope" }',
    'form = { page_per = "branch", outcomes = "finding" }',
    'form = { page_per = "branch", outcomes = "contact_outcome" }',
    'model = "split_mix"',
    'matrix = { row = "a", column = "b", value = "c", weight = "d" }',
    'matrix = { row = "branch", column = "branch", value = "customers", weight = "customers" }',
    'matrix = { row = "branch", column = "branch", value = "customers", weight = "branch" }',
    'chart = { kind = "waterfall", x = "branch", y = "customers" }',
    'chart = { kind = "waterfall", x = "branch", y = "customers", start = "x", end = "y" }',
    'chart = { kind = "bar", x = "branch", y = "customers", start = "x" }',
    'chart = { kind = "bar", x = "branch", y = "customers", group = "nope" }',
    'chart = { kind = "line", x = "branch", y = "customers", previous = true }',
    'bases = ["customers"]',
    'title = "{active_days"',
    'title = "{0}{x!r}%s"',
)
_COLUMN_KEYS = (
    *('of = "orders"', 'of = "nope"', 'take = "x"', 'where = "x = "', 'formula = "((("', 'section = "x"'),
    *('over = "x"', 'effect = "nope"', 'effect = "finding"', "heat = true", "share = true", "total = true"),
    *("identifier = true", "free_text = true", 'vocabulary = "segment"', "vocabulary = []", 'kind = "list"'),
)


def iter_mutants(header: str) -> Iterator[str]:
    """Yield ``header`` with each change that is worth a try."""
    lines = header.splitlines()
    yield from (header + end for end in ("[column]\n[column]\n", "[columns]\n", "[[column]]\n", "\0", "=\n"))
    for position, line in enumerate(lines):
        for changed in _iter_changes(line):
            yield "\n".join([*lines[:position], *changed, *lines[position + 1 :]])
    added = chain((f"{key} = {value}" for key in _KEYS for value in VALUES), _EXTRAS)
    for line in added:
        key = line.partition(" ")[0]
        yield "\n".join([line, *(other for other in lines if other.partition(" ")[0] != key)])


def _iter_changes(line: str) -> Iterator[list[str]]:
    """Yield what may stand in the place of one line of a header."""
    key, equals, value = line.partition(" = ")
    yield from ([], [line, line], [line[: len(line) * 2 // 3]], [f"x{line}"])
    if not equals:
        return
    yield from ([f"{key} = {other}"] for other in VALUES)
    for inner in re.finditer(r'(\w+ = )("[^"]*"|true|false|-?\d+)(, )?', value):
        for other in _INNER_VALUES:
            yield [f"{key} = {value[: inner.start(2)]}{other}{value[inner.end(2) :]}"]
        yield [f"{key} = {value[: inner.start()]}{value[inner.end() :]}"]
    if value.endswith("}"):
        yield from ([f"{line[:-1].rstrip()}, {more} }}"] for more in _COLUMN_KEYS)
