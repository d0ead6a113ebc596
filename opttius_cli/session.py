"""The use case, in prose order: source, snapshot, scope, report, Result. Commands call this and render."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.diagnostics import Voice
from opttius_cli.engines.duckdb import Base, DuckEngine
from opttius_cli.errors import AmbiguousError, NoSourceError, OpttiusError, OutputError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.period import (
    Clock,
    Compare,
    Period,
    Window,
    active_from,
    history_start,
    parse_as_of,
    parse_period,
    previous_window,
    start_of,
    zone_named,
)
from opttius_cli.reports import library
from opttius_cli.reports.board import QUALITY, Place
from opttius_cli.result import PERSONAL, Answer, Head, Part, Result, Scope
from opttius_cli.scope import Directory, everything, read_directory, resolve
from opttius_cli.snapshot.build import Build, build_empty
from opttius_cli.snapshot.store import Limits, Manifest, Store, connect, manifest_of
from opttius_cli.sources import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from opttius_cli.config import Config
    from opttius_cli.reports.header import Report
    from opttius_cli.snapshot.source import Source

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
    voice: Voice
    period: str | None = None
    as_of: str | None = None
    compare: Compare = "previous"
    refresh: bool = False
    strict: bool = False
    reveal: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """An open snapshot seen by one scope at one instant: everything a report needs."""

    request: Request
    engine: DuckEngine
    manifest: Manifest
    scope: Scope
    clock: Clock
    currency: str
    period: Period | None
    previous: Window | None
    library: library.Library
    present: frozenset[str]

    def head(self, report: str) -> Head:
        """The head of an answer called ``report``."""
        return Head(
            report, self.clock.as_of, self.clock.zone.key, self.currency, self.scope, self.period, self.previous
        )


@contextmanager
def opened(request: Request) -> Iterator[Session]:
    """The session for a request: its snapshot, built when it is stale, opened read-only and entered.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    with _connected(snapshot(request)) as con:
        directory = read_directory(con)
        scope = resolve(directory, request.config.organization, request.config.branches)
        yield _entered(request, con, directory, scope)


@contextmanager
def opened_whole(request: Request, path: Path | None = None) -> Iterator[Session]:
    """The session that sees every row of every organization: for the checks of whoever loads the data."""
    with _connected(path or snapshot(request)) as con:
        directory = read_directory(con)
        yield _entered(request, con, directory, everything(directory))


@contextmanager
def _connected(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(path, Limits(), read_only=True)
    try:
        con.execute("SET TimeZone = 'UTC'")
        yield con
    finally:
        con.close()


def _entered(request: Request, con: duckdb.DuckDBPyConnection, directory: Directory, scope: Scope) -> Session:
    metadata = _metadata(directory, scope)
    zone = zone_named(request.config.timezone or _known(metadata, "timezone") or DEFAULT_ZONE)
    clock = parse_as_of(request.as_of, zone, request.now)
    if clock.as_of > request.now:
        request.voice.note(_("Note: as-of {as_of} lies in the future.", as_of=clock.as_of.isoformat()))
    period = parse_period(request.period, clock) if request.period is not None else None
    previous = previous_window(period, clock, request.compare) if period else None
    currency = (request.config.currency or _known(metadata, "currency") or DEFAULT_CURRENCY).upper()
    session = Session(
        request, DuckEngine(con), manifest_of(con), scope, clock,
        request.config.currency_aliases.get(currency, currency), period, previous,
        library.Library(settings.user_folder(request.environment) / "reports"), frozenset(_present(con)),
    )
    session.engine.enter(scope, _variables(session), library.rules())
    return session


def snapshot(request: Request) -> Path:
    """The snapshot of the request's source: the published one while it is fresh, else a new one."""
    if not request.config.source:
        raise NoSourceError
    source = registry.open_source(request.config.source)
    store = snapshots(request)
    if not request.refresh and (path := store.fresh(source, request.now, request.config.max_age)):
        return path
    return load(request, store, source)


def snapshots(request: Request) -> Store:
    """Where the request's snapshots live."""
    return Store(
        settings.cache_folder(request.config, request.environment),
        Limits(request.config.memory),
        zone_named(request.config.naive_timezone).key,
    )


def load_now(request: Request, into: Path | None, *, force: bool) -> Path:
    """Build the request's snapshot whether or not there is a fresh one; ``into`` is a file of one's own for it."""
    if not request.config.source:
        raise NoSourceError
    if into is not None and into.exists() and not force:
        raise OutputError(_("{path} exists already. Choose another name, or add --force.", path=into))
    return load(request, snapshots(request), registry.open_source(request.config.source), into)


def load(request: Request, store: Store, source: Source, into: Path | None = None) -> Path:
    """Build the snapshot of ``source`` now, telling the voice how it goes; returns its path."""
    voice = request.voice

    def progress(table: str, rows: int) -> None:
        voice.progress(_("Loading {table}: {rows} rows", table=table, rows=f"{rows:,}"))

    try:
        return store.load(source, request.now, Build(progress=progress), into=into)
    finally:
        voice.progress_end()


EVERY_CUSTOMER: Mapping[str, Any] = {
    "search": None, "segment": None, "inactive": False, "sort": "lifetime_value", "limit": None,
}
"""The parameters of the customer list that filter nothing."""


def find_customer(session: Session, sought: str) -> str:
    """The id of the one customer in scope whose id, email or RUT is ``sought``.

    Raises:
        NotFoundError: nobody; the nearest are given, masked.
        AmbiguousError: several; they are listed, masked.
    """
    found = _ask(session, "customers/find", {"sought": sought})
    if len(found) == 1:
        return str(found[0]["customer_id"])
    if found:
        raise AmbiguousError(_("customer"), _shown_sought(sought), [_masked_line(row) for row in found])
    near = _ask(session, "customers/nearest", {"sought": sought})
    raise UnknownNameError(_("customer"), _shown_sought(sought), [_masked_line(row) for row in near])


def _ask(session: Session, report: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one report, masked: for questions on the way to an answer."""
    table = _result(session, session.library.report(report), parameters).table
    return list(table.to_pylist())


def _masked_line(row: Mapping[str, Any]) -> str:
    """A customer in one masked line of a message."""
    return " ".join(str(value) for value in row.values() if value)


def _shown_sought(sought: str) -> str:
    """What was typed, as far as a message may repeat it: an id, but no email and no RUT."""
    from opttius_cli.privacy import mask
    from opttius_cli.result import Kind

    if "@" in sought:
        return mask(sought.strip(), Kind.EMAIL) or ""
    is_rut = re.fullmatch(r"\s*[\d.]{6,12}-?[\dkK]?\s*", sought)
    return (mask(sought, Kind.RUT) or "") if is_rut else sought


def segment_named(session: Session, name: str) -> str:
    """``name`` when it is a segment of either scheme. Raises UnknownNameError with the segments there are."""
    row = session.engine.con.execute("SELECT lifecycle_segments() || rfm_segments()").fetchone()
    names = list(dict.fromkeys(row[0])) if row else []
    if name not in names:
        raise UnknownNameError(_("segment"), name, names)
    return name


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


def answer(
    session: Session, name: str, places: Sequence[Place], parameters: Mapping[str, Any] | None = None
) -> Answer:
    """What the reports at ``places`` say, each worked out once and masked, with what was left out.

    ``parameters`` are values that the reports need besides the windows.
    """
    wanted = {place.report: session.library.report(place.report) for place in (*places, *QUALITY)}
    whole = session.period is None or any(report.whole_history for report in wanted.values())
    views = library.base_for(list(wanted.values()))
    used = {view for report in wanted.values() for view in report.uses}
    session.engine.share(_base(session, views, whole_history=whole), used)
    bound = _parameters(session) | dict(parameters or {})
    results = {key: _result(session, report, bound) for key, report in wanted.items()}
    return Answer(
        session.head(name),
        tuple(Part(place.path, _narrowed(results[place.report], place)) for place in places),
        tuple(Part(place.path, results[place.report]) for place in QUALITY),
        session.manifest.source,
        session.manifest.loaded_at,
        "revealed" if session.request.reveal else "masked",
        sql=tuple((name, report.sql) for name, report in wanted.items()),
    )


def _base(session: Session, views: Iterable[library.BaseView], *, whole_history: bool) -> list[Base]:
    """The shared views, with the instants that those worked out once begin at."""
    since = {
        "history_from": _history_from(session, whole_history=whole_history),
        "active_from": start_of(active_from(session.clock), session.clock.zone),
    }
    return [Base(view.sql, view.name if view.since else None, since.get(view.since or "")) for view in views]


def _result(session: Session, report: Report, parameters: Mapping[str, Any]) -> Result:
    table = session.engine.run(report.sql, parameters)
    for place, column in enumerate(report.columns):
        if set(column.needs) - session.present:
            table = _emptied(table, place)
    result = Result(
        report.name, report.titles, report.shape, report.columns, table, absent=bool(set(report.needs) - session.present)
    )
    return result if session.request.reveal else _masked(result)


def _emptied(table: pa.Table, place: int) -> pa.Table:
    """``table`` with nothing but nulls in one column."""
    import pyarrow as pa

    field = table.schema.field(place)
    return table.set_column(place, field, pa.nulls(table.num_rows, field.type))


def _masked(result: Result) -> Result:
    """``result`` with its personal columns masked; one that has none needs no look."""
    if not any(column.kind in PERSONAL for column in result.columns):
        return result
    from opttius_cli.privacy import masked

    return masked(result)


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


def _history_from(session: Session, *, whole_history: bool) -> datetime:
    """From when on purchases are looked at: always, or since the earlier of the two windows began."""
    if whole_history or session.period is None:
        return _FOREVER
    return start_of(history_start(session.period, session.previous), session.clock.zone)


def _variables(session: Session) -> dict[str, Any]:
    """What the views ask of the session (documented in sql/README.md)."""
    config, clock = session.request.config, session.clock
    aliases = config.currency_aliases
    return {
        "as_of": clock.as_of.astimezone(UTC),
        "as_of_date": clock.date,
        "zone": clock.zone.key,
        "active_from": start_of(active_from(clock), clock.zone),
        "currency": session.currency,
        "alias_codes": list(aliases),
        "alias_targets": list(aliases.values()),
        "paid_statuses": list(config.paid_statuses),
        "placeholder_emails": [email.lower() for email in (*_PLACEHOLDERS, *config.placeholder_emails)],
        "at_risk_days": config.at_risk_days,
        "vip_purchases": config.vip_purchases,
        "vip_min_spent": config.vip_min_spent,
        "regular_purchases": config.regular_purchases,
        "present_tables": sorted(session.present),
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
        "active_from": active_from(clock),
        "previous_from": previous.first if previous else None,
        "previous_to": previous.last if previous else None,
        "previous_until": previous.until if previous else None,
    }


def check_reports(reports: library.Library) -> list[tuple[str, str]]:
    """(report, fault) for every report whose header does not fit its SQL, found on an empty snapshot."""
    import duckdb

    from opttius_cli.reports.checking import faults

    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    build_empty(con)
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone_named(DEFAULT_ZONE)), zone_named(DEFAULT_ZONE))
    config = settings.Config()
    period = parse_period("30", clock)
    session = Session(
        Request(config, {}, clock.as_of, Voice()), DuckEngine(con), Manifest("", "", clock.as_of, 0, ""),
        Scope(None, None, (), whole=True, tenants=()), clock, DEFAULT_CURRENCY, period,
        previous_window(period, clock, "previous"), reports, frozenset(),
    )
    session.engine.enter(session.scope, _variables(session), library.rules())
    session.engine.share(_base(session, library.base(), whole_history=True), [])
    bound = _parameters(session) | {"sought": "x", "customer": "x"} | dict(EVERY_CUSTOMER)
    found = []
    for name in reports.names():
        try:
            report = reports.report(name)
            table = session.engine.run(report.sql, bound)
        except (duckdb.Error, KeyError, OpttiusError) as error:
            found.append((name, str(error).splitlines()[0]))
            continue
        found += [(name, fault) for fault in faults(report, table.schema)]
    con.close()
    return found
