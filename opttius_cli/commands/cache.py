"""``opttius cache``: list the stored snapshots with their reader and age, and remove them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli import clock, config
from opttius_cli.command_support.command_group import build_group
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions
from opttius_cli.command_support.table_output import ListOptions, build_result, write_list
from opttius_cli.errors import BusyError, UnknownNameError
from opttius_cli.i18n import N_, _
from opttius_cli.name_matching import suggest_names
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from opttius_cli.snapshot.cache import CachedSnapshot

app = build_group()
_COLUMNS = (
    ("snapshot", "id", N_("Name")),
    ("source", "text", N_("Source")),
    ("reader", "text", N_("Whose")),
    ("scope", "text", N_("Scope")),
    ("loaded_at", "id", N_("Loaded")),
    ("days", "number", N_("Days")),
    ("bytes", "count", N_("Bytes")),
)
"""Name, kind and label."""


@app.command("list", help=N_("Every snapshot with its source, reader, scope, age and size."))
@with_options(ListOptions)
def list_(options: ListOptions) -> None:
    """List the snapshots of the cache. One without a scope holds its whole source."""
    moment = clock.now()
    rows = [_build_row(snapshot, moment) for snapshot in _list_snapshots(options)]
    words = {"scope": {"limited": _("limited")}}
    write_list(build_result("cache", N_("Snapshots"), _COLUMNS, rows, words=words), options)


def _build_row(snapshot: CachedSnapshot, moment: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"snapshot": snapshot.key, "bytes": snapshot.size}
    if snapshot.manifest:
        row |= {
            "source": snapshot.manifest.source,
            "reader": snapshot.manifest.reader or None,
            "scope": "limited" if "limited" in snapshot.manifest.facts else None,
            "loaded_at": snapshot.manifest.loaded_at.isoformat(timespec="seconds"),
            "days": round((moment - snapshot.manifest.loaded_at) / timedelta(days=1), 2),
        }
    return row


@app.command(help=N_("Remove every snapshot, or those named; the next answer loads its source again."))
@with_options(CommonOptions)
def clear(
    options: CommonOptions,
    which: Annotated[
        list[str] | None,
        typer.Argument(metavar=N_("NAME"), help=N_("A name or source, as cache list prints it.")),
    ] = None,
) -> None:
    """Remove snapshots, and print the files that were removed."""
    from opttius_cli.snapshot import cache

    snapshots = _select_snapshots(_list_snapshots(options), which or [])
    busy = []
    for snapshot in snapshots:
        if cache.remove_snapshot(snapshot.path):
            sink.write_stdout_text(f"{snapshot.path}\n")
        else:
            busy.append(snapshot.key)
    if busy:
        raise BusyError(_("Another run is loading {path}. Try again in a moment.", path=", ".join(busy)))


def _list_snapshots(options: CommonOptions) -> list[CachedSnapshot]:
    from opttius_cli.snapshot import cache

    settings = config.resolve_config({"language": options.lang}, os.environ, Path.cwd())
    return cache.list_snapshots(config.find_cache_folder(settings, os.environ))


def _select_snapshots(snapshots: Sequence[CachedSnapshot], names: Sequence[str]) -> Sequence[CachedSnapshot]:
    """Return the snapshots with these names or sources; all of them without names."""
    if not names:
        return snapshots
    named_snapshots = [
        (snapshot, {snapshot.key, snapshot.manifest.source if snapshot.manifest else ""})
        for snapshot in snapshots
    ]
    for name in names:
        if not any(name in own_names for _snapshot, own_names in named_snapshots):
            raise UnknownNameError(
                _("snapshot"), name, suggest_names(name, [snapshot.key for snapshot in snapshots])
            )
    return [snapshot for snapshot, own_names in named_snapshots if own_names & set(names)]
