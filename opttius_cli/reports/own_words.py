"""Find the code, section or report that a person means by a word which the program prints, in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.name_matching import resolve_label, resolve_name
from opttius_cli.reports.vocabulary import load_vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library
    from opttius_cli.reports.slots import Slot


def resolve_code(typed: str, *vocabularies: str) -> str | None:
    """Return the code of these vocabularies that ``typed`` means: the code itself, or a label of it."""
    texts: dict[str, list[str]] = {}
    for name in vocabularies:
        for code, labels in load_vocabularies()[name].items():
            texts.setdefault(code, []).extend(labels.values())
    return resolve_label(typed, texts)


def resolve_titled(typed: str, reports_by_name: Mapping[str, Iterable[str]], library: Library) -> str | None:
    """Return the name that ``typed`` means: the name itself, or the title of one of its reports.

    The headers of the reports are read only when no name fits.
    """
    name = resolve_name(typed, reports_by_name) or resolve_label(typed, dict.fromkeys(reports_by_name, ()))
    if name is not None:
        return name
    titles = {
        name: [title for report in reports for title in library.list_titles(report)]
        for name, reports in reports_by_name.items()
    }
    return resolve_label(typed, titles)


def find_titled(typed: str, library: Library) -> list[str]:
    """Return the reports that ``typed`` is the title of; several may have one."""
    return [
        report
        for report in library.list_names()
        if resolve_label(typed, {report: library.list_titles(report)}) == report
    ]


def map_section_reports(slots: Iterable[Slot]) -> dict[str, list[str]]:
    """Return the reports of each section; one of which a section repeats only a figure is not among them."""
    reports: dict[str, list[str]] = {}
    for slot in slots:
        reports.setdefault(slot.path[0], []).extend([] if slot.columns else [slot.report])
    return reports


def resolve_sections(typed: Iterable[str], slots: Iterable[Slot], library: Library) -> list[str]:
    """Return the sections that are meant, by their names or the titles of their reports; others stay as typed."""
    reports = map_section_reports(slots)
    return [resolve_titled(name, reports, library) or name for name in typed]
