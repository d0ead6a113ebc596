"""``opttius cache``: list the stored snapshots with their reader and age, and remove them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli import config
from opttius_cli.commands.asking import now
from opttius_cli.commands.listing import Listing, listed, show
from opttius_cli.commands.options import Shared, shared
from opttius_cli.errors import BusyError, UnknownNameError
from opttius_cli.i18n import N_, _
from opttius_cli.names import nearest
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from opttius_cli.snapshot.keeping import Kept

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
_TITLES = {"es": "Datos cargados", "en": "Snapshots"}
_COLUMNS = (
    ("snapshot", "id", "Nombre", "Name"),
    ("source", "text", "Origen", "Source"),
    ("reader", "text", "De quién", "Whose"),
    ("scope", "text", "Alcance", "Scope"),
    ("loaded_at", "id", "Cargado", "Loaded"),
    ("days", "number", "Días", "Days"),
    ("bytes", "count", "Bytes", "Bytes"),
)
"""Name, kind, and label in each language."""


@app.command("list", help=N_("Every snapshot with its source, reader, scope, age and size."))
@shared(Listing)
def list_(options: Listing) -> None:
    """List the snapshots of the cache. One without a scope holds its whole source."""
    moment = now()
    rows = [_row(one, moment) for one in _kept(options)]
    words = {"scope": {"limited": _("limited")}}
    show(listed("cache", _TITLES, _COLUMNS, rows, words=words), options)


def _row(one: Kept, moment: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"snapshot": one.key, "bytes": one.size}
    if one.manifest:
        row |= {
            "source": one.manifest.source,
            "reader": one.manifest.reader or None,
            "scope": "limited" if "limited" in one.manifest.facts else None,
            "loaded_at": one.manifest.loaded_at.isoformat(timespec="seconds"),
            "days": round((moment - one.manifest.loaded_at) / timedelta(days=1), 2),
        }
    return row


@app.command(help=N_("Remove every snapshot, or those named; the next answer loads its source again."))
@shared(Shared)
def clear(
    options: Shared,
    which: Annotated[
        list[str] | None,
        typer.Argument(metavar=N_("NAME"), help=N_("A name or source, as cache list prints it.")),
    ] = None,
) -> None:
    """Remove snapshots, and print the files that were removed."""
    from opttius_cli.snapshot import keeping

    chosen = _chosen(_kept(options), which or [])
    busy = []
    for one in chosen:
        if keeping.remove(one.path):
            sink.write_text(f"{one.path}\n")
        else:
            busy.append(one.key)
    if busy:
        raise BusyError(_("Another run is loading {path}. Try again in a moment.", path=", ".join(busy)))


def _kept(options: Shared) -> list[Kept]:
    from opttius_cli.snapshot import keeping

    settings = config.load({"language": options.lang}, os.environ, Path.cwd())
    return keeping.kept(config.cache_folder(settings, os.environ))


def _chosen(kept: Sequence[Kept], names: Sequence[str]) -> Sequence[Kept]:
    """Return the snapshots with these names or sources; all of them without names."""
    if not names:
        return kept
    known = [(one, {one.key, one.manifest.source if one.manifest else ""}) for one in kept]
    for name in names:
        if not any(name in told for _one, told in known):
            raise UnknownNameError(_("snapshot"), name, nearest(name, [one.key for one in kept]))
    return [one for one, told in known if told & set(names)]
