"""``manifest.json``: the files of a set with their scope, as-of and the versions they depend on.

The same run gives the same bytes: the manifest does not say when or where it was written.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from opttius_cli import __version__
from opttius_cli.files.atomic_file import create_file
from opttius_cli.jobs.generate import hash_file
from opttius_cli.jobs.publish import MANIFEST, PRODUCER

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.jobs.generate import FileSet, RunPlan
    from opttius_cli.period import Window

VERSION = 1


def build_manifest(plan: RunPlan, file_set: FileSet) -> dict[str, Any]:
    """Build the manifest of a set. ``definitions`` is a hash of the SQL that computes its figures."""
    job, period = plan.job, plan.period
    sql = "\0".join(f"{name}\0{text}" for name, text in sorted(file_set.sql.items()))
    return {
        "made_by": PRODUCER,
        "version": VERSION,
        "program": __version__,
        "job": job.name,
        "title": job.title,
        "definition": job.digest,
        "definitions": hashlib.sha256(sql.encode()).hexdigest()[:16],
        "as_of": plan.clock.as_of.isoformat(),
        "timezone": plan.clock.zone.key,
        "period": _format_window(period.window) | {"label": period.label} if period else None,
        "previous": _format_window(plan.previous) if plan.previous else None,
        "organization": {"id": plan.scope.organization_id, "name": plan.scope.organization_name},
        "language": job.language,
        "masking": job.masking,
        "loaded_at": (file_set.loaded_at or plan.loaded_at).isoformat(),
        "rows": file_set.rows,
        "alerts": [
            {
                "figure": raised_alert.alert.figure,
                "scope": raised_alert.scope,
                "state": raised_alert.state,
                "against": raised_alert.alert.against,
                "value": raised_alert.value,
                "reference": raised_alert.reference,
                "message": raised_alert.sentence,
            }
            for raised_alert in file_set.raised
        ],
        "files": file_set.files,
    }


def write_manifest(stage: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest as the last file of a set."""
    from opttius_cli.render.json import write_value

    create_file(stage / MANIFEST, lambda out: write_value(manifest, out))


def is_equivalent(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether two manifests describe the same files by the same rules, apart from the load time."""
    return {**left, "loaded_at": None} == {**right, "loaded_at": None}


def has_intact_files(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether every file of the manifest is still in ``folder``, unchanged."""
    return all(
        (folder / file["name"]).is_file() and hash_file(folder / file["name"]) == file["sha256"]
        for file in manifest["files"]
    )


def _format_window(window: Window) -> dict[str, str]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}
