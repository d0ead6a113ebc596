"""Resolve which rows a request may see, from the directory: before rows are read, and again after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.names import folded
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.result import Kind
from opttius_cli.scope import (
    ADVANCED_ANALYTICS,
    Directory,
    must_be_open,
    must_have,
    read_directory,
    read_reader,
    reader_key,
    resolve,
    resolve_for,
)
from opttius_cli.sources.postgres.wanted import LIMITED, Wanted

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.result import Scope
    from opttius_cli.scope import Reader
    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.held import Manifest


def allowed(
    request: Request, con: duckdb.DuckDBPyConnection, directory: Directory
) -> tuple[Reader | None, Scope]:
    """Return the reader whose rights apply, and the scope that the request names.

    Raises:
        NotAllowedError: the request names something that may not be shown.
        UsageError, NotFoundError: a name matches nothing, or more than one thing.
    """
    config, reader = request.config, None
    if config.user:
        from opttius_cli.privacy.masks import mask

        shown = mask(reader_key(config.user), Kind.EMAIL) or ""
        request.record.admin = shown
        reader = read_reader(con, directory, config.user, shown)
        request.record.admin = reader.email
        if request.policy.mode == "revealed":
            check_reveal(config, reader.role)
        scope = resolve_for(directory, reader, config.organization, config.branches)
    else:
        scope = resolve(directory, config.organization, config.branches)
    organization = directory.organization(scope.organization_id)
    if not config.allow_suspended:
        must_be_open(organization)
    if not request.every_tier:
        must_have(con, organization, ADVANCED_ANALYTICS, default=config.advanced_analytics)
    return reader, scope


def wanted(request: Request) -> Wanted:
    """Return which rows a live source must read for this request: those of its scope."""
    organization = folded(request.config.organization)
    branches = sorted({folded(name) for name in request.config.branches})

    def find(con: duckdb.DuckDBPyConnection) -> Scope:
        _reader, scope = allowed(request, con, read_directory(con))
        return scope

    key = f"organization={organization!r};branches={branches!r}"
    return Wanted(key, find, reader_key(request.config.user) if request.config.user else None)


def must_hold(manifest: Manifest, scope: Scope) -> None:
    """Raise SourceError when the snapshot was loaded for fewer owners than ``scope`` has."""
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
