"""Find the code, section or report that a person means by a word which the program prints, in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError
from opttius_cli.i18n import _, get_language
from opttius_cli.name_matching import find_labels, quote_words, resolve_label, resolve_name, suggest_codes
from opttius_cli.reports.vocabulary import load_vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library
    from opttius_cli.reports.slots import Slot

Labels = dict[str, dict[str, list[str]]]
"""The texts of each code, by language."""


def collect_labels(*vocabularies: str, among: Iterable[str] | None = None) -> Labels:
    """Return the texts of the codes of these vocabularies; only of those ``among`` which one is looked for."""
    labels: Labels = {code: {} for code in among or ()}
    for name in vocabularies:
        for code, texts in load_vocabularies()[name].items():
            if among is None or code in labels:
                for language, text in texts.items():
                    labels.setdefault(code, {}).setdefault(language, []).append(text)
    return labels


def resolve_code(typed: str, *vocabularies: str) -> str | None:
    """Return the code of these vocabularies that ``typed`` means: the code itself, or a label of it."""
    return resolve_label(typed, _list_texts(collect_labels(*vocabularies)))


def require_code(typed: str, labels: Labels, kind: str, *, with_codes: bool = False) -> str:
    """Return the code that ``typed`` means: itself, a label of it in any language, or a part that only one has.

    ``with_codes``: the screens print the codes themselves beside their labels.

    Raises:
        UnknownNameError: none is meant, or several may be; they, or the nearest, are named as they can be typed.
    """
    found = find_labels(typed, _list_texts(labels))
    if len(found) == 1:
        return found[0]
    raise UnknownNameError(kind, typed, suggest_words(typed, labels, with_codes=with_codes))


_MOST_EXPLAINED = 4
"""Up to this many codes are told with their meaning."""


def suggest_words(typed: str, labels: Labels, *, with_codes: bool = False) -> list[str]:
    """Return what to type for the codes nearest to ``typed``, in the language in use."""
    texts_by_code = _list_texts(labels)
    near = suggest_codes(typed, texts_by_code)
    if not with_codes:
        return [_choose_word(code, labels[code], texts_by_code) for code in near]
    if get_language() == "en" or len(near) > _MOST_EXPLAINED:
        return near
    meanings = {code: labels[code].get(get_language(), [])[:1] for code in near}
    return [f"{code} ({meanings[code][0]})" if meanings[code] else code for code in near]


def _choose_word(code: str, labels: Mapping[str, list[str]], texts_by_code: Mapping[str, list[str]]) -> str:
    """Return what to type for ``code``: in English the code, else its label, in quotes where it has several words."""
    for label in labels.get(get_language(), []) if get_language() != "en" else []:
        for word in (label.partition(",")[0], label):
            if resolve_label(word, texts_by_code) == code:
                return quote_words(word)
    return code


def _list_texts(labels: Labels) -> dict[str, list[str]]:
    return {
        code: [text for texts in by_language.values() for text in texts]
        for code, by_language in labels.items()
    }


def _collect_titles(reports_by_name: Mapping[str, Iterable[str]], library: Library) -> Labels:
    """Return the titles of the reports of each name, by language."""
    labels: Labels = {}
    for name, reports in reports_by_name.items():
        labels[name] = {}
        for report in reports:
            for language, title in library.list_titles(report).items():
                labels[name].setdefault(language, []).append(title)
    return labels


def resolve_titled(typed: str, reports_by_name: Mapping[str, Iterable[str]], library: Library) -> str | None:
    """Return the name that ``typed`` means: the name itself, or the title of one of its reports.

    The headers of the reports are read only when no name fits.
    """
    name = resolve_name(typed, reports_by_name) or resolve_label(typed, dict.fromkeys(reports_by_name, ()))
    return name or resolve_label(typed, _list_texts(_collect_titles(reports_by_name, library)))


def require_titled(
    typed: str, reports_by_name: Mapping[str, Iterable[str]], library: Library, kind: str
) -> str:
    """Return the name that ``typed`` means, as :func:`resolve_titled`, or by a part of a title that only one has.

    Raises:
        UnknownNameError: none is meant; the nearest are named as they can be typed.
    """
    name = resolve_titled(typed, reports_by_name, library)
    return name or require_code(typed, _collect_titles(reports_by_name, library), kind)


def find_titled(typed: str, library: Library) -> list[str]:
    """Return the reports that ``typed`` is the title of; several may have one. Else those of whose titles it is a part.

    Raises:
        UnknownNameError: there is none; the nearest are named as they can be typed.
    """
    labels = _collect_titles({name: [name] for name in library.list_names()}, library)
    texts = _list_texts(labels)
    exact = [report for report in texts if resolve_label(typed, {report: texts[report]}) == report]
    found = exact or find_labels(typed, texts)
    if not found:
        raise UnknownNameError(_("report"), typed, suggest_words(typed, labels))
    return found


def map_section_reports(slots: Iterable[Slot]) -> dict[str, list[str]]:
    """Return the reports of each section; one of which a section repeats only a figure is not among them."""
    reports: dict[str, list[str]] = {}
    for slot in slots:
        reports.setdefault(slot.path[0], []).extend([] if slot.columns else [slot.report])
    return reports


def resolve_sections(typed: Iterable[str], slots: Iterable[Slot], library: Library) -> list[str]:
    """Return the sections that are meant, by their names or the titles of their reports.

    Raises:
        UnknownNameError: a section does not exist.
    """
    reports = map_section_reports(slots)
    return [require_titled(name, reports, library, _("section")) for name in typed]
