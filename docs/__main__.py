"""Write the generated parts of the pages: ``make docs``.

Commands and options come from the command line, reports from their headers, tables from the catalog, the map of
modules from their docstrings, the comparison with rivals from what was measured, the evidence from counts of the
tests, and what a command prints from running it on ``sample_data/``. Tests compare the files with what this program
writes.
"""

from __future__ import annotations

import re
from pathlib import Path

from docs import evidence, forecast_results, module_map, references, rivals, shell_files, transcripts
from opttius_cli import i18n

DOCS_FOLDER = Path(__file__).parent
ROOT = DOCS_FOLDER.parent
LANGUAGE_FOLDERS = {"en": DOCS_FOLDER, "es": DOCS_FOLDER / "es"}
"""The folder of the pages in each language."""
REFERENCE_PAGES = (
    "commands.md",
    "reports.md",
    "source-tables.md",
    "configuration.md",
    "forecast.md",
    "evidence.md",
)
ENGLISH_PAGES = (ROOT / "CONTRIBUTING.md", DOCS_FOLDER / "performance.md")
GENERATORS = {
    "commands": references.format_commands,
    "reports": references.format_reports,
    "vocabularies": references.format_vocabularies,
    "tables": references.format_tables,
    "settings": references.format_settings,
    "modules": module_map.format_map,
    "rivals": rivals.format_tables,
    "rivals-largest": rivals.format_largest_table,
    "rivals-losses": rivals.format_losses,
    "forecast": forecast_results.format_table,
    "forecast-losses": forecast_results.format_losses,
    "oracle": evidence.format_oracle,
    "contract": evidence.format_contract,
    "fuzz": evidence.format_fuzz,
    "areas": evidence.format_areas,
    "targets": evidence.format_targets,
}
"""What is written between the marks ``<!-- generated: NAME -->`` and ``<!-- end -->``."""

_GENERATED = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Write every page that has a generated part or a transcript."""
    for page, text in build_pages().items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    for page in list_transcript_pages():
        page.write_text(transcripts.refresh_transcripts(page.read_text(encoding="utf-8")), encoding="utf-8")


def list_transcript_pages() -> list[Path]:
    """Return the pages that show what a command prints."""
    pages = [*ROOT.glob("*.md"), *DOCS_FOLDER.rglob("*.md")]
    return sorted(page for page in pages if transcripts.has_transcript(page.read_text(encoding="utf-8")))


def build_pages() -> dict[Path, str]:
    """Return the text of each page with a generated part; text outside the marks stays as it is."""
    previous_language = i18n.get_locale()
    try:
        pages = {
            folder / name: _build_page(folder / name, language)
            for language, folder in LANGUAGE_FOLDERS.items()
            for name in REFERENCE_PAGES
        }
        for page in ENGLISH_PAGES:
            pages[page] = _build_page(page, "en")
        for language, folder in LANGUAGE_FOLDERS.items():
            i18n.set_language(language)
            pages[folder / "rivals.svg"] = rivals.format_chart()
        return pages | _build_shell_files()
    finally:
        i18n.set_language(previous_language)


def _build_shell_files() -> dict[Path, str]:
    """Return the man page and the scripts of completion, which the wheel brings to where shells look."""
    i18n.set_language("en")
    scripts = {
        ROOT / "share" / file: shell_files.format_completion(shell)
        for shell, file in shell_files.COMPLETIONS.items()
    }
    return {ROOT / "share" / shell_files.MAN_PAGE: shell_files.format_man_page(), **scripts}


def _build_page(page: Path, language: str) -> str:
    """Return the text of one page with its generated parts in ``language``."""
    i18n.set_language(language)
    return _GENERATED.sub(
        lambda mark: f"{mark[1]}\n{GENERATORS[mark['name']]()}\n{mark[3]}", page.read_text(encoding="utf-8")
    )


if __name__ == "__main__":
    main()
