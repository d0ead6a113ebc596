"""What a report that is made by itself can be put together from, under the names that ``parts`` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.reports.board import DASHBOARD, EXPORTS, SCHEMES, Place
from opttius_cli.result import NUMERIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.library import Library

EXPORT = "export/"


def every_part(users: Mapping[str, str]) -> dict[str, tuple[Place, ...]]:
    """Each part by name: the sections of the dashboard, who the customers are, and every export.

    ``users`` are the user's own reports by name. A name that a section has already is an export's only
    with ``export/`` before it.
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
    """The dotted path of each single figure of the dashboard; a word that stands beside figures is none."""
    found = []
    for place in DASHBOARD:
        report = library.report(place.report)
        if report.shape == "record":
            kinds = {column.name: column.kind for column in report.columns}
            keys = place.only or [(name, name) for name in kinds]
            found += [".".join((*place.path, key)) for name, key in keys if kinds[name] in NUMERIC]
    return found


def places(parts: Iterable[str], users: Mapping[str, str]) -> tuple[Place, ...]:
    """The places of ``parts``, each once, in the order in which they were named."""
    known = every_part(users)
    return tuple(dict.fromkeys(place for part in parts for place in known[part]))
