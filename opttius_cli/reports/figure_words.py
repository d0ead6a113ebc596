"""The words that screens print for figures: which figure they mean, and which of them to suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from opttius_cli.i18n import LANGUAGES, get_language
from opttius_cli.name_matching import find_labels, quote_words, resolve_label, suggest_codes
from opttius_cli.reports.vocabulary import load_vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.reports.header import Report

TITLE_MARK = "·"
"""What a screen puts between the title of a report and the label of its figure."""
OF_CUSTOMER = "customer"
"""The first key of the figures of one customer."""
Texts = dict[str, list[str]]
"""The words for a figure, by language; the shortest first."""


class Named(Protocol):
    """A figure with its key, its path and its words."""

    @property
    def key(self) -> str:
        """Its key as a person types it."""

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to it in an answer."""

    @property
    def labels(self) -> Texts:
        """Its words by language."""


NamedT = TypeVar("NamedT", bound=Named)


def label_column(report: Report, name: str, key: str = "") -> Texts:
    """Return what a screen calls the figure of a column: its label, with the report's title, and as a figure."""
    column = next(column for column in report.columns if column.name == name)
    shown = load_vocabularies()["figure"].get(key, {})
    return {
        language: list(
            dict.fromkeys(
                [
                    *([shown[language]] if language in shown else []),
                    column.labels[language],
                    f"{report.titles[language]} {TITLE_MARK} {column.labels[language]}",
                    f"{report.titles[language]}.{column.labels[language]}",
                ]
            )
        )
        for language in LANGUAGES
    }


def list_texts(labels: Texts) -> list[str]:
    """Return the words of every language."""
    return [text for texts in labels.values() for text in texts]


def find_labelled(typed: str, figures: Sequence[NamedT]) -> list[NamedT]:
    """Return the figures that ``typed`` is a label of; KPIs before others."""
    for group in _order_groups(figures):
        if found := [
            figure for figure in group if resolve_label(typed, {"": list_texts(figure.labels)}) is not None
        ]:
            return found
    return []


def _order_groups(figures: Sequence[NamedT]) -> Iterator[Sequence[NamedT]]:
    """Yield the KPIs, then the dashboard's figures, then those of one customer, too."""
    yield [figure for figure in figures if len(figure.path) == 1]
    yield [figure for figure in figures if figure.path[0] != OF_CUSTOMER]
    yield figures


def find_worded(typed: str, figures: Sequence[NamedT]) -> list[NamedT]:
    """Return the figures that ``typed`` is a label of, else those of whose labels it is a part; KPIs before others."""
    if found := find_labelled(typed, figures):
        return found
    for group in _order_groups(figures):
        if keys := find_labels(typed, _map_texts(group)):
            return [figure for figure in group if figure.key in keys]
    return []


def list_words(found: Sequence[Named], figures: Sequence[Named]) -> list[str]:
    """Return what to type for these figures: in English their keys, else their labels where only one has them."""
    return [_choose_word(figure, figures) for figure in found]


def suggest_words(typed: str, figures: Sequence[Named], keys: Sequence[str]) -> list[str]:
    """Return what to type for the figures nearest to ``typed``, by ``keys`` or by their words."""
    by_key = {figure.key: figure for figure in figures}
    texts: dict[str, list[str]] = {key: [] for key in keys}
    near = suggest_codes(typed, texts | _map_texts(figures))
    return [_choose_word(by_key[key], figures) if key in by_key else key for key in near]


def _choose_word(figure: Named, figures: Sequence[Named]) -> str:
    language = get_language()
    for label in figure.labels.get(language, []) if language != "en" else []:
        if find_worded(label, figures) == [figure]:
            return quote_words(label)
    return quote_words(figure.key)


def _map_texts(figures: Sequence[Named]) -> dict[str, list[str]]:
    return {figure.key: list_texts(figure.labels) for figure in figures}
