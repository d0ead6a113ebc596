"""Loading from the test server: what a snapshot then holds, and what the server was asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sources.snapshots import (
    SnapshotContents,
    numbered_uuid,
    open_snapshot,
    open_store,
    read_snapshot,
)

from opttius_cli.scope import read_directory, resolve_names
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.sources.postgres.row_request import RowRequest
from opttius_cli.sources.postgres.settings import PostgresSettings
from opttius_cli.sources.registry import DatabaseOptions, open_source
from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.result import Scope
    from opttius_cli.snapshot.source_protocol import Source
    from opttius_cli.sql import Connection
    from postgres.server import Database

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)
_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")

SHOP = f"""
INSERT INTO organizations (id, name) VALUES ('{numbered_uuid(1)}', 'Una'), ('{numbered_uuid(2)}', 'Otra');
INSERT INTO branches (id, organization_id, name, code) VALUES
    ('{numbered_uuid(11)}', '{numbered_uuid(1)}', 'Centro', 'C-1'),
    ('{numbered_uuid(12)}', '{numbered_uuid(1)}', 'Norte', 'C-2'),
    ('{numbered_uuid(21)}', '{numbered_uuid(2)}', 'Sur', 'S-1');
INSERT INTO customers (id, branch_id, first_name, created_at, updated_at)
SELECT
    md5('c' || n)::uuid,
    (ARRAY['{numbered_uuid(11)}', '{numbered_uuid(12)}', '{numbered_uuid(21)}'])[1 + n % 3]::uuid,
    'Cliente ' || n,
    timestamptz '2026-01-01' + n * interval '1 hour',
    timestamptz '2026-02-01' + n * interval '1 hour'
FROM generate_series(1, 300) AS n;
INSERT INTO orders (id, branch_id, customer_id, status, payment_status, total_amount, created_at, updated_at)
SELECT
    md5('o' || n)::uuid, c.branch_id, c.id, 'delivered', 'paid', n * 10,
    c.created_at + interval '1 day', c.updated_at + interval '1 day'
FROM generate_series(1, 300) AS n JOIN customers AS c ON c.id = md5('c' || n)::uuid;
INSERT INTO order_items (id, order_id, product_name, quantity, total_price)
SELECT md5('i' || n)::uuid, md5('o' || n)::uuid, 'Lente', 1, n * 10 FROM generate_series(1, 300) AS n;
INSERT INTO quotes (id, customer_id, branch_id, status, total_amount, created_at, updated_at)
SELECT
    md5('q' || n)::uuid, md5('c' || n)::uuid, '{numbered_uuid(11)}', 'draft', n, '2026-03-01', '2026-03-01'
FROM generate_series(1, 30) AS n;
"""
"""Three branches of two organizations, with what 300 customers bought."""


def open_live_source(database: Database, request: RowRequest | None = None, **terms: object) -> Source:
    """The database as a source, read by the role that may only read."""
    how = DatabaseOptions(PostgresSettings(**terms), {"PGPASSWORD": "unused"}, request or RowRequest())  # type: ignore[arg-type]
    return open_source(database.address_with_password, how)


def request_rows(organization: str | None, *branches: str) -> RowRequest:
    """The rows of some branches."""

    def find(con: Connection) -> Scope:
        return resolve_names(read_directory(con), organization, branches)

    return RowRequest(f"{organization}{branches}", find)


def load(live: Source, cache: Path, *, now: datetime = NOW, refresh: bool = False) -> SnapshotContents:
    """What is in the snapshot after a load."""
    with open_snapshot(open_store(cache).load_snapshot(live, now, BuildOptions(), refresh=refresh)) as con:
        return read_snapshot(con)


def logged_statements(database: Database, since: int = 0) -> list[str]:
    """The statements with which the reader was heard by the server since a place in its log."""
    text = database.server.log.read_bytes()[since:].decode()
    return [match[1] for match in _STATEMENT.finditer(text)]


def log_position(database: Database) -> int:
    """Where the server's log ends now."""
    return database.server.log.stat().st_size


__all__ = [
    "LATER",
    "NOW",
    "PASSWORDS",
    "READER",
    "SHOP",
    "load",
    "log_position",
    "logged_statements",
    "open_live_source",
    "request_rows",
]
