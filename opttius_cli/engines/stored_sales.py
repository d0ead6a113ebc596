"""The shared views that a snapshot holds for each whole organization: what all its sales come to, worked out once.

A load writes them with the very SQL of the views. They serve a session of the same scope and rules at an instant
that no row lies between and the load: then each row that the views read exists at both, or at neither.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from opttius_cli.catalog.tables import TABLES
from opttius_cli.scope.row_conditions import owner_condition
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from opttius_cli.engines.protocol import Engine, SharedView
    from opttius_cli.result import Scope
    from opttius_cli.scope import ScopedViews
    from opttius_cli.sql import Connection

RULES = (
    "zone",
    "currency",
    "alias_codes",
    "alias_targets",
    "paid_statuses",
    "placeholder_emails",
    "placeholder_ruts",
    "present_tables",
    "views_digest",
)
"""The variables that decide what the stored views hold, besides scope and instant."""

_DATED_TABLES = ("customers", "orders", "lab_work_orders", "order_items", "order_payments", "credit_notes")
"""The tables that the stored views read."""


def find_stored_sales(con: Connection, scope: Scope, variables: Mapping[str, Any]) -> int | None:
    """Return the number under which the snapshot holds the views of this session; None when it does not."""
    row = fetch_first(
        con.execute(
            "SELECT organization FROM stored.organizations "
            "WHERE rules = $1 AND valid_from <= $2 AND (valid_until IS NULL OR $2 < valid_until)",
            [_digest_rules(scope, variables), variables["as_of"]],
        )
    )
    return None if row is None else int(row[0])


def build_stored_view(view: SharedView, organization: int) -> str:
    """Return SQL that creates ``view`` over the rows that the snapshot holds of it."""
    return (
        f"CREATE OR REPLACE TEMP VIEW {view.name} AS SELECT * EXCLUDE (organization) "
        f"FROM stored.{quote_identifier(view.stored)} WHERE organization = {organization}"
    )


def store_sales(
    engine: Engine, scope: Scope, variables: Mapping[str, Any], views: Sequence[SharedView]
) -> None:
    """Store the ``views`` of a whole organization; ``engine`` must be limited to its scope, and have the variables.

    ``views`` are those that are stored and those that they need, in order.
    """
    con, scoped = engine.con, engine.scoped
    con.execute("BEGIN")
    number = con.execute("SELECT count(*) FROM stored.organizations").fetchall()[0][0]
    written = set()
    for view in views:
        if view.stored not in written:
            scoped.create_named_in(view.sql)
            con.execute(view.sql)
        if view.stored:
            if view.stored not in written:
                _store_rows(con, view, number)
                written.add(view.stored)
            con.execute(f"DROP {_find_kind(con, view.name)} IF EXISTS temp.{view.name}")
            con.execute(build_stored_view(view, number))
    con.execute(
        "INSERT INTO stored.organizations VALUES ($1, $2, $3, $4)",
        [number, _digest_rules(scope, variables), *_find_neighbours(scoped, variables["as_of"])],
    )
    con.execute("COMMIT")


def _store_rows(con: Connection, view: SharedView, number: int) -> None:
    """Write what the session's ``view`` holds; it comes in the order of the loaded rows, which is that of time."""
    table = f"stored.{quote_identifier(view.stored)}"
    rows = f"SELECT CAST({number} AS INTEGER) AS organization, * FROM temp.{view.name}"
    con.execute(f"CREATE TABLE IF NOT EXISTS {table} AS {rows} LIMIT 0")
    con.execute(f"INSERT INTO {table} {rows}")


def _find_kind(con: Connection, name: str) -> str:
    is_view = fetch_first(
        con.execute("SELECT 1 FROM duckdb_views() WHERE database_name = 'temp' AND view_name = $1", [name])
    )
    return "VIEW" if is_view else "TABLE"


def _find_neighbours(scoped: ScopedViews, as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when the scope's last row before or at ``as_of`` is dated, and its first after it."""
    dates = " UNION ALL ".join(_select_dates(scoped.deferred))
    first, last = scoped.con.execute(
        "SELECT coalesce(max(moment) FILTER (WHERE moment <= $1), $1), min(moment) FILTER (WHERE moment > $1) "
        f"FROM ({dates})",
        [as_of],
    ).fetchall()[0]
    return first, last


def _select_dates(deferred: Collection[str]) -> Iterator[str]:
    """Yield SELECTs of every instant from which a row of the scope, or what it refers to, exists."""
    for name in _DATED_TABLES:
        table = TABLES[name]
        columns = {table.date_column, "order_created_at" if table.tenancy == "parent" else None}
        for relation in (name, f"{name}_contested") if name in deferred else (name,):
            for column in sorted(column for column in columns if column):
                yield (
                    f"SELECT {quote_identifier(column)} AS moment FROM raw.{quote_identifier(relation)} "
                    f"WHERE {owner_condition(table)}"
                )


def _digest_rules(scope: Scope, variables: Mapping[str, Any]) -> str:
    """Return a digest of all that decides which rows the stored views hold, apart from the instant."""
    decisive = [
        list(scope.tenants),
        scope.unrestricted,
        scope.holds_nobodys,
        scope.adopts,
        {name: variables[name] for name in RULES},
    ]
    text = json.dumps(decisive, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
