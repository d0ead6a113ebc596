"""Read what the snapshot that is already loaded names: nothing is loaded, and no server is asked."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.diagnostics import Reporter
from opttius_cli.errors import OpttiusError, OrganizationRequiredError
from opttius_cli.period import DEFAULT_ZONE, load_zone
from opttius_cli.scope import find_newest_sale, read_directory
from opttius_cli.session.scope_resolution import build_row_request, resolve_scope
from opttius_cli.session.snapshot_access import (
    build_store,
    drop_when_damaged,
    open_or_fail,
    open_source,
    require_reader,
)
from opttius_cli.session.state import Request
from opttius_cli.snapshot.engine_errors import translate_errors
from opttius_cli.snapshot.open import open_snapshot
from opttius_cli.snapshot.source_protocol import SnapshotSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from opttius_cli.config import Config
    from opttius_cli.result import Branch, Scope
    from opttius_cli.scope import Directory
    from opttius_cli.scope.organizations import Organization
    from opttius_cli.snapshot.open import OpenSnapshot


@dataclass(frozen=True, slots=True)
class LoadedNames:
    """The organizations and branches of the loaded ``snapshot`` that the reader may see."""

    snapshot: Path
    organizations: tuple[Organization, ...]
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class LoadedState:
    """The scope of the loaded ``snapshot``, when it was loaded, and the local day of its newest sale."""

    snapshot: Path
    scope: Scope
    loaded_at: datetime
    newest_day: date | None


def read_loaded_names(config: Config, environment: Mapping[str, str], now: datetime) -> LoadedNames | None:
    """Return the names in the snapshot that is loaded, as far as the reader may see them; None when none is."""
    request = _build_request(config, environment, now)
    with _open_loaded(request) as snapshot:
        if snapshot is None:
            return None
        directory = read_directory(snapshot.con, config.adopt)
        try:
            scope = resolve_scope(request, snapshot.con, directory)[1]
        except OrganizationRequiredError:
            # Nobody's rights apply, so all branches may be named.
            branches = tuple(entry.branch for entry in directory.branches if directory.is_owned(entry))
            return LoadedNames(snapshot.path, directory.organizations, branches)
        return LoadedNames(snapshot.path, _list_organizations(request, directory, scope), scope.branches)


def _list_organizations(request: Request, directory: Directory, scope: Scope) -> tuple[Organization, ...]:
    """Return the organizations a reader may know of: with an admin's rights, that of the scope."""
    if not request.config.user:
        return directory.organizations
    return (directory.find_organization(scope.organization_id),)


def read_loaded_state(config: Config, environment: Mapping[str, str], now: datetime) -> LoadedState | None:
    """Return what is loaded and how new it is; None when nothing is, or when its scope cannot be told."""
    request = _build_request(config, environment, now)
    with _open_loaded(request) as snapshot:
        if snapshot is None:
            return None
        directory = read_directory(snapshot.con, config.adopt)
        scope = resolve_scope(request, snapshot.con, directory)[1]
        zone_name = config.timezone or str(
            directory.find_organization(scope.organization_id).details.get("timezone") or DEFAULT_ZONE
        )
        newest = find_newest_sale(snapshot.con, scope, now)
        day = newest.astimezone(load_zone(zone_name)).date() if newest else None
        return LoadedState(snapshot.path, scope, snapshot.manifest.loaded_at, day)


def read_organization(request: Request, path: Path) -> Organization:
    """Return the organization that a request means in the snapshot at ``path``.

    Raises:
        OrganizationRequiredError, UnknownNameError: it is not named, or there is none of that name.
    """
    with closing(open_or_fail(path, request).con) as con, drop_when_damaged(request, path):
        con.execute("SET TimeZone = 'UTC'")
        directory = read_directory(con, request.config.adopt)
        return directory.find_organization(resolve_scope(request, con, directory)[1].organization_id)


def _build_request(config: Config, environment: Mapping[str, str], now: datetime) -> Request:
    return Request(config, environment, now, Reporter(quiet=True), every_tier=True)


@contextmanager
def _open_loaded(request: Request) -> Iterator[OpenSnapshot | None]:
    """Open the snapshot of the request's source as it is, however old; None when there is none to be read."""
    snapshot = _find_loaded(request)
    if snapshot is None:
        yield None
        return
    with closing(snapshot.con), translate_errors(snapshot.path):
        snapshot.con.execute("SET TimeZone = 'UTC'")
        yield snapshot


def _find_loaded(request: Request) -> OpenSnapshot | None:
    try:
        require_reader(request)
        if not request.config.source:
            return None
        source, store = (
            open_source(request, request.config.source, build_row_request(request)),
            build_store(request),
        )
    except OpttiusError:
        return None
    path = source.path if isinstance(source, SnapshotSource) else store.snapshot_path(source)
    return open_snapshot(path, store.reader_limits)
