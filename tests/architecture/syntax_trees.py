"""The package as text and as syntax trees: what the tests of this folder look at."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "opttius_cli"
SQL = ROOT / "sql"

MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
"""Every module of the package, by its path below it: ``render/csv.py``."""


@cache
def parse_module(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"), module)


def iter_functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(parse_module(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted_name(node: ast.expr) -> str:
    """``a.b.c`` as it is written; empty for what is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted_name(node.value)):
        return f"{before}.{node.attr}"
    return ""


def find_used_names(module: str) -> set[str]:
    """Every dotted name that a module uses, such as ``sys.stdout.write`` and ``sys.stdout``."""
    return {
        dotted_name(node)
        for node in ast.walk(parse_module(module))
        if isinstance(node, ast.Attribute | ast.Name)
    }


def find_called_names(module: str) -> set[str]:
    """The dotted names that a module calls."""
    return {dotted_name(node.func) for node in ast.walk(parse_module(module)) if isinstance(node, ast.Call)}


def count_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function has, its docstring not counted."""
    text = ast.get_docstring(node, clean=False)
    return (node.end_lineno or node.lineno) - node.lineno + 1 - (len(text.splitlines()) if text else 0)


def find_spliced_texts(module: str) -> Iterator[tuple[int, str]]:
    """The text around the holes of every f-string, ``%`` and ``.format`` of a module, with its line."""
    for node in ast.walk(parse_module(module)):
        if isinstance(node, ast.JoinedStr):
            parts = [value.value for value in node.values if isinstance(value, ast.Constant)]
            yield node.lineno, "?".join(str(part) for part in parts)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant) and isinstance(side.value, str):
                    yield node.lineno, side.value
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        ):
            text = node.func.value
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield node.lineno, text.value
