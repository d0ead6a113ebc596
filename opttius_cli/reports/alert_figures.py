"""The figures that alerts may name: their dotted paths, and the words that screens print for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.name_matching import resolve_label
from opttius_cli.reports.figure_words import (
    Texts,
    find_labelled,
    label_column,
    list_texts,
    suggest_words,
)
from opttius_cli.reports.layouts import DASHBOARD
from opttius_cli.result import NUMERIC_KINDS

if TYPE_CHECKING:
    from opttius_cli.reports.library import Library

NAMED_ROWS = {"branches": ("branches", "rows"), "goals": ("goals",)}
"""The lists of the dashboard whose rows have names: the path of each, by the section that figures name."""
_ANY_ROW = "CODE"
_KPIS = ("kpis",)


@dataclass(frozen=True, slots=True)
class AlertFigure:
    """A figure: its dotted path, and the words for it on a screen, by language; the path of a KPI is one key."""

    key: str
    path: tuple[str, ...]
    labels: Texts


def list_figures(library: Library) -> list[AlertFigure]:
    """List the single figures of the dashboard; columns of text are not figures.

    A figure of a row that has a name is listed with ``CODE`` in the place of that name.
    """
    figures = []
    for slot in DASHBOARD:
        report = library.load_report(slot.report)
        kinds = {column.name: column.kind for column in report.columns}
        path, keys = slot.path, slot.columns or [(name, name) for name in kinds]
        if slot.path in NAMED_ROWS.values():
            path = (slot.path[0], _ANY_ROW)
        elif report.shape != "record":
            continue
        figures += [
            AlertFigure(
                ".".join((*path, key)),
                (key,) if path == _KPIS else (*path, key),
                label_column(report, name, key),
            )
            for name, key in keys
            if kinds[name] in NUMERIC_KINDS
        ]
    return figures


def list_keys(library: Library) -> list[str]:
    """List the dotted path of each figure, as :func:`list_figures` has it."""
    return [figure.key for figure in list_figures(library)]


def split_figure(figure: str) -> tuple[tuple[str, ...], str | None, str]:
    """Return the path of the report that holds a figure, the name of its row (None: the only one), its column."""
    path, _dot, column = figure.rpartition(".")
    section, _dot, row = path.partition(".")
    if section in NAMED_ROWS and row:
        return NAMED_ROWS[section], row, column
    return tuple(path.split(".")), None, column


def match_figure(figure: str) -> str:
    """Return a figure as :func:`list_keys` lists it."""
    path, row, column = split_figure(figure)
    return figure if row is None else f"{path[0]}.{_ANY_ROW}.{column}"


def resolve_figure(typed: str, library: Library) -> str | None:
    """Return the figure that ``typed`` is a label of, also of a row: ``Sucursales.CM-003.Ingresos``; else None."""
    figures = list_figures(library)
    found = find_labelled(typed, [figure for figure in figures if _ANY_ROW not in figure.path])
    if len(found) == 1:
        return found[0].key
    head, _dot, label = typed.rpartition(".")
    title, _dot, row = head.partition(".")
    section = resolve_label(title, _label_sections(library))
    columns = {
        figure.path[-1]: list_texts(figure.labels)
        for figure in figures
        if figure.path[:-1] == (section, _ANY_ROW)
    }
    column = resolve_label(label, columns)
    return f"{section}.{row}.{column}" if column and row else None


def _label_sections(library: Library) -> dict[str, list[str]]:
    """Return the titles of the lists whose rows have names."""
    reports = {slot.path: slot.report for slot in DASHBOARD}
    return {name: list(library.list_titles(reports[path]).values()) for name, path in NAMED_ROWS.items()}


def suggest_figures(typed: str, library: Library) -> list[str]:
    """Return what to type for the figures nearest to ``typed``, in the language in use."""
    figures = list_figures(library)
    return suggest_words(typed, figures, [figure.key for figure in figures])
