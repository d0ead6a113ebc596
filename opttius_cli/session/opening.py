"""The use case in prose order: a request, its snapshot, its scope, its instant, and a session to ask."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.period import parse_as_of, parse_period, previous_window, zone_named
from opttius_cli.reports import library
from opttius_cli.scope import Directory, everything, read_directory
from opttius_cli.session.bindings import variables
from opttius_cli.session.loading import reopened, snapshot
from opttius_cli.session.scoping import must_hold, scope_of
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.build import must_be_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import duckdb

    from opttius_cli.result import Scope
    from opttius_cli.snapshot.held import Held

DEFAULT_ZONE = "America/Santiago"
DEFAULT_CURRENCY = "CLP"


@contextmanager
def opened(request: Request, path: Path | None = None) -> Iterator[Session]:
    """The session for a request: its snapshot, built when it is stale, opened read-only and entered.

    ``path`` is a snapshot that was loaded already.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    with _locked_up(reopened(path, request) if path else snapshot(request), request) as held:
        directory = read_directory(held.con)
        yield _entered(request, held, directory, scope_of(request, directory))


@contextmanager
def opened_whole(request: Request, path: Path | None = None) -> Iterator[Session]:
    """The session that sees every row of every organization: for the checks of whoever loads the data."""
    found = reopened(path, request) if path else snapshot(request, whole=True)
    with _locked_up(found, request) as held:
        directory = read_directory(held.con)
        yield _entered(request, held, directory, everything(directory))


@contextmanager
def _locked_up(held: Held, request: Request) -> Iterator[Held]:
    """The snapshot with everything outside it out of reach; closed in the end."""
    con = held.con
    try:
        con.execute("SET TimeZone = 'UTC'")
        # From here on nothing outside the snapshot can be read, and no setting changed.
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        if request.strict:
            must_be_sound(con)
        yield held
    finally:
        con.close()


def _entered(request: Request, held: Held, directory: Directory, scope: Scope) -> Session:
    metadata = _metadata(directory, scope)
    zone = _zone(request, metadata)
    clock = parse_as_of(request.as_of, zone, request.now)
    if clock.as_of > request.now:
        request.voice.note(_("Note: as-of {as_of} lies in the future.", as_of=clock.as_of.isoformat()))
    period = parse_period(request.period, clock) if request.period is not None else None
    previous = previous_window(period, clock, request.compare) if period else None
    currency = (request.config.currency or _known(metadata, "currency") or DEFAULT_CURRENCY).upper()
    must_hold(held.manifest, scope)
    session = Session(
        request,
        DuckEngine(held.con, report_seconds=request.config.report_seconds),
        held.manifest,
        scope,
        clock,
        request.config.currency_aliases.get(currency, currency),
        period,
        previous,
        library.Library(settings.user_folder(request.environment) / "reports"),
        frozenset(_present(held.con)),
    )
    request.voice.detail(
        _(
            "Snapshot of {source}, loaded {at}; {count} branches.",
            source=session.manifest.source,
            at=session.manifest.loaded_at.isoformat(),
            count=len(scope.branches),
        )
    )
    session.engine.enter(scope, variables(session), library.rules())
    return session


def _zone(request: Request, metadata: Mapping[str, Any]) -> ZoneInfo:
    """The zone of the reports; an organization that names one that does not exist is noted, and has the default."""
    if request.config.timezone:
        return zone_named(request.config.timezone)
    told = _known(metadata, "timezone") or DEFAULT_ZONE
    try:
        return zone_named(told)
    except UsageError:
        request.voice.note(
            _(
                "Note: the organization's time zone “{told}” does not exist; {zone} is used.",
                told=told,
                zone=DEFAULT_ZONE,
            )
        )
        return zone_named(DEFAULT_ZONE)


def _metadata(directory: Directory, scope: Scope) -> Mapping[str, Any]:
    organization = next((one for one in directory.organizations if one.id == scope.organization_id), None)
    try:
        found = json.loads(organization.metadata) if organization and organization.metadata else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _known(metadata: Mapping[str, Any], key: str) -> str | None:
    value = metadata.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _present(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM meta.loaded").fetchall()}
