"""The parts that a job can consist of, by the names that its setting ``parts`` takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.reports.layouts import (
    DASHBOARD,
    EXPORTS,
    LISTS,
    LISTS_FOR_READERS,
    ON_REQUEST,
    SCHEMES,
    nest_layout,
)
from opttius_cli.reports.slots import Slot
from opttius_cli.result import NUMERIC_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library

EXPORT, SECTION = "export/", "dashboard/"
NAMED_ROWS = {"branches": ("branches", "rows"), "goals": ("goals",)}
"""The lists of the dashboard whose rows have names: the path of each, by the section that figures name."""
_ANY_ROW = "CODE"


def map_parts(user_reports: Mapping[str, str], *, for_readers: bool = False) -> dict[str, tuple[Slot, ...]]:
    """Return each part by name: the sections of the dashboard, the segmentations, and every export.

    ``user_reports`` are the user's own reports by name. Where a section has the name of an export, the export
    needs ``export/`` before its name; but ``worklist`` is the list itself, and its section ``dashboard/worklist``.
    With ``for_readers``, lists are laid out for people.
    """
    lists = LISTS_FOR_READERS if for_readers else LISTS
    parts: dict[str, tuple[Slot, ...]] = {"dashboard": DASHBOARD}
    for slot in DASHBOARD:
        section = slot.path[0]
        parts[section] = (*parts.get(section, ()), replace(slot, condition=None))
    for slot in ON_REQUEST:
        section = SECTION + slot.path[0]
        parts[section] = (*parts.get(section, ()), replace(slot, path=(section, *slot.path[1:])))
    parts["segments"] = (Slot(("segments",), SCHEMES["lifecycle"]),)
    parts["rfm"] = (Slot(("rfm",), SCHEMES["rfm"]),)
    for name, report in (EXPORTS | dict(user_reports)).items():
        layout = lists.get(report, (Slot((), report),))
        parts.setdefault(name, nest_layout(layout, name))
        parts[EXPORT + name] = nest_layout(layout, f"{EXPORT}{name}")
    return parts


def list_figures(library: Library) -> list[str]:
    """List the dotted path of each single figure of the dashboard; columns of text are not figures.

    A figure of a row that has a name is listed with ``CODE`` in the place of that name.
    """
    figures = []
    for slot in DASHBOARD:
        report = library.load_report(slot.report)
        if report.shape == "record":
            kinds = {column.name: column.kind for column in report.columns}
            keys = slot.columns or [(name, name) for name in kinds]
            figures += [".".join((*slot.path, key)) for name, key in keys if kinds[name] in NUMERIC_KINDS]
        elif slot.path in NAMED_ROWS.values():
            row = f"{slot.path[0]}.{_ANY_ROW}"
            figures += [f"{row}.{column.name}" for column in report.columns if column.kind in NUMERIC_KINDS]
    return figures


def split_figure(figure: str) -> tuple[tuple[str, ...], str | None, str]:
    """Return the path of the report that holds a figure, the name of its row (None: the only one), its column."""
    path, _dot, column = figure.rpartition(".")
    section, _dot, row = path.partition(".")
    if section in NAMED_ROWS and row:
        return NAMED_ROWS[section], row, column
    return tuple(path.split(".")), None, column


def match_figure(figure: str) -> str:
    """Return a figure as :func:`list_figures` lists it."""
    path, row, column = split_figure(figure)
    return figure if row is None else f"{path[0]}.{_ANY_ROW}.{column}"


def select_slots(
    parts: Iterable[str], user_reports: Mapping[str, str], *, for_readers: bool
) -> tuple[Slot, ...]:
    """Return the slots of ``parts``, each once, in the order of ``parts``."""
    slots_by_part = map_parts(user_reports, for_readers=for_readers)
    slots = [slot for part in parts for slot in slots_by_part[part]]
    # A section that is named itself is there whatever the dashboard would say.
    return tuple({(slot.path, slot.report): slot for slot in slots}.values())
