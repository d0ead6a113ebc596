"""Store the shared views of sales in a snapshot that is being loaded, for each of its organizations."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opttius_cli.audit import AuditRecord
from opttius_cli.diagnostics import Reporter
from opttius_cli.engines import open_on_snapshot
from opttius_cli.engines.stored_sales import store_sales
from opttius_cli.errors import OpttiusError
from opttius_cli.period import EARLIEST
from opttius_cli.reports.shared_views import list_stored_views
from opttius_cli.scope import read_directory, resolve_names
from opttius_cli.session.build_session import build_session
from opttius_cli.session.parameters.query import build_shared_views, build_variables
from opttius_cli.session.state import OpenedEngine

if TYPE_CHECKING:
    from opttius_cli.result import Scope
    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.open import OpenSnapshot, ResourceLimits
    from opttius_cli.snapshot.source_protocol import Source
    from opttius_cli.sql import Connection

FEWEST_ORDERS = 50_000
"""The orders of an organization from which storing is worth its time: fewer are quickly worked out anew."""
_END = datetime(9999, 12, 31, tzinfo=UTC)


def store_organizations(
    request: Request, source: Source, snapshot: OpenSnapshot, limits: ResourceLimits
) -> None:
    """Store the views of each large organization as a session of its whole scope, now and by the settings, sees them.

    A snapshot of a live source is soon replaced: storing would take longer than it saves.
    """
    if source.default_max_age is not None:
        return
    # Whoever asks is told what keeps an organization from being answered; nothing is said here.
    silent = replace(
        request, reporter=Reporter(quiet=True), record=AuditRecord(), period=None, as_of=None, since=None
    )
    directory = read_directory(snapshot.con, request.config.adopt)
    for organization in directory.organizations:
        with closing(open_on_snapshot(snapshot.con.cursor())) as engine:
            try:
                scope = resolve_names(directory, organization.id, ())
                if _count_orders(engine.local, scope) < FEWEST_ORDERS:
                    continue
                opened = OpenedEngine(engine, snapshot.manifest, snapshot.path)
                session = build_session(silent, opened, directory, scope, limits)
            except OpttiusError:
                continue
            engine.set_variables({"orders_from": EARLIEST, "from_at": EARLIEST, "until_at": _END})
            views = build_shared_views(session, list_stored_views(), "all")
            store_sales(engine, scope, build_variables(session), views)


def _count_orders(con: Connection, scope: Scope) -> int:
    rows = con.execute(
        "SELECT coalesce(sum(rows), 0) FROM meta.tallies WHERE table_name = 'orders' AND list_contains($1, tenant)",
        [list(scope.tenants)],
    ).fetchall()
    return int(rows[0][0])
