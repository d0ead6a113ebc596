"""The parts that a job can consist of, by the names that its setting ``parts`` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.reports.board import DASHBOARD, EXPORTS, SCHEMES, Place
from opttius_cli.result import NUMERIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library

EXPORT = "export/"


def every_part(users: Mapping[str, str]) -> dict[str, tuple[Place, ...]]:
    """Return each part by name: the sections of the dashboard, the segmentations, and every export.

    ``user_reports`` are the user's own reports by name. Where a section has the name of an export, the export
    needs ``export/`` before its name.
    """
    found: dict[str, tuple[Place, ...]] = {"dashboard": DASHBOARD}
    for place in DASHBOARD:
        section = place.path[0]
        found[section] = (*found.get(section, ()), place)
    found["segments"] = (Place(("segments",), SCHEMES["lifecycle"]),)
    found["rfm"] = (Place(("rfm",), SCHEMES["rfm"]),)
    for name, report in (EXPORTS | dict(users)).items():
        found.setdefault(name, (Place((name,), report),))
        found[EXPORT + name] = (Place((f"{EXPORT}{name}",), report),)
    return found


def every_figure(library: Library) -> list[str]:
    """List the dotted path of each single figure of the dashboard; columns of text are not figures."""
    found = []
    for place in DASHBOARD:
        report = library.report(place.report)
        if report.shape == "record":
            kinds = {column.name: column.kind for column in report.columns}
            keys = place.only or [(name, name) for name in kinds]
            found += [".".join((*place.path, key)) for name, key in keys if kinds[name] in NUMERIC]
    return found


def places(parts: Iterable[str], users: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the slots of ``parts``, each once, in the order of ``parts``."""
    known = every_part(users)
    return tuple(dict.fromkeys(place for part in parts for place in known[part]))
