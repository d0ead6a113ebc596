"""Incremental loading: unchanged rows come from the previous snapshot, changed ones from the server.

``updated_at`` tells which rows changed, from some minutes before the last load on, because a row that is
committed late carries an older time. Then checksums on both sides must agree. In any doubt the table is
fetched whole, and also once a day, because a program may change a row without setting ``updated_at``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Kind
from opttius_cli.files.stored_values import parse_instant, parse_json, require_mapping, require_text
from opttius_cli.period import instant_from_microseconds
from opttius_cli.snapshot.open import read_manifest
from opttius_cli.sources.postgres.checksum import duckdb_checksum
from opttius_cli.sql import fetch_first, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.snapshot.source_protocol import LoadContext
    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.fetch import FetchedTable
    from opttius_cli.sources.postgres.scope_filter import ScopeFilter

_OVERLAP = timedelta(minutes=10)
_FULL_LOAD_INTERVAL = timedelta(days=1)
_READ_AT, _FULL_LOAD_AT, _QUERIES = "read_at", "whole_at", "asked"
_PREVIOUS = "earlier"
"""The name under which the previous snapshot is attached."""


@dataclass(frozen=True, slots=True)
class PreviousRows:
    """The rows of one table in the snapshot at ``path``, read from the server at ``read_at``."""

    table: Table
    path: Path
    read_at: datetime

    def merge_changes(self, con: duckdb.DuckDBPyConnection, target: str, part: FetchedTable) -> bool:
        """Create the temporary table ``target`` from the previous rows and the changes.

        Returns whether its checksum agrees with the server's; if not, the table has to be fetched whole.
        """
        _attach_snapshot(con, self.path)
        since = self._get_changed_since(con)
        if since is None:
            return False
        condition = f"(updated_at >= {sql_literal(since.isoformat())} OR isfinite(updated_at) IS NOT TRUE)"
        part.fetch_into(con, part.query.select_rows(condition), target)
        if not _is_unique(con, target, self.table):
            return False
        con.execute(self._build_insert(con, target))
        server_checksum = self._fetch_server_checksum(part)
        if self._compute_copy_checksum(con, target, part) != server_checksum:
            self._delete_gone_rows(con, target, part)
        return self._compute_copy_checksum(con, target, part) == server_checksum

    def _fetch_server_checksum(self, part: FetchedTable) -> tuple[int, int]:
        """Fetch the number of rows on the server and their checksum."""
        (row,) = part.connection.fetch_all(part.query.select_checksum())
        return int(row["rows"]), int(row["sum"])

    def _compute_copy_checksum(
        self, con: duckdb.DuckDBPyConnection, target: str, part: FetchedTable
    ) -> tuple[int, int]:
        """Compute the number of rows and the checksum of ``target``."""
        row = fetch_first(
            con.execute(
                f"SELECT count(*), {duckdb_checksum(part.query.types, self.table.key)} FROM {quote_identifier(target)}"
            )
        )
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _delete_gone_rows(self, con: duckdb.DuckDBPyConnection, target: str, part: FetchedTable) -> None:
        """Delete from ``target`` the rows that the server no longer has with the same ``updated_at``."""
        keys_table = quote_identifier(f"{target}_stamps")
        part.fetch_into(con, part.query.select_keys_and_timestamps(), f"{target}_stamps")
        con.execute(
            f"DELETE FROM {quote_identifier(target)} AS kept WHERE NOT EXISTS (SELECT 1 FROM {keys_table} AS there "
            f"WHERE {self._match_keys('kept', 'there')} AND kept.updated_at IS NOT DISTINCT FROM there.updated_at); "
            f"DROP TABLE {keys_table}"
        )

    def _get_changed_since(self, con: duckdb.DuckDBPyConnection) -> datetime | None:
        """Return the time from which to look for changes.

        None when some previous rows were rejected, conflicting or duplicate: then they are not a copy of the
        table.
        """
        name = self.table.name
        ambiguous = fetch_first(
            con.execute(
                f"SELECT EXISTS (SELECT 1 FROM {_PREVIOUS}.meta.rejects WHERE table_name = $1) "
                f"OR EXISTS (SELECT 1 FROM {_PREVIOUS}.raw.{quote_identifier(name + '_contested')}) "
                f"OR EXISTS (SELECT 1 FROM {_PREVIOUS}.raw.{quote_identifier(name)} WHERE copies > 1)",
                [name],
            )
        )
        latest = fetch_first(
            con.execute(f"SELECT epoch_us(max(updated_at)) FROM {_PREVIOUS}.raw.{quote_identifier(name)}")
        )
        if (ambiguous and ambiguous[0]) or latest is None or latest[0] is None:
            return None
        last_change = instant_from_microseconds(latest[0])
        return min(last_change, self.read_at) - _OVERLAP

    def _build_insert(self, con: duckdb.DuckDBPyConnection, target: str) -> str:
        """Build the INSERT of the unchanged previous rows, cast to the types of the fetched ones."""
        columns = con.execute(f"DESCRIBE {quote_identifier(target)}").fetchall()
        cells = ", ".join(
            f"{self._cast_cell(name, column_type)} AS {quote_identifier(name)}"
            for name, column_type, *_ in columns
        )
        return (
            f"INSERT INTO {quote_identifier(target)} SELECT * FROM "
            f"(SELECT {cells} FROM {_PREVIOUS}.raw.{quote_identifier(self.table.name)} AS kept) AS kept "
            f"WHERE NOT EXISTS (SELECT 1 FROM {quote_identifier(target)} AS there WHERE "
            f"{self._match_keys('kept', 'there')})"
        )

    def _cast_cell(self, name: str, column_type: str) -> str:
        cell = f"kept.{quote_identifier(name)}"
        if column_type == "VARCHAR" and self.table.get_column(name).kind is Kind.LIST:
            # DuckDB's own text form of a list cannot be parsed again.
            cell = f"to_json({cell})"
        return f"CAST({cell} AS {column_type})"

    def _match_keys(self, left: str, right: str) -> str:
        return " AND ".join(
            f"{left}.{quote_identifier(name)} = {right}.{quote_identifier(name)}" for name in self.table.key
        )


def plan_incremental(
    connection: ConnectionThread,
    site: LoadContext,
    parts: Mapping[str, FetchedTable],
    scope_filter: ScopeFilter | None,
) -> None:
    """Let each part start from the previous snapshot where it can, and store what the next build needs."""
    now = datetime.fromisoformat(connection.fetch_all("SELECT to_json(now()) #>> '{}' AS now")[0]["now"])
    identities = {
        name: json.dumps(
            [part.query.identity, part.query.types, scope_filter and asdict(scope_filter)], sort_keys=True
        )
        for name, part in parts.items()
    }
    previous = _read_previous_load(site.previous_snapshot) if site.previous_snapshot else None
    if previous and not timedelta() <= now - previous.full_load_at < _FULL_LOAD_INTERVAL:
        previous = None
    for name, part in parts.items():
        if (
            site.previous_snapshot
            and previous
            and _can_detect_changes(part)
            and previous.identities.get(name) == identities[name]
        ):
            part.previous = PreviousRows(part.query.table, site.previous_snapshot, previous.read_at)
    site.manifest_facts[_READ_AT] = now.isoformat()
    site.manifest_facts[_FULL_LOAD_AT] = (previous.full_load_at if previous else now).isoformat()
    site.manifest_facts[_QUERIES] = json.dumps(identities, sort_keys=True)


@dataclass(frozen=True, slots=True)
class _PreviousLoad:
    """What the manifest of a snapshot says about how it was read from the server."""

    read_at: datetime
    full_load_at: datetime
    identities: dict[str, str]


def _read_previous_load(path: Path) -> _PreviousLoad | None:
    """Return how the snapshot at ``path`` was read; None when its manifest does not say so."""
    manifest = read_manifest(path)
    try:
        facts = manifest.facts if manifest else {}
        return _PreviousLoad(
            parse_instant(facts[_READ_AT]),
            parse_instant(facts[_FULL_LOAD_AT]),
            require_mapping(parse_json(facts[_QUERIES]), require_text),
        )
    except (KeyError, ValueError):
        return None


def _can_detect_changes(part: FetchedTable) -> bool:
    return part.query.types.get("updated_at") == "timestamptz" and all(
        key in part.query.types for key in part.query.table.key
    )


def _attach_snapshot(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    con.execute(f"ATTACH IF NOT EXISTS {sql_literal(str(path))} AS {_PREVIOUS} (READ_ONLY)")


def _is_unique(con: duckdb.DuckDBPyConnection, view: str, table: Table) -> bool:
    key = ", ".join(map(quote_identifier, table.key))
    row = fetch_first(con.execute(f"SELECT count(*) = count(DISTINCT ({key})) FROM {quote_identifier(view)}"))
    return bool(row and row[0])
