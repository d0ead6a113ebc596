"""The values that SQL gets: variables of the views, parameters of the reports, and where histories start."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli.engines.protocol import SharedView
from opttius_cli.period import (
    EARLIEST,
    Window,
    earliest_history_day,
    end_of_day,
    first_active_day,
    start_of_day,
)
from opttius_cli.reports.header_schema import HISTORIES
from opttius_cli.reports.own_words import resolve_code
from opttius_cli.reports.shared_views import digest_shared_views
from opttius_cli.reports.vocabulary import list_codes
from opttius_cli.worklist.opt_out import load_opt_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.reports.header import Report
    from opttius_cli.reports.header_schema import History
    from opttius_cli.reports.shared_views import SharedViewFile
    from opttius_cli.session.state import Session

_PLACEHOLDERS = ("venta@pos.local", "@pos.local")

GOAL_DAYS = 364
"""How many days before a month tell what its weekdays weigh (metrics 18)."""

_SHOWN_COHORTS = 12
"""How many cohorts a screen shows, the latest ones."""

_OF_WINDOWS = {
    "from_at",
    "until_at",
    "from_date",
    "to_date",
    "previous_from",
    "previous_to",
    "previous_until",
    "previous_from_at",
    "previous_until_at",
    "month_at",
}
"""The parameters that shared views ask for, too, as variables."""

DEFAULT_PARAMETERS: Mapping[str, Any] = {
    "search": None,
    "segment": None,
    "scheme": "lifecycle",
    "inactive": False,
    "sort": "lifetime_value",
    "limit": None,
    "rank": "branch",
    "goal_branches": [],
    "goal_months": [],
    "goal_amounts": [],
    "week": "",
    "decided": False,
    "lists": "[]",
    "undecided": [],
    "listed_before": [],
    "chosen_reason": None,
    "list_limit": None,
    "unit": "quarter",
    "measure": "repeat",
    "shown_cohorts": _SHOWN_COHORTS,
    "curves": "[]",
    "cutoff": None,
    "refused": None,
    "refusal": "",
}
"""The parameters of lists, where a command sets none: they filter nothing, and leave the usual order."""


def build_variables(session: Session) -> dict[str, Any]:
    """Return the session variables that the views read (documented in sql/README.md)."""
    config, clock = session.request.config, session.clock
    aliases = config.currency_aliases
    return (
        {
            "as_of": clock.as_of.astimezone(UTC),
            "as_of_date": clock.local_date,
            "zone": clock.zone.key,
            "active_from": start_of_day(first_active_day(clock, config.active_days), clock.zone),
            "currency": session.currency,
            "alias_codes": list(aliases),
            "alias_targets": list(aliases.values()),
            "paid_statuses": _list_paid_statuses(config.paid_statuses),
            "placeholder_emails": [email.lower() for email in (*_PLACEHOLDERS, *config.placeholder_emails)],
            "placeholder_ruts": list(config.placeholder_ruts),
            "at_risk_days": config.at_risk_days,
            "vip_purchases": config.vip_purchases,
            "vip_min_spent": config.vip_min_spent,
            "regular_purchases": config.regular_purchases,
            "opt_out_tags": [tag.strip().lower() for tag in config.opt_out_tags],
            "opt_out_lines": list(dict.fromkeys(line.text for line in load_opt_out(config.opt_out))),
            "capacity": config.capacity,
            "exam_months": config.exam_months,
            "hold_back_pct": config.hold_back_pct,
            "chances": list(config.chances.values()),
            "statuses": list_codes("status"),
            "present_tables": sorted(session.present_tables),
            "views_digest": digest_shared_views(),
            "windows_from": _windows_from(session),
        }
        | _build_app_window(session)
        | {name: value for name, value in build_parameters(session).items() if name in _OF_WINDOWS}
    )


def _build_app_window(session: Session) -> dict[str, Any]:
    """Return what the app's dashboard would read at as-of for the only branch of the scope (metrics 16).

    Its window is as many times 24 hours as the period has days; the one before it is as long.
    """
    until = session.clock.as_of.astimezone(UTC)
    until = until.replace(microsecond=until.microsecond // 1000 * 1000)
    length = timedelta(days=session.period.window.day_count if session.period else 0)
    return {
        "app_before": max(until - 2 * length, EARLIEST) if session.period else until,
        "app_from": max(until - length, EARLIEST) if session.period else until,
        "app_until": until,
    }


def _list_paid_statuses(typed: Iterable[str]) -> list[str]:
    """Return the statuses as they are typed, and the codes of those that are typed by their label."""
    codes = {resolve_code(status, "payment_status") for status in typed}
    return list(dict.fromkeys([*typed, *sorted(code for code in codes if code)]))


def build_parameters(session: Session) -> dict[str, Any]:
    """Return what reports may name with ``$``: the windows, as dates and as instants (see sql/README.md)."""
    clock, previous = session.clock, session.previous
    window = session.period.window if session.period else Window(EARLIEST.date(), clock.local_date)
    return {
        "as_of": clock.as_of.astimezone(UTC),
        "as_of_date": clock.local_date,
        "as_of_local": clock.wall_time,
        "finished_at": clock.local_date
        if clock.as_of >= end_of_day(clock.local_date, clock.zone)
        else clock.local_date - timedelta(days=1),
        "from_date": window.first,
        "to_date": window.last,
        "from_at": start_of_day(window.first, clock.zone) if session.period else EARLIEST,
        "until_at": start_of_day(window.last + timedelta(days=1), clock.zone),
        "month_at": start_of_day(_month_start(session), clock.zone),
        "month_from": _month_start(session),
        "active_from": first_active_day(clock, session.request.config.active_days),
        "previous_from": previous.first if previous else None,
        "previous_to": previous.last if previous else None,
        "previous_until": previous.last_moment if previous else None,
        "previous_from_at": start_of_day(previous.first, clock.zone) if previous else None,
        "previous_until_at": start_of_day(previous.last + timedelta(days=1), clock.zone)
        if previous
        else None,
    }


def shift_to_previous(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with which a report over its period runs over the previous window instead."""
    return {
        **parameters,
        "from_date": parameters["previous_from"],
        "to_date": parameters["previous_to"],
        "from_at": parameters["previous_from_at"],
        "until_at": parameters["previous_until_at"],
        "as_of_local": parameters["previous_until"],
    }


def build_shared_views(
    session: Session, views: Iterable[SharedViewFile], history: History
) -> list[SharedView]:
    """Return the shared views, each materialized one with the instant at which it begins."""
    active_day = first_active_day(session.clock, session.request.config.active_days)
    starts = {
        "history_from": _compute_history_start(session, history),
        "active_from": start_of_day(active_day, session.clock.zone),
    }
    return [
        SharedView(
            view.name,
            view.sql,
            starts.get(view.orders_from or ""),
            view.internal,
            view.defines,
            view.uses,
            view.stored,
        )
        for view in views
    ]


def select_history(reports: Iterable[Report]) -> History:
    """Return the longest history of purchases that one of these reports needs."""
    histories = {report.history for report in reports}
    return next(history for history in HISTORIES if history in histories or history == "none")


def _compute_history_start(session: Session, history: History) -> datetime:
    """Return where the history starts: at the first purchase, a year before the month, the earlier window, or as-of."""
    if history == "none":
        return session.clock.as_of
    if history == "year":
        year_before = _month_start(session) - timedelta(days=GOAL_DAYS)
        return min(_windows_from(session), start_of_day(year_before, session.clock.zone))
    return EARLIEST if history == "all" else _windows_from(session)


def _month_start(session: Session) -> date:
    """Return the first date of as-of's calendar month."""
    return session.clock.local_date.replace(day=1)


def _windows_from(session: Session) -> datetime:
    """When the earlier of the two windows began."""
    if session.period is None:
        return EARLIEST
    return start_of_day(earliest_history_day(session.period, session.previous), session.clock.zone)
