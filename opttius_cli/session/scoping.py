"""Whose rows a request may see, found in the directory of a snapshot: before rows are read, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.names import folded
from opttius_cli.scope import Directory, read_directory, resolve
from opttius_cli.sources.postgres.wanted import LIMITED, Wanted

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.result import Scope
    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.held import Manifest


def scope_of(request: Request, directory: Directory) -> Scope:
    """The scope of a request. Raises UsageError, NotFoundError."""
    return resolve(directory, request.config.organization, request.config.branches)


def wanted(request: Request) -> Wanted:
    """What a live source is asked for when the request is answered: the rows of its scope."""
    organization = folded(request.config.organization)
    branches = sorted({folded(name) for name in request.config.branches})

    def find(con: duckdb.DuckDBPyConnection) -> Scope:
        return scope_of(request, read_directory(con))

    return Wanted(f"organization={organization!r};branches={branches!r}", find)


def must_hold(manifest: Manifest, scope: Scope) -> None:
    """Raise SourceError when a snapshot was loaded for fewer owners than ``scope`` has."""
    told = manifest.facts.get(LIMITED)
    if told is None:
        return
    held = {int(tenant) for tenant in told.split(",") if tenant}
    if not held.issuperset(scope.tenants):
        raise SourceError(
            _(
                "This snapshot of {source} holds only a part of its branches. Load it again.",
                source=manifest.source,
            )
        )
