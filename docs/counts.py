"""Counts of what the tests hold, read from their syntax trees: no test runs for a page."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
_SECTIONS = re.compile(r"(?:sections?|metrics) (\d+(?:(?:, | and )\d+)*)", re.IGNORECASE)
_LEAST = "LEAST_"


@dataclass(frozen=True, slots=True)
class DrawnTest:
    """A test that draws examples: how many for each of its cases, before they are multiplied, and what it calls.

    ``drops_quality``: it compares answers without what was left out.
    """

    module: Path
    examples: int
    cases: int
    calls: frozenset[str]
    drops_quality: bool


@cache
def parse_file(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def list_modules(folder: Path) -> list[Path]:
    """List the modules of tests in a folder."""
    return sorted(folder.glob("test_*.py"))


def count_tests(module: Path) -> int:
    """Count the test functions of a module; one counts once, whatever cases it is given."""
    nodes = ast.walk(parse_file(module))
    return sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in nodes)


@cache
def list_drawn_tests(folder: Path) -> list[DrawnTest]:
    """List the tests of a folder that ``@fuzz(EXAMPLES)`` draws."""
    return [drawn for module in list_modules(folder) for drawn in _iter_drawn_tests(module)]


def _iter_drawn_tests(module: Path) -> Iterator[DrawnTest]:
    tree = parse_file(module)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        decorators = [node for node in function.decorator_list if isinstance(node, ast.Call)]
        for decorator in decorators:
            if isinstance(decorator.func, ast.Name) and decorator.func.id == "fuzz":
                (examples,) = decorator.args
                cases = prod(_count_cases(other, tree) for other in decorators)
                number = int(ast.literal_eval(examples))
                drops = any(
                    isinstance(node, ast.Delete) and "data_quality" in ast.unparse(node)
                    for node in ast.walk(function)
                )
                yield DrawnTest(module, number, cases, _list_calls(function), drops)


def _count_cases(decorator: ast.Call, tree: ast.Module) -> int:
    """Count the cases of ``@pytest.mark.parametrize``; where they are worked out only when it runs, they are one."""
    if not (isinstance(decorator.func, ast.Attribute) and decorator.func.attr == "parametrize"):
        return 1
    values: ast.expr | None = decorator.args[1]
    if isinstance(values, ast.Name):
        values = find_constant(tree, values.id)
    if isinstance(values, ast.Dict):
        return len(values.values)
    is_literal = isinstance(values, ast.List | ast.Tuple) and not any(
        isinstance(item, ast.Starred) for item in values.elts
    )
    return len(values.elts) if is_literal and isinstance(values, ast.List | ast.Tuple) else 1


def find_constant(tree: ast.Module, name: str) -> ast.expr | None:
    """Return what a module binds to a name; None where it binds nothing."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return getattr(node, "value", None)
    return None


def _list_calls(function: ast.FunctionDef) -> frozenset[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return frozenset(called.id for called in calls if isinstance(called, ast.Name))


def read_least(module: Path) -> int:
    """Return how many cases a module refuses to fall below, for it makes them all from a grammar; 0 where none."""
    bound = (node for node in parse_file(module).body if isinstance(node, ast.Assign))
    numbers = (node.value for node in bound if ast.unparse(node.targets[0]).startswith(_LEAST))
    return next((int(ast.literal_eval(number)) for number in numbers), 0)


def read_integer(file: Path, name: str) -> int:
    """Return the integer that a Python module binds to a name."""
    value = find_constant(parse_file(file), name)
    if value is None:
        message = f"{file} has no {name}"
        raise LookupError(message)
    return int(ast.literal_eval(value))


def read_repeats() -> int:
    """Return by how much ``make fuzz`` multiplies the examples, as the Makefile says."""
    repeats = re.search(r"^FUZZ \?= (\d+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    if repeats is None:
        message = "the Makefile has no FUZZ ?="
        raise LookupError(message)
    return int(repeats[1])


def list_sections(contract: Path) -> list[int]:
    """List the numbers of the contract's sections."""
    return [int(number) for number in re.findall(r"^## (\d+)\. ", contract.read_text("utf-8"), re.MULTILINE)]


def list_tested_sections(folder: Path) -> set[int]:
    """List the sections that the docstrings of a folder's modules say they test."""
    docstrings = (ast.get_docstring(parse_file(module)) or "" for module in list_modules(folder))
    return {
        int(number)
        for docstring in docstrings
        for numbers in _SECTIONS.findall(docstring)
        for number in re.findall(r"\d+", numbers)
    }


def count_imports(folder: Path, package: str) -> int:
    """Count the imports of a package in all modules of a folder."""
    nodes = (node for file in folder.glob("*.py") for node in ast.walk(parse_file(file)))
    return sum(
        (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package)
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == package for name in node.names))
        for node in nodes
    )
