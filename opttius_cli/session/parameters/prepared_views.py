"""Create the shared views that an answer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.reports.layouts import FORECAST_REPORTS, REPURCHASE
from opttius_cli.reports.shared_views import find_shared_views, select_shared_views
from opttius_cli.scope.row_counts import ROW_COUNTS
from opttius_cli.session.parameters.query import build_shared_views, select_history
from opttius_cli.sql import list_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.reports.header import Report
    from opttius_cli.session.state import Session


@dataclass(frozen=True, slots=True)
class Preparation:
    """What reports need before they run: more shared views, all purchases, and tables that ``fill`` fills."""

    views: tuple[str, ...]
    needs_all_history: bool
    fill: Callable[[], None]


def create_views(session: Session, reports: Iterable[Report], preparation: Preparation | None = None) -> None:
    """Create the shared views that ``reports`` and their ``preparation`` read, and what only counts rows."""
    reports = list(reports)
    reports += _list_earlier_reports(session, reports)
    names = set(preparation.views if preparation else ()).union(
        *(find_shared_views(report.sql) for report in reports)
    )
    views = select_shared_views(names, has_stored=session.engine.has_stored_sales)
    history = "all" if preparation and preparation.needs_all_history else select_history(reports)
    _create_views(session, build_shared_views(session, [view for view in views if not view.given], history))
    if any(not ROW_COUNTS.isdisjoint(list_named(report.sql)) for report in reports):
        with session.request.profiler.measure(_("row counts")):
            session.engine.create_row_counts()


def _create_views(session: Session, views: Sequence[SharedView]) -> None:
    """Create ``views``; one by one where each is measured."""
    profiler = session.request.profiler
    if not profiler.is_on:
        session.engine.create_shared_views(views)
        return
    for view in views:
        with profiler.measure(_("view {name}", name=view.name)):
            session.engine.create_shared_views([view])


def _list_earlier_reports(session: Session, reports: Iterable[Report]) -> list[Report]:
    """Return the reports whose rows are parameters of ``reports``."""
    names = {report.name for report in reports}
    earlier = ["cohorts/spell_lengths"] if REPURCHASE in names else []
    if any(name.startswith(FORECAST_REPORTS) for name in names):
        earlier += [f"{FORECAST_REPORTS}{name}" for name in ("spell_counts", "backtest", "extent")]
    return [session.library.load_report(name) for name in earlier]
