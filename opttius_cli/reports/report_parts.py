"""The parts that a job can consist of, by the names that its setting ``parts`` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.reports.layouts import DASHBOARD, EXPORTS, SCHEMES, Slot
from opttius_cli.result import NUMERIC_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library

EXPORT = "export/"


def map_parts(user_reports: Mapping[str, str]) -> dict[str, tuple[Slot, ...]]:
    """Return each part by name: the sections of the dashboard, the segmentations, and every export.

    ``user_reports`` are the user's own reports by name. Where a section has the name of an export, the export
    needs ``export/`` before its name.
    """
    parts: dict[str, tuple[Slot, ...]] = {"dashboard": DASHBOARD}
    for slot in DASHBOARD:
        section = slot.path[0]
        parts[section] = (*parts.get(section, ()), slot)
    parts["segments"] = (Slot(("segments",), SCHEMES["lifecycle"]),)
    parts["rfm"] = (Slot(("rfm",), SCHEMES["rfm"]),)
    for name, report in (EXPORTS | dict(user_reports)).items():
        parts.setdefault(name, (Slot((name,), report),))
        parts[EXPORT + name] = (Slot((f"{EXPORT}{name}",), report),)
    return parts


def list_figures(library: Library) -> list[str]:
    """List the dotted path of each single figure of the dashboard; columns of text are not figures."""
    figures = []
    for slot in DASHBOARD:
        report = library.load_report(slot.report)
        if report.shape == "record":
            kinds = {column.name: column.kind for column in report.columns}
            keys = slot.columns or [(name, name) for name in kinds]
            figures += [".".join((*slot.path, key)) for name, key in keys if kinds[name] in NUMERIC_KINDS]
    return figures


def select_slots(parts: Iterable[str], user_reports: Mapping[str, str]) -> tuple[Slot, ...]:
    """Return the slots of ``parts``, each once, in the order of ``parts``."""
    slots_by_part = map_parts(user_reports)
    return tuple(dict.fromkeys(slot for part in parts for slot in slots_by_part[part]))
