"""Check that each report returns the columns its header declares, on a snapshot without rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli.diagnostics import Voice
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.errors import OpttiusError
from opttius_cli.period import DEFAULT_ZONE, Clock, parse_period, previous_window, zone_named
from opttius_cli.reports import library
from opttius_cli.reports.checking import faults, undeclared
from opttius_cli.result import PERSONAL, Scope
from opttius_cli.session.bindings import EVERY_CUSTOMER, base_views, parameters, variables
from opttius_cli.session.opening import DEFAULT_CURRENCY
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.build import build_empty
from opttius_cli.snapshot.held import Limits, Manifest, connect

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.reports.header import Report


def check_reports(reports: library.Library) -> list[tuple[str, str]]:
    """Return (report, problem) for every report whose header does not match its SQL."""
    import duckdb

    con = connect(Path(":memory:"), Limits())
    try:
        session = _empty_session(con, reports)
        bound = parameters(session) | {"sought": "x", "customer": "x"} | dict(EVERY_CUSTOMER)
        found = []
        for name in reports.names():
            try:
                report = reports.report(name)
                table = session.engine.run(report.sql, bound, users=report.name if report.is_users else None)
            except (duckdb.Error, KeyError, OpttiusError) as error:
                found.append((name, str(error).splitlines()[0]))
                continue
            found += [
                (name, fault) for fault in [*faults(report, table.schema), *_undeclared(session, report)]
            ]
        return found
    finally:
        con.close()


def _undeclared(session: Session, report: Report) -> list[str]:
    """Describe the columns of a user's report that carry personal data which the header does not declare."""
    if not report.is_users:
        return []
    kinds = {column.name: column.kind for column in report.columns}
    found = session.engine.personal(report.sql, list(kinds))
    return [undeclared(name, kind) for name, kind in found.items() if kinds[name] not in PERSONAL]


def _empty_session(con: duckdb.DuckDBPyConnection, reports: library.Library) -> Session:
    con.execute("SET TimeZone = 'UTC'")
    build_empty(con)
    zone = zone_named(DEFAULT_ZONE)
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone), zone)
    period = parse_period("30", clock)
    session = Session(
        Request(settings.Config(), {}, clock.as_of, Voice()),
        DuckEngine(con),
        Manifest("", "", clock.as_of, 0, ""),
        Scope(None, None, (), whole=True, tenants=()),
        clock,
        DEFAULT_CURRENCY,
        period,
        previous_window(period, clock, "previous"),
        reports,
        frozenset(),
    )
    session.engine.enter(session.scope, variables(session), library.rules())
    session.engine.share(base_views(session, library.base(), "all"))
    return session
