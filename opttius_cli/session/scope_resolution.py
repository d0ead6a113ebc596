"""Resolve which rows a request may see, from the directory: before rows are read, and again after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.result import ColumnKind
from opttius_cli.scope import (
    ADVANCED_ANALYTICS,
    Directory,
    normalize_email,
    read_directory,
    read_reader,
    require_active,
    require_feature,
    resolve_names,
    resolve_names_for_reader,
)
from opttius_cli.sources.postgres.row_request import LOADED_OWNERS, RowRequest

if TYPE_CHECKING:
    from opttius_cli.result import Scope
    from opttius_cli.scope import Reader
    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.open import Manifest
    from opttius_cli.sql import Connection


def resolve_scope(request: Request, con: Connection, directory: Directory) -> tuple[Reader | None, Scope]:
    """Return the reader whose rights apply, and the scope that the request names.

    Raises:
        NotAllowedError: the request names something that may not be shown.
        UsageError, NotFoundError: a name matches nothing, or more than one thing.
    """
    config, reader = request.config, None
    if config.user:
        from opttius_cli.privacy.masks import mask_value

        display_email = mask_value(con, normalize_email(config.user), ColumnKind.EMAIL)
        request.record.admin = display_email
        reader = read_reader(con, directory, config.user, display_email)
        request.record.admin = reader.email
        if request.policy.mode == "revealed":
            check_reveal(config, reader.role)
        scope = resolve_names_for_reader(directory, reader, config.organization, config.branches)
    else:
        scope = resolve_names(directory, config.organization, config.branches)
    organization = directory.find_organization(scope.organization_id)
    if not config.allow_suspended:
        require_active(organization)
    if not request.every_tier:
        require_feature(con, organization, ADVANCED_ANALYTICS, default=config.advanced_analytics)
    return reader, scope


def build_row_request(request: Request) -> RowRequest:
    """Return which rows a live source must read for this request: those of its scope."""
    organization = normalize_name(request.config.organization)
    branches = sorted({normalize_name(name) for name in request.config.branches})

    def find_scope(con: Connection) -> Scope:
        _reader, scope = resolve_scope(request, con, read_directory(con, request.config.adopt))
        return scope

    key = f"organization={organization!r};branches={branches!r};adopt={request.config.adopt!r}"
    return RowRequest(key, find_scope, normalize_email(request.config.user) if request.config.user else None)


def require_coverage(manifest: Manifest, scope: Scope) -> None:
    """Raise SourceError when the snapshot was loaded for fewer owners than ``scope`` has."""
    tenant_list = manifest.facts.get(LOADED_OWNERS)
    if tenant_list is None:
        return
    loaded_tenants = {int(tenant) for tenant in tenant_list.split(",") if tenant}
    if not loaded_tenants.issuperset(scope.tenants):
        raise SourceError(
            _(
                "This snapshot of {source} holds only a part of its branches. Load it again.",
                source=manifest.source,
            )
        )
