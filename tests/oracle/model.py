"""The reports as one function each: a folder and what was asked for in, a dictionary out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .clock import Clock, Window, read_as_of, read_latest, windows
from .cohorts import cohorts
from .customers import customer_page, segment_rows
from .dashboard import dashboard
from .drivers import drivers
from .explain import explained_steps
from .forecast import expected_customers, forecast
from .movement import movement
from .quality import data_quality
from .reconcile import reconcile
from .rows import read_export
from .sales import Sales, Settings, find_sales
from .scope import find_scope, open_book
from .worklist import Rules, worklist

if TYPE_CHECKING:
    from pathlib import Path

    from .rows import Export
    from .scope import Scope

Record = dict[str, Any]

DEFAULT_ZONE = "America/Santiago"
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks for, in the words of the command line; `now` is what its clock says."""

    as_of: str
    organization: str | None = None
    branches: tuple[str, ...] = ()
    period: str = "30"
    compare: str = "previous"
    timezone: str | None = None
    settings: Settings = field(default_factory=Settings)
    now: datetime = datetime(2027, 1, 1, tzinfo=UTC)
    scheme: str = "lifecycle"
    since: str | None = None


def read_dashboard(folder: Path, request: Request) -> Record:
    """`opttius dashboard`."""
    export = read_export(folder)
    sales = _sales(export, request)
    window, previous = windows(request.period, request.compare, sales.book.clock)
    return {
        **_head("dashboard", sales),
        **_windows(request, window, previous),
        **dashboard(sales, window, previous),
        "data_quality": data_quality(export, sales, window, previous),
    }


def read_drivers(folder: Path, request: Request) -> Record:
    """`opttius drivers`."""
    export = read_export(folder)
    sales = _sales(export, request)
    window, previous = windows(request.period, request.compare, sales.book.clock)
    assert previous is not None
    return {
        **_head("drivers", sales),
        **_windows(request, window, previous),
        **drivers(sales, window, previous),
        "data_quality": data_quality(export, sales, window, previous),
    }


def read_movement(folder: Path, request: Request) -> Record:
    """`opttius segments --movement`."""
    export = read_export(folder)
    sales = _sales(export, request)
    if request.since is None:
        window, previous = windows(request.period, request.compare, sales.book.clock)
        assert previous is not None
        head = _windows(request, window, previous)
        quality = data_quality(export, sales, window, previous)
    else:
        previous = Window(date.min, date.fromisoformat(request.since))
        head, quality = {"since": request.since}, data_quality(export, sales, None, None)
    return {
        **_head("movement", sales),
        **head,
        **movement(sales, request.scheme, previous),
        "data_quality": quality,
    }


def read_reconcile(folder: Path, request: Request) -> Record:
    """`opttius reconcile`."""
    export = read_export(folder)
    sales = _sales(export, request)
    window, previous = windows(request.period, "previous", sales.book.clock)
    assert previous is not None
    return {
        **_head("reconcile", sales),
        **_windows(request, window, previous),
        **reconcile(export, sales, window, previous),
        "data_quality": data_quality(export, sales, window, previous),
    }


def read_steps(folder: Path, request: Request, key: str) -> list[Record]:
    """The steps of `opttius explain KEY`."""
    sales = _sales(read_export(folder), request)
    window, previous = windows(request.period, request.compare, sales.book.clock)
    return explained_steps(sales, window, previous, key)


def _windows(request: Request, window: Window, previous: Window | None) -> Record:
    return {
        "period": {
            "from": window.first,
            "to": window.last,
            "days": window.days,
            "label": request.period,
        },
        "previous": _dates(previous),
    }


def read_segments(folder: Path, request: Request) -> Record:
    """`opttius export segments`."""
    export = read_export(folder)
    sales = _sales(export, request)
    return {
        **_head("segments", sales),
        "rows": segment_rows(sales),
        "data_quality": data_quality(export, sales, None, None),
    }


def read_customer(folder: Path, customer_id: str, request: Request) -> Record:
    """`opttius customer`."""
    export = read_export(folder)
    sales = _sales(export, request)
    return {
        **_head("customer", sales),
        **customer_page(sales, customer_id),
        "data_quality": data_quality(export, sales, None, None),
    }


def read_worklist(folder: Path, request: Request, rules: Rules | None = None) -> Record:
    """`opttius worklist`, where no list was ever decided."""
    export = read_export(folder)
    sales = _sales(export, request)
    day = sales.book.clock.today
    return {
        **_head("worklist", sales),
        "week": "{}-W{:02d}".format(*day.isocalendar()[:2]),
        "decided": False,
        **worklist(sales, rules or Rules()),
        "data_quality": data_quality(export, sales, None, None),
    }


def read_forecast(folder: Path, request: Request) -> Record:
    """`opttius forecast`."""
    export = read_export(folder)
    sales = _sales(export, request)
    return {
        **_head("forecast", sales),
        **forecast(sales),
        "data_quality": data_quality(export, sales, None, None),
    }


def read_expected(folder: Path, request: Request) -> Record:
    """The rows of `opttius export forecast`, by customer."""
    return expected_customers(_sales(read_export(folder), request))


def read_cohorts(folder: Path, request: Request, by: str) -> Record:
    """`opttius cohorts`."""
    export = read_export(folder)
    sales = _sales(export, request)
    return {
        **_head("cohorts", sales),
        **cohorts(sales, by),
        "data_quality": data_quality(export, sales, None, None),
    }


def _dates(window: Window | None) -> Record | None:
    return None if window is None else {"from": window.first, "to": window.last}


def _sales(export: Export, request: Request) -> Sales:
    scope = find_scope(export, request.organization, request.branches, request.settings.adopt)
    zone = ZoneInfo(request.timezone or scope.organization.timezone or DEFAULT_ZONE)
    if request.as_of == LATEST:
        as_of = read_latest(_sale_moments(export, scope), request.now, zone)
    else:
        as_of = read_as_of(request.as_of, zone)
    return find_sales(open_book(export, scope, Clock(as_of, zone)), request.settings)


def _sale_moments(export: Export, scope: Scope) -> list[datetime]:
    """When every order and work order of the scope was made, whatever its status."""
    return [row.created_at for row in (*export.orders, *(export.work_orders or ())) if scope.holds(row)]


def _head(report: str, sales: Sales) -> Record:
    book = sales.book
    organization, branches = book.scope.organization, book.scope.branches
    return {
        "report": report,
        "schema_version": 1,
        "as_of": book.clock.local(book.clock.as_of),
        "timezone": book.clock.zone.key,
        "currency": sales.currency,
        "scope": {
            "organization": {"id": organization.id, "name": organization.name},
            "branches": [{"id": branch.id, "code": branch.code, "name": branch.name} for branch in branches],
            "global": book.scope.whole,
        },
    }
