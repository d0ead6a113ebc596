"""The use case, in prose order: source, snapshot, scope, report, Result. Commands call this and render."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.engines.duckdb import Base, DuckEngine
from opttius_cli.errors import NoSourceError, UsageError
from opttius_cli.i18n import _
from opttius_cli.period import (
    Clock,
    Compare,
    Period,
    Window,
    history_start,
    parse_as_of,
    parse_period,
    previous_window,
    start_of,
    zone_named,
)
from opttius_cli.reports import library
from opttius_cli.reports.board import QUALITY, Place
from opttius_cli.result import Answer, Head, Part, Result, Scope
from opttius_cli.scope import Directory, read_directory, resolve
from opttius_cli.snapshot.build import Build
from opttius_cli.snapshot.store import Limits, Manifest, Store, connect, manifest_of
from opttius_cli.sources import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb

    from opttius_cli.config import Config
    from opttius_cli.reports.header import Report

DEFAULT_ZONE = "America/Santiago"
DEFAULT_CURRENCY = "CLP"
_PLACEHOLDERS = ("venta@pos.local", "@pos.local")
_FOREVER = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for, apart from the command itself. ``now`` is the clock, entered once."""

    config: Config
    environment: Mapping[str, str]
    now: datetime
    period: str | None = None
    as_of: str | None = None
    compare: Compare = "previous"
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """An open snapshot seen by one scope at one instant: everything a report needs."""

    request: Request
    con: duckdb.DuckDBPyConnection
    manifest: Manifest
    directory: Directory
    scope: Scope
    clock: Clock
    currency: str
    period: Period | None
    previous: Window | None

    def head(self, report: str) -> Head:
        """The head of an answer called ``report``."""
        return Head(
            report, self.clock.as_of, self.clock.zone.key, self.currency, self.scope, self.period, self.previous
        )


@contextmanager
def opened(request: Request) -> Iterator[Session]:
    """The session for a request: its snapshot, built when it is stale, opened read-only.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    path = snapshot(request)
    con = connect(path, Limits(request.config.memory), read_only=True)
    try:
        con.execute("SET TimeZone = 'UTC'")
        directory = read_directory(con)
        scope = resolve(directory, request.config.organization, request.config.branches)
        metadata = _metadata(directory, scope)
        zone = zone_named(request.config.timezone or _known(metadata, "timezone") or DEFAULT_ZONE)
        clock = parse_as_of(request.as_of, zone, request.now)
        period = parse_period(request.period, clock) if request.period is not None else None
        previous = previous_window(period, clock, request.compare) if period else None
        currency = (request.config.currency or _known(metadata, "currency") or DEFAULT_CURRENCY).upper()
        aliases = request.config.currency_aliases
        yield Session(
            request, con, manifest_of(con), directory, scope, clock, aliases.get(currency, currency), period, previous
        )
    finally:
        con.close()


def snapshot(request: Request) -> Path:
    """The snapshot of the request's source: the published one while it is fresh, else a new one."""
    if not request.config.source:
        raise NoSourceError
    source = registry.open_source(request.config.source)
    store = Store(
        settings.cache_folder(request.config, request.environment),
        Limits(request.config.memory),
        zone_named(request.config.naive_timezone).key,
    )
    if not request.refresh and (path := store.fresh(source, request.now, request.config.max_age)):
        return path
    return store.load(source, request.now, Build())


def _metadata(directory: Directory, scope: Scope) -> Mapping[str, Any]:
    organization = next((one for one in directory.organizations if one.id == scope.organization_id), None)
    try:
        found = json.loads(organization.metadata) if organization and organization.metadata else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _known(metadata: Mapping[str, Any], key: str) -> str | None:
    value = metadata.get(key)
    return value if isinstance(value, str) and value.strip() else None


def answer(session: Session, name: str, places: Sequence[Place]) -> Answer:
    """What the reports at ``places`` say, each worked out once, with what was left out."""
    wanted = {place.report: library.report(place.report) for place in (*places, *QUALITY)}
    engine = DuckEngine(session.con)
    whole = session.period is None or any(report.whole_history for report in wanted.values())
    engine.enter(session.scope, _variables(session, whole_history=whole), library.rules(), _base())
    present = _present(session.con)
    parameters = _parameters(session)
    results = {
        key: _result(report, engine, parameters, present) for key, report in wanted.items()
    }
    return Answer(
        session.head(name),
        tuple(Part(place.path, _narrowed(results[place.report], place)) for place in places),
        tuple(Part(place.path, results[place.report]) for place in QUALITY),
        session.manifest.source,
        session.manifest.loaded_at,
        sql=tuple((name, report.sql) for name, report in wanted.items()),
    )


def _base() -> list[Base]:
    return [Base(sql, name if materialised else None) for name, sql, materialised in library.base()]


def _result(report: Report, engine: DuckEngine, parameters: Mapping[str, Any], present: set[str]) -> Result:
    import pyarrow as pa

    table = engine.run(report.sql, parameters)
    for place, column in enumerate(report.columns):
        if set(column.needs) - present:
            field = table.schema.field(place)
            table = table.set_column(place, field, pa.nulls(table.num_rows, field.type))
    return Result(
        report.name, report.titles, report.shape, report.columns, table, absent=bool(set(report.needs) - present)
    )


def _narrowed(result: Result, place: Place) -> Result:
    """Only the columns that a place takes, under the names it gives them."""
    if not place.only:
        return result
    at = {column.name: number for number, column in enumerate(result.columns)}
    chosen = [(at[name], key) for name, key in place.only]
    return replace(
        result,
        columns=tuple(replace(result.columns[number], name=key) for number, key in chosen),
        table=result.table.select([number for number, _key in chosen]),
    )


def _present(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM meta.loaded").fetchall()}


def _variables(session: Session, *, whole_history: bool) -> dict[str, Any]:
    """What the shared views ask of the session (documented in sql/README.md)."""
    config, clock = session.request.config, session.clock
    start = _FOREVER
    if not whole_history and session.period:
        start = start_of(history_start(session.period, session.previous, clock), clock.zone)
    aliases = config.currency_aliases
    return {
        "as_of": clock.as_of.astimezone(UTC),
        "as_of_date": clock.date,
        "zone": clock.zone.key,
        "history_from": start,
        "currency": session.currency,
        "alias_codes": list(aliases),
        "alias_targets": list(aliases.values()),
        "paid_statuses": list(config.paid_statuses),
        "placeholder_emails": [email.lower() for email in (*_PLACEHOLDERS, *config.placeholder_emails)],
        "at_risk_days": config.at_risk_days,
        "vip_purchases": config.vip_purchases,
        "vip_min_spent": config.vip_min_spent,
        "regular_purchases": config.regular_purchases,
        "present_tables": sorted(_present(session.con)),
    }


def _parameters(session: Session) -> dict[str, Any]:
    """What reports may name with ``$``: the windows, as local dates and as instants (documented in sql/README.md)."""
    clock, previous = session.clock, session.previous
    window = session.period.window if session.period else Window(_FOREVER.date(), clock.date)
    return {
        "as_of": clock.as_of.astimezone(UTC),
        "as_of_date": clock.date,
        "as_of_local": clock.wall,
        "from_date": window.first,
        "to_date": window.last,
        "from_at": start_of(window.first, clock.zone) if session.period else _FOREVER,
        "until_at": start_of(window.last + timedelta(days=1), clock.zone),
        "month_at": start_of(clock.date.replace(day=1), clock.zone),
        "active_from": clock.date - timedelta(days=364),
        "previous_from": previous.first if previous else None,
        "previous_to": previous.last if previous else None,
        "previous_until": previous.until if previous else None,
    }
