"""Check that each report returns the columns its header declares, on a snapshot without rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.diagnostics import Reporter
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.errors import OpttiusError
from opttius_cli.i18n import _
from opttius_cli.period import DEFAULT_ZONE, Clock, compute_previous_window, load_zone, parse_period
from opttius_cli.reports import shared_views
from opttius_cli.reports.validation import describe_undeclared_pii, find_schema_mismatches
from opttius_cli.result import PERSONAL_KINDS, Scope
from opttius_cli.session.apply_model import apply_model
from opttius_cli.session.open_session import DEFAULT_CURRENCY
from opttius_cli.session.query_parameters import (
    DEFAULT_PARAMETERS,
    build_parameters,
    build_shared_views,
    build_variables,
)
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.build import build_empty_snapshot
from opttius_cli.snapshot.open import Manifest, ResourceLimits, connect_duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from opttius_cli.reports.header import Report
    from opttius_cli.reports.library import Library


_COMMAND_PARAMETERS: Mapping[str, Any] = {
    "sought": "x",
    "customer": "x",
    "item": "x",
    "told_keys": ["x"],
    "told_values": [0],
    "limit": 1,
    "left_out": "x",
    "share": 0,
    "step_names": ["rows", "figure"],
    "adjustment": "",
}
"""Parameters that only the project's own commands set."""


def check_reports(reports: Library) -> list[tuple[str, str]]:
    """Return (report, problem) for every report that cannot be used, or whose header does not match its SQL."""
    con = connect_duckdb(Path(":memory:"), ResourceLimits())
    try:
        session = _build_empty_session(con, reports)
        return [(name, problem) for name in reports.list_names() for problem in _find_problems(session, name)]
    finally:
        con.close()


def _find_problems(session: Session, name: str) -> list[str]:
    """Describe what is wrong with the report ``name``; whatever that is, the other reports are checked."""
    import duckdb

    try:
        report = session.library.load_report(name)
        parameters = build_parameters(session) | dict(DEFAULT_PARAMETERS)
        if report.is_user_report:
            table = session.engine.run_query(report.sql, parameters, user_report=name)
        else:
            table = session.engine.run_query(report.sql, parameters | dict(_COMMAND_PARAMETERS))
            table = apply_model(report, table) if report.model else table
        return find_schema_mismatches(report, table.schema) or _find_undeclared_pii(session, report)
    except KeyError as error:
        return [_("there is no parameter {name}.", name=f"${error.args[0]}")]
    except (duckdb.Error, OpttiusError) as error:
        return [str(error).splitlines()[0]]


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


def _build_empty_session(con: duckdb.DuckDBPyConnection, reports: Library) -> Session:
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
    session.engine.set_scope(session.scope, build_variables(session), shared_views.read_rules())
    session.engine.create_shared_views(build_shared_views(session, shared_views.load_shared_views(), "all"))
    return session
