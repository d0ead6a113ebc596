"""The map of the package: every module with the first sentence of its docstring, packages before modules."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "opttius_cli"


def format_map() -> str:
    """Return the map as an indented list in a code block."""
    return "\n".join(["```", *_format_package(PACKAGE, 0), "```", ""])


def _format_package(package: Path, depth: int) -> Iterator[str]:
    """Yield a line for the package, those of the packages in it, and a line per module."""
    yield _format_line(f"{package.name}/", read_summary(package / "__init__.py"), depth)
    for init_file in sorted(package.glob("*/__init__.py")):
        yield from _format_package(init_file.parent, depth + 1)
    for module in sorted(package.glob("*.py")):
        if module.name != "__init__.py":
            yield _format_line(module.name, read_summary(module), depth + 1)


def _format_line(name: str, summary: str, depth: int) -> str:
    indented_name = f"{'  ' * depth}{name}"
    return f"{indented_name:<26} {summary}"


def read_summary(module: Path) -> str:
    """Return the first sentence of a module's docstring, on one line and without marks."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split()).replace("``", "")
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", paragraph)[0].removesuffix(".")
