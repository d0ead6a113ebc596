"""``manifest.json``: the files of a set with their scope, as-of and the versions they depend on.

The same run gives the same bytes: the manifest does not say when or where it was written.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from opttius_cli import __version__
from opttius_cli.runs.making import digest
from opttius_cli.runs.publishing import MADE_BY, MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.period import Window
    from opttius_cli.runs.making import Made, Plan

VERSION = 1


def document(plan: Plan, made: Made) -> dict[str, Any]:
    """Build the manifest of a set. ``definitions`` is a hash of the SQL that computes its figures."""
    definition, period = plan.definition, plan.period
    sql = "\0".join(f"{name}\0{text}" for name, text in sorted(made.sql.items()))
    return {
        "made_by": MADE_BY,
        "version": VERSION,
        "program": __version__,
        "report": definition.name,
        "title": definition.title,
        "definition": definition.digest,
        "definitions": hashlib.sha256(sql.encode()).hexdigest()[:16],
        "as_of": plan.clock.as_of.isoformat(),
        "timezone": plan.clock.zone.key,
        "period": _window(period.window) | {"label": period.label} if period else None,
        "previous": _window(plan.previous) if plan.previous else None,
        "organization": {"id": plan.scope.organization_id, "name": plan.scope.organization_name},
        "language": definition.language,
        "masking": definition.masking,
        "loaded_at": (made.loaded_at or plan.loaded_at).isoformat(),
        "rows": made.rows,
        "alerts": [
            {
                "figure": one.alert.figure,
                "scope": one.scope,
                "against": one.alert.against,
                "value": one.value,
                "reference": one.reference,
                "says": one.sentence,
            }
            for one in made.raised
        ],
        "files": made.files,
    }


def write(stage: Path, found: dict[str, Any]) -> None:
    """Write the manifest as the last file of a set."""
    from opttius_cli.render.json import write_value

    with (stage / MANIFEST).open("xb") as out:
        write_value(found, out)
        out.flush()
        os.fsync(out.fileno())


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two manifests describe the same files by the same rules, apart from the load time."""
    return {**one, "loaded_at": None} == {**other, "loaded_at": None}


def holds(folder: Path, found: dict[str, Any]) -> bool:
    """Whether every file of the manifest is still in ``folder``, unchanged."""
    return all(
        (folder / file["name"]).is_file() and digest(folder / file["name"]) == file["sha256"]
        for file in found["files"]
    )


def _window(window: Window) -> dict[str, str]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}
