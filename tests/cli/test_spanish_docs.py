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
SECTIONS = {
    "Install": "Instalar",
    "Five minutes": "Cinco minutos",
    "Commands": "Comandos",
    "Sources": "Orígenes",
    "A live database": "Una base de datos en vivo",
    "When a source does not work": "Cuando un origen no funciona",
    "Formats": "Formatos",
    "Scope": "Alcance",
    "Who may see what": "Quién puede ver qué",
    "Periods and comparison": "Períodos y comparación",
    "What the numbers mean": "Qué significan los números",
    "What was left out": "Lo que quedó fuera",
    "Privacy": "Privacidad",
    "Configuration": "Configuración",
    "Reports that arrive by themselves": "Informes que llegan solos",
    "Your own reports": "Sus propios informes",
    "Languages": "Idiomas",
    "Performance": "Rendimiento",
    "Dependencies": "Dependencias",
    "Development": "Desarrollo",
}
"""The sections of the guide in both languages. A new one is written in both, and named here."""


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _sections(name: str) -> list[str]:
    return re.findall(r"^## (.*)$", _text(name), re.MULTILINE)


def test_the_guide_has_the_same_sections_in_both_languages() -> None:
    english = [title for title in _sections("README.md") if title != "En español"]
    assert [SECTIONS.get(title, f"{title}: not in Spanish") for title in english] == _sections("README.es.md")


def test_the_spanish_guide_names_every_command_format_and_reference() -> None:
    page = _text("README.es.md")
    tree = typer.main.get_command(build_app())
    names = getattr(tree, "commands", {})
    assert [name for name in names if f"`opttius {name}" not in page] == []
    inner = [inner_name for command in names.values() for inner_name in getattr(command, "commands", {})]
    assert [name for name in inner if f"`{name}" not in page] == []
    formats = page.partition("## Formatos")[2].partition("## ")[0]
    assert [name for name in RENDERERS if f"`{name}`" not in formats] == []
    pages = {f"docs/es/{file.name}" for file in (ROOT / "docs" / "es").glob("*.md")}
    assert {link for link in pages if f"({link})" not in page} == set()


def test_the_ten_rules_are_ten_in_both() -> None:
    for name, section in (
        ("README.md", "What the numbers mean"),
        ("README.es.md", SECTIONS["What the numbers mean"]),
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
    codes = [set(re.findall(r"`([^`\n]+)`", page)) for page in prose]
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
