"""What a person can read of the project stands in both languages: the guide, and every reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from opttius_cli.cli import build_app
from opttius_cli.config import list_settings
from opttius_cli.render.registry import RENDERERS
from opttius_cli.reports.library import Library

ROOT = Path(__file__).parents[2]
README_SECTIONS = {
    "Install": "Instalar",
    "Try it": "Probar",
    "The commands people use": "Los comandos más usados",
    "Sources": "Orígenes de los datos",
    "Goals, and a report that comes by itself": "Metas, y un informe que llega solo",
    "Privacy": "Privacidad",
    "What the figures mean": "Qué significan las cifras",
    "Development": "Desarrollo",
    "More": "Más",
}
"""The sections of the README in both languages. A new one is written in both, and named here."""
ENGLISH_ONLY = {"performance.md", "privacy.md"}
"""Pages without a Spanish one: measurements, and a page that has both languages in it."""


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _sections(name: str) -> list[str]:
    return re.findall(r"^## (.*)$", _text(name), re.MULTILINE)


def test_the_readme_has_the_same_sections_in_both_languages() -> None:
    sections = [README_SECTIONS.get(title, f"{title}: not in Spanish") for title in _sections("README.md")]
    assert sections == _sections("README.es.md")


def test_every_page_has_its_equal_in_spanish() -> None:
    """A guide has as many sections in both languages; the metrics and references are compared below."""
    names = {page.name for page in (ROOT / "docs").glob("*.md")} - ENGLISH_ONLY
    assert names == {page.name for page in (ROOT / "docs" / "es").glob("*.md")}
    for name in names:
        assert len(_sections(f"docs/{name}")) == len(_sections(f"docs/es/{name}")), name


def test_the_spanish_pages_name_every_command_and_format() -> None:
    page = _text("docs/es/commands.md").partition("<!-- generated")[0]
    tree = typer.main.get_command(build_app())
    names = getattr(tree, "commands", {})
    assert [name for name in names if f"`opttius {name}" not in page] == []
    inner = [inner_name for command in names.values() for inner_name in getattr(command, "commands", {})]
    assert [name for name in inner if f"`{name}" not in page] == []
    for formats in (_text("docs/formats.md"), _text("docs/es/formats.md")):
        assert [name for name in RENDERERS if f"`{name}`" not in formats] == []


def test_the_ten_rules_are_ten_in_both() -> None:
    for name, section in (
        ("docs/tour.md", "What the numbers mean"),
        ("docs/es/tour.md", "Qué significan los números"),
    ):
        body = _text(name).partition(f"## {section}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^(\d+)\. ", body, re.MULTILINE) == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("name", ["commands.md", "configuration.md", "reports.md", "source-tables.md"])
def test_a_reference_holds_the_same_in_both_languages(name: str) -> None:
    """What is generated stands in both: the same names in code marks, in the same order of sections."""
    pages = [_generated(_text(f"docs/{folder}{name}")) for folder in ("", "es/")]
    # What a person types for an argument has a name in each language.
    codes = [re.findall(r"^\| (`[^`A-Z]+`)", page, re.MULTILINE) for page in pages]
    assert codes[0] == codes[1]
    assert len(codes[0]) > 10
    sections = [re.findall(r"^##+ (?:opttius )?([a-z_/ -]+)$", page, re.MULTILINE) for page in pages]
    assert sections[0] == sections[1]


def test_the_definitions_name_the_same_in_both_languages() -> None:
    """Every key, value and column that one page defines, the other defines too, in as many rows and sections."""
    pages = [_text(f"docs/{folder}metrics.md") for folder in ("", "es/")]
    prose = [re.sub(r"```.*?```", "", page, flags=re.DOTALL) for page in pages]
    # What somebody types in place of a word in capitals, each language calls by a word of its own.
    codes = [
        {re.sub(r" [A-Z]{2,}$", "", code) for code in re.findall(r"`([^`\n]+)`", page)} for page in prose
    ]
    codes = [{code for code in page if not code.isupper() and not code.startswith("[")} for page in codes]
    assert codes[0] == codes[1]
    assert len(codes[0]) > 100
    rows = [page.count("\n| ") for page in prose]
    assert rows[0] == rows[1]
    sections = [re.findall(r"^## (\d+)\.", page, re.MULTILINE) for page in pages]
    assert sections[0] == sections[1]


def _generated(page: str) -> str:
    return "\n".join(re.findall(r"<!-- generated: [\w-]+ -->\n(.*?)<!-- end -->", page, re.DOTALL))


def test_no_explanation_of_a_reference_is_the_same_in_both_languages() -> None:
    for name, cell in (("commands.md", 1), ("configuration.md", 2)):
        explanations = [
            [row[cell] for row in _rows(_generated(_text(f"docs/{folder}{name}"))) if " " in row[cell]]
            for folder in ("", "es/")
        ]
        assert len(explanations[0]) == len(explanations[1]) > 10
        assert [english for english, other in zip(*explanations, strict=True) if english == other] == []


def _rows(page: str) -> list[list[str]]:
    rows = [
        line.replace("\\|", "/").strip("| ").split(" | ")
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    return [[*row, "", "", ""] for row in rows]


def test_every_setting_and_report_is_in_the_spanish_reference() -> None:
    page = _text("docs/es/configuration.md")
    assert [key for key in list_settings() if f"| `{key}` |" not in page] == []
    page = _text("docs/es/reports.md")
    library = Library(Path("/nonexistent"))
    assert [
        name
        for name in library.list_project_reports()
        if f"**{library.load_report(name).titles['en']}**" not in page
    ] == []
