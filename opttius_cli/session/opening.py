"""Open a session for a request: its snapshot, then its scope and instant, then the scoped views."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.errors import NotAllowedError, UsageError
from opttius_cli.i18n import _
from opttius_cli.period import DEFAULT_ZONE, parse_as_of, parse_period, previous_window, zone_named
from opttius_cli.reports import library
from opttius_cli.scope import Directory, NoReaderError, everything, read_directory, reader_key
from opttius_cli.session.bindings import variables
from opttius_cli.session.loading import forget, must_name_reader, reopened, snapshot
from opttius_cli.session.scoping import allowed, must_hold
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.build import must_be_sound
from opttius_cli.snapshot.litter import spilling_privately

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import duckdb

    from opttius_cli.audit import Record
    from opttius_cli.result import Scope
    from opttius_cli.scope import Reader
    from opttius_cli.snapshot.held import Held

DEFAULT_CURRENCY = "CLP"


@contextmanager
def opened(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session on the request's snapshot, read-only; the snapshot is built first when it is stale.

    ``path`` is a snapshot that has already been loaded.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    must_name_reader(request)
    try:
        with _locked_up(reopened(path, request) if path else snapshot(request), request) as held:
            directory = read_directory(held.con)
            reader, scope = allowed(request, held.con, directory)
            yield _entered(request, held, directory, scope, reader)
    except NoReaderError:
        # Snapshots are kept per reader; for someone who is no longer a reader, none may stay.
        forget(request)
        raise


@contextmanager
def opened_whole(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session that sees every row of every organization: for checks by whoever loads the data."""
    must_name_reader(request)
    found = reopened(path, request) if path else snapshot(request, whole=True)
    with _locked_up(found, request) as held:
        directory = read_directory(held.con)
        yield _entered(request, held, directory, everything(directory))


@contextmanager
def _locked_up(held: Held, request: Request) -> Iterator[Held]:
    """Lock DuckDB so that nothing outside the snapshot can be reached; close it at the end."""
    con = held.con
    with spilling_privately(held.path), closing(con):
        con.execute("SET TimeZone = 'UTC'")
        # From here on nothing outside the snapshot can be read, and no setting can be changed.
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        _must_be_for(held.manifest.reader, request.config.user)
        if request.strict:
            must_be_sound(con)
        yield held


def _must_be_for(reader: str, user: str | None) -> None:
    """Raise NotAllowedError for a snapshot loaded for another admin: it may hold fewer rows, or more."""
    if reader and reader != reader_key(user or ""):
        from opttius_cli.privacy.masks import mask
        from opttius_cli.result import Kind

        raise NotAllowedError(
            _(
                "This snapshot was loaded for {email} and shows nothing to anybody else. Load the source again.",
                email=mask(reader, Kind.EMAIL),
            )
        )


def _entered(
    request: Request,
    held: Held,
    directory: Directory,
    scope: Scope,
    reader: Reader | None = None,
) -> Session:
    metadata = _metadata(directory, scope)
    zone = _zone(request, metadata)
    clock = parse_as_of(request.as_of, zone, request.now)
    if clock.as_of > request.now:
        request.voice.note(_("Note: as-of {as_of} is in the future.", as_of=clock.as_of.isoformat()))
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
        reader,
    )
    _note(request.record, session)
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


def _note(record: Record, session: Session) -> None:
    """Put the organization, branches, instant and period into the audit record."""
    scope, period = session.scope, session.period
    record.organization = scope.organization_name or scope.organization_id
    record.branches = [branch.code or branch.id for branch in scope.branches]
    record.whole = scope.whole
    record.as_of = session.clock.as_of.isoformat()
    record.period = f"{period.window.first}..{period.window.last}" if period else None


def _zone(request: Request, metadata: Mapping[str, Any]) -> ZoneInfo:
    """Return the zone of the reports; if the organization's zone does not exist, note it, use the default."""
    if request.config.timezone:
        return zone_named(request.config.timezone)
    told = _known(metadata, "timezone") or DEFAULT_ZONE
    try:
        return zone_named(told)
    except UsageError:
        request.voice.note(
            _(
                "Note: the organization's time zone “{name}” does not exist; {zone} is used.",
                name=told,
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
