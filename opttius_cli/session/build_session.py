"""Build a session on an open snapshot: its zone, instant, windows and currency, then the scoped views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, n_
from opttius_cli.period import (
    DEFAULT_ZONE,
    LATEST,
    Clock,
    Window,
    compute_previous_window,
    end_of_day,
    load_zone,
    parse_as_of,
    parse_period,
)
from opttius_cli.reports.library import Library, list_thresholds
from opttius_cli.reports.shared_views import read_rules
from opttius_cli.scope import Directory, find_newest_sale
from opttius_cli.session.parameters.query import build_variables
from opttius_cli.session.scope_resolution import require_coverage
from opttius_cli.session.since import parse_since
from opttius_cli.session.state import OpenedEngine, Request, Session
from opttius_cli.snapshot.unread import build_unread_sentence, load_unread, select_missing
from opttius_cli.sql import fetch_first

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from opttius_cli.audit import AuditRecord
    from opttius_cli.period import Period
    from opttius_cli.result import Scope
    from opttius_cli.scope import Reader
    from opttius_cli.snapshot.open import ResourceLimits
    from opttius_cli.sql import Connection

DEFAULT_CURRENCY = "CLP"


def build_session(
    request: Request,
    opened: OpenedEngine,
    directory: Directory,
    scope: Scope,
    limits: ResourceLimits,
    reader: Reader | None = None,
) -> Session:
    """Build the session of ``scope`` on ``opened``, whose scoped views it creates; tell what it answers from.

    Raises:
        UsageError: a period, instant or zone that is none.
        SourceError: the snapshot was loaded for fewer branches.
    """
    metadata = _read_metadata(directory, scope)
    zone = _resolve_zone(request, metadata)
    require_coverage(opened.manifest, scope)
    clock = _resolve_clock(request, opened.engine.con, scope, zone)
    period = parse_period(request.period, clock) if request.period is not None else None
    previous, since = _resolve_previous(request, clock, period)
    session = Session(
        request,
        opened.engine,
        opened.manifest,
        scope,
        clock,
        _resolve_currency(request, opened.engine.local, scope, metadata),
        period,
        previous,
        Library(settings.find_user_folder(request.environment) / "reports", list_thresholds(request.config)),
        frozenset(_list_present_tables(opened.engine.local)),
        since,
        reader,
        tuple(load_unread(opened.engine.local)),
        directory,
        opened.path,
        limits,
    )
    _report_session(session)
    _record_session(request.record, session)
    with request.profiler.measure(_("scope")):
        session.engine.set_scope(scope, build_variables(session), read_rules())
    return session


def _report_session(session: Session) -> None:
    """Note what the session could not read, and tell what it answers from."""
    reporter = session.request.reporter
    for item in select_missing(session.unread, session.present_tables):
        reporter.show_note(_("Note: {sentence}", sentence=build_unread_sentence(item)))
    reporter.show_detail(
        n_(
            "Snapshot of {source}, loaded {at}; {count} branch.",
            "Snapshot of {source}, loaded {at}; {count} branches.",
            len(session.scope.branches),
            source=session.manifest.source,
            at=session.manifest.loaded_at.isoformat(),
        )
    )


def _resolve_previous(
    request: Request, clock: Clock, period: Period | None
) -> tuple[Window | None, date | None]:
    """Return the window that the period is compared with, and the date whose end stands in place of windows."""
    if request.since is not None:
        since = parse_since(request.since, clock)
        return Window(since, since), since
    return (compute_previous_window(period, clock, request.compare) if period else None), None


def _resolve_clock(request: Request, con: Connection, scope: Scope, zone: ZoneInfo) -> Clock:
    """Return the instant of the report; ``latest`` ends the local day of the newest sale of the scope (none: now)."""
    if (request.as_of or "").strip().lower() != LATEST:
        clock = parse_as_of(request.as_of, zone, request.now)
        if clock.as_of > request.now:
            request.reporter.show_note(
                _("Note: as-of {as_of} is in the future.", as_of=clock.as_of.isoformat())
            )
        return clock
    newest = find_newest_sale(con, scope, request.now)
    if newest is None:
        return parse_as_of(None, zone, request.now)
    return Clock(end_of_day(newest.astimezone(zone).date(), zone).astimezone(zone), zone)


def _resolve_currency(request: Request, con: Connection, scope: Scope, metadata: Mapping[str, Any]) -> str:
    """Return the currency: as configured, as the shop has set it, as its metadata says, else the default."""
    row = fetch_first(
        con.execute(
            "SELECT currency FROM raw.organization_settings WHERE CAST(organization_id AS VARCHAR) = $1",
            [scope.organization_id],
        )
    )
    setting = _get_text({"currency": row[0]}, "currency") if row else None
    text = request.config.currency or setting or _get_text(metadata, "currency") or DEFAULT_CURRENCY
    code = text.upper()
    return request.config.currency_aliases.get(code, code)


def _record_session(record: AuditRecord, session: Session) -> None:
    """Put the organization, branches, instant and period into the audit record."""
    scope, period = session.scope, session.period
    record.organization = scope.organization_name or scope.organization_id
    record.branches = [branch.code or branch.id for branch in scope.branches]
    record.whole = scope.whole_organization
    record.as_of = session.clock.as_of.isoformat()
    record.period = f"{period.window.first}..{period.window.last}" if period else None


def _resolve_zone(request: Request, metadata: Mapping[str, Any]) -> ZoneInfo:
    """Return the zone of the reports; if the organization's zone does not exist, note it, use the default."""
    if request.config.timezone:
        return load_zone(request.config.timezone)
    name = _get_text(metadata, "timezone") or DEFAULT_ZONE
    try:
        return load_zone(name)
    except UsageError:
        request.reporter.show_note(
            _(
                "Note: the organization's time zone “{name}” does not exist; {zone} is used.",
                name=name,
                zone=DEFAULT_ZONE,
            )
        )
        return load_zone(DEFAULT_ZONE)


def _read_metadata(directory: Directory, scope: Scope) -> Mapping[str, Any]:
    return directory.find_organization(scope.organization_id).details


def _get_text(metadata: Mapping[str, Any], key: str) -> str | None:
    value = metadata.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _list_present_tables(con: Connection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM meta.loaded").fetchall()}
