"""Check that each report returns the columns its header declares, on a snapshot without rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli.diagnostics import Reporter
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.errors import OpttiusError
from opttius_cli.period import DEFAULT_ZONE, Clock, compute_previous_window, load_zone, parse_period
from opttius_cli.reports import library
from opttius_cli.reports.validation import describe_undeclared_pii, find_schema_mismatches
from opttius_cli.result import PERSONAL_KINDS, Scope
from opttius_cli.session.open_session import DEFAULT_CURRENCY
from opttius_cli.session.query_parameters import (
    EVERY_CUSTOMER,
    build_parameters,
    build_shared_views,
    build_variables,
)
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.build import build_empty_snapshot
from opttius_cli.snapshot.open import Manifest, ResourceLimits, connect_duckdb

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.reports.header import Report


def check_reports(reports: library.Library) -> list[tuple[str, str]]:
    """Return (report, problem) for every report whose header does not match its SQL."""
    import duckdb

    con = connect_duckdb(Path(":memory:"), ResourceLimits())
    try:
        session = _build_empty_session(con, reports)
        parameters = build_parameters(session) | {"sought": "x", "customer": "x"} | dict(EVERY_CUSTOMER)
        problems = []
        for name in reports.list_names():
            try:
                report = reports.load_report(name)
                table = session.engine.run_query(
                    report.sql, parameters, user_report=report.name if report.is_user_report else None
                )
            except (duckdb.Error, KeyError, OpttiusError) as error:
                problems.append((name, str(error).splitlines()[0]))
                continue
            problems += [
                (name, problem)
                for problem in [
                    *find_schema_mismatches(report, table.schema),
                    *_find_undeclared_pii(session, report),
                ]
            ]
        return problems
    finally:
        con.close()


def _find_undeclared_pii(session: Session, report: Report) -> list[str]:
    """Describe the columns of a user's report that carry personal data which the header does not declare."""
    if not report.is_user_report:
        return []
    kinds = {column.name: column.kind for column in report.columns}
    personal = session.engine.find_personal_columns(report.sql, list(kinds))
    return [
        describe_undeclared_pii(name, kind)
        for name, kind in personal.items()
        if kinds[name] not in PERSONAL_KINDS
    ]


def _build_empty_session(con: duckdb.DuckDBPyConnection, reports: library.Library) -> Session:
    con.execute("SET TimeZone = 'UTC'")
    build_empty_snapshot(con)
    zone = load_zone(DEFAULT_ZONE)
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone), zone)
    period = parse_period("30", clock)
    session = Session(
        Request(settings.Config(), {}, clock.as_of, Reporter()),
        DuckEngine(con),
        Manifest("", "", clock.as_of, 0, ""),
        Scope(None, None, (), whole_organization=True, tenants=()),
        clock,
        DEFAULT_CURRENCY,
        period,
        compute_previous_window(period, clock, "previous"),
        reports,
        frozenset(),
    )
    session.engine.set_scope(session.scope, build_variables(session), library.read_rules())
    session.engine.create_shared_views(build_shared_views(session, library.load_shared_views(), "all"))
    return session
