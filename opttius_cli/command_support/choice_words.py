"""Find the choice of an option that a person means by a label which the program prints, in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import N_, translate_into_all
from opttius_cli.name_matching import resolve_label, resolve_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_LABELS = {
    "previous": N_("previous"),
    "year": N_("year"),
    "none": N_("none"),
    "lifecycle": N_("lifecycle"),
    "plain": N_("plain"),
    "table": N_("table"),
    "text": N_("text"),
    "customers": N_("customers"),
    "retention": N_("retention"),
    "repeat": N_("repeat"),
    "revenue": N_("revenue"),
}
"""Choices that are words of a language, and are no code or column of the data."""
_VOCABULARIES = ("severity", "contact_reason", "cohort_unit")
"""The vocabularies whose codes are choices."""


def resolve_choice(typed: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``typed`` means: itself, or its label in any language; None when there is none."""
    names = list(choices)
    if name := resolve_name(typed, names):
        return name
    return resolve_label(typed, {choice: _list_labels(choice) for choice in names})


def _list_labels(choice: str) -> list[str]:
    """Return the texts of a choice: as a word, as a code, and as a column to sort by."""
    from opttius_cli.reports.shared_columns import load_shared_columns
    from opttius_cli.reports.vocabulary import load_vocabularies

    labels = list(translate_into_all(_LABELS[choice]).values()) if choice in _LABELS else []
    for name in _VOCABULARIES:
        labels += load_vocabularies()[name].get(choice, {}).values()
    column = load_shared_columns().get(choice, {})
    return labels + [
        str(column[language]).partition(":")[0] for language in ("es", "en") if language in column
    ]
