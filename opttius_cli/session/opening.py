"""The use case in prose order: a request, its snapshot, its scope, its instant, and a session to ask."""

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
    """The session for a request: its snapshot, built when it is stale, opened read-only and entered.

    ``path`` is a snapshot that was loaded already.

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
        # A snapshot is kept for a reader; for somebody who is none, nothing is.
        forget(request)
        raise


@contextmanager
def opened_whole(request: Request, path: Path | None = None) -> Iterator[Session]:
    """The session that sees every row of every organization: for the checks of whoever loads the data."""
    must_name_reader(request)
    found = reopened(path, request) if path else snapshot(request, whole=True)
    with _locked_up(found, request) as held:
        directory = read_directory(held.con)
        yield _entered(request, held, directory, everything(directory))


@contextmanager
def _locked_up(held: Held, request: Request) -> Iterator[Held]:
    """The snapshot with everything outside it out of reach; closed in the end."""
    con = held.con
    with spilling_privately(held.path), closing(con):
        con.execute("SET TimeZone = 'UTC'")
        # From here on nothing outside the snapshot can be read, and no setting changed.
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        _must_be_for(held.manifest.reader, request.config.user)
        if request.strict:
            must_be_sound(con)
        yield held


def _must_be_for(reader: str, user: str | None) -> None:
    """Raise NotAllowedError for a snapshot that was loaded for another admin: it may hold less than all, or more."""
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
    """Tell the audit log whose figures these are, and of when."""
    scope, period = session.scope, session.period
    record.organization = scope.organization_name or scope.organization_id
    record.branches = [branch.code or branch.id for branch in scope.branches]
    record.whole = scope.whole
    record.as_of = session.clock.as_of.isoformat()
    record.period = f"{period.window.first}..{period.window.last}" if period else None


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
