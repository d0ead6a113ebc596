"""The three reports as one function each: a folder and what was asked for in, a dictionary out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .clock import Clock, read_as_of, windows
from .customers import customer_page, segment_rows
from .dashboard import dashboard
from .quality import data_quality
from .rows import read_export
from .sales import Sales, Settings, find_sales
from .scope import find_scope, open_book

if TYPE_CHECKING:
    from pathlib import Path

    from .rows import Export

Record = dict[str, Any]

DEFAULT_ZONE = "America/Santiago"


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks for, in the words of the command line."""

    as_of: str
    organization: str | None = None
    branches: tuple[str, ...] = ()
    period: str = "30"
    compare: str = "previous"
    timezone: str | None = None
    settings: Settings = field(default_factory=Settings)


def read_dashboard(folder: Path, request: Request) -> Record:
    """`opttius dashboard`."""
    export = read_export(folder)
    sales = _sales(export, request)
    window, previous = windows(request.period, request.compare, sales.book.clock)
    return {
        **_head(sales),
        **dashboard(sales, window, previous),
        "data_quality": data_quality(export, sales, window),
    }


def read_segments(folder: Path, request: Request) -> Record:
    """`opttius export segments`."""
    sales = _sales(read_export(folder), request)
    return {**_head(sales), "rows": segment_rows(sales)}


def read_customer(folder: Path, customer_id: str, request: Request) -> Record:
    """`opttius customer`."""
    sales = _sales(read_export(folder), request)
    return {**_head(sales), **customer_page(sales, customer_id)}


def _sales(export: Export, request: Request) -> Sales:
    scope = find_scope(export, request.organization, request.branches)
    zone = ZoneInfo(request.timezone or scope.organization.timezone or DEFAULT_ZONE)
    clock = Clock(read_as_of(request.as_of, zone), zone)
    return find_sales(open_book(export, scope, clock), request.settings)


def _head(sales: Sales) -> Record:
    book = sales.book
    return {
        "as_of": book.clock.local(book.clock.as_of),
        "timezone": book.clock.zone.key,
        "currency": sales.currency,
    }
