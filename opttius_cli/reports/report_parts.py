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

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


EXPORT, SECTION = "export/", "dashboard/"


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


def select_slots(
    parts: Iterable[str], user_reports: Mapping[str, str], *, for_readers: bool
) -> tuple[Slot, ...]:
    """Return the slots of ``parts``, each once, in the order of ``parts``."""
    slots_by_part = map_parts(user_reports, for_readers=for_readers)
    slots = [slot for part in parts for slot in slots_by_part[part]]
    # A section that is named itself is there whatever the dashboard would say.
    return tuple({(slot.path, slot.report): slot for slot in slots}.values())
