"""axe-core on an open page: contrast, names of controls, the order of headings, and a hundred rules more."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from external_tools import require_tool

if TYPE_CHECKING:
    from playwright.sync_api import Page


def find_violations(page: Page) -> list[tuple[str, list[str]]]:
    """The rules that the page breaks, each with the elements that do."""
    # A page's policy may block every script but its own, so axe is run as a debugger runs a script.
    page.evaluate(read_axe())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 20, "axe checked next to nothing"
    return [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in result["violations"]]


def read_axe() -> str:
    """The script of axe-core, from the development package that carries it."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        require_tool("axe_playwright_python")
        raise AssertionError
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
