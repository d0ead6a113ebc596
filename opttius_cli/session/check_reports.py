"""Check that each report returns the columns its header declares, on a snapshot without rows."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.diagnostics import Reporter
from opttius_cli.engines import open_without_rows
from opttius_cli.errors import InvalidReportError, OpttiusError
from opttius_cli.i18n import _
from opttius_cli.period import DEFAULT_ZONE, Clock, compute_previous_window, load_zone, parse_period
from opttius_cli.reports import shared_views
from opttius_cli.reports.validation import find_schema_mismatches
from opttius_cli.result import Scope
from opttius_cli.session.apply_model import apply_model
from opttius_cli.session.build_session import DEFAULT_CURRENCY
from opttius_cli.session.own_sql.queries import OwnSql, prepare_own_sql, run_own_sql
from opttius_cli.session.parameters.query import (
    DEFAULT_PARAMETERS,
    build_parameters,
    build_shared_views,
    build_variables,
)
from opttius_cli.session.state import Request, Session
from opttius_cli.snapshot.engine_errors import find_fault
from opttius_cli.snapshot.open import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.engines.protocol import Engine
    from opttius_cli.reports.library import Library


_COMMAND_PARAMETERS: Mapping[str, Any] = {
    "sought": "x",
    "customer": "x",
    "item": "x",
    "findings": ["x"],
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
    with (
        prepare_own_sql(is_needed=bool(reports.list_user_reports())) as own_sql,
        closing(open_without_rows()) as engine,
    ):
        session = build_empty_session(engine, reports, own_sql)
        return [(name, problem) for name in reports.list_names() for problem in _find_problems(session, name)]


def _find_problems(session: Session, name: str) -> list[str]:
    """Describe what is wrong with the report ``name``; whatever that is, the other reports are checked."""
    try:
        report = session.library.load_report(name)
        parameters = build_parameters(session) | dict(DEFAULT_PARAMETERS)
        if report.is_user_report:
            table = run_own_sql(session, report.sql, name, "all")
        else:
            table = session.engine.run_query(report.sql, parameters | dict(_COMMAND_PARAMETERS))
            table = apply_model(report, table) if report.model else table
        return find_schema_mismatches(report, table)
    except KeyError as error:
        return [_("there is no parameter {name}.", name=f"${error.args[0]}")]
    except InvalidReportError as error:
        return [error.why]
    except Exception as error:
        if not isinstance(error, OpttiusError) and find_fault(error) is None:
            raise
        return [str(error).splitlines()[0]]


def build_empty_session(engine: Engine, reports: Library, own_sql: OwnSql | None = None) -> Session:
    """Build a session on an ``engine`` without rows, with every shared view."""
    zone = load_zone(DEFAULT_ZONE)
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone), zone)
    period = parse_period("30", clock)
    session = Session(
        Request(settings.Config(), {}, clock.as_of, Reporter(), own_sql=own_sql or OwnSql()),
        engine,
        Manifest("", "", clock.as_of, 0, ""),
        Scope(None, None, (), whole_organization=True, tenants=()),
        clock,
        DEFAULT_CURRENCY,
        period,
        compute_previous_window(period, clock, "previous"),
        reports,
        frozenset(),
    )
    engine.set_scope(session.scope, build_variables(session), shared_views.read_rules())
    engine.create_shared_views(build_shared_views(session, shared_views.load_shared_views(), "all"))
    engine.create_row_counts()
    return session
