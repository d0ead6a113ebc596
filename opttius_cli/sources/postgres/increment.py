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

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import Kind
from opttius_cli.snapshot.held import read_manifest
from opttius_cli.sources.postgres.proof import in_copy
from opttius_cli.sources.postgres.selection import literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.snapshot.source import Site
    from opttius_cli.sources.postgres.belonging import Limits
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.pull import Pulled

_OVERLAP = timedelta(minutes=10)
_WHOLE_EVERY = timedelta(days=1)
_READ_AT, _WHOLE_AT, _ASKED = "read_at", "whole_at", "asked"
_BEFORE = "earlier"
"""The name under which the previous snapshot is attached."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The rows of one table in the snapshot at ``path``, read from the server at ``read_at``."""

    table: Table
    path: Path
    read_at: datetime

    def grown(self, con: duckdb.DuckDBPyConnection, into: str, part: Pulled) -> bool:
        """Create the temporary table ``target`` from the previous rows and the changes.

        Returns whether its checksum agrees with the server's; if not, the table has to be fetched whole.
        """
        _attach(con, self.path)
        since = self._since(con)
        if since is None:
            return False
        changed = f"(updated_at >= {literal(since.isoformat())} OR isfinite(updated_at) IS NOT TRUE)"
        part.pull(con, part.asked.rows(changed), into)
        if not _is_unique(con, into, self.table):
            return False
        con.execute(self._kept(con, into))
        proof = self._proof(part)
        if self._found(con, into, part) != proof:
            self._drop_what_went(con, into, part)
        return self._found(con, into, part) == proof

    def _proof(self, part: Pulled) -> tuple[int, int]:
        """Fetch the number of rows on the server and their checksum."""
        (told,) = part.line.rows(part.asked.proof())
        return int(told["rows"]), int(told["sum"])

    def _found(self, con: duckdb.DuckDBPyConnection, into: str, part: Pulled) -> tuple[int, int]:
        """Compute the number of rows and the checksum of ``target``."""
        found = con.execute(
            f"SELECT count(*), {in_copy(part.asked.types, self.table.key)} FROM {quoted(into)}"
        ).fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def _drop_what_went(self, con: duckdb.DuckDBPyConnection, into: str, part: Pulled) -> None:
        """Delete from ``target`` the rows that the server no longer has with the same ``updated_at``."""
        stamps = quoted(f"{into}_stamps")
        part.pull(con, part.asked.stamps(), f"{into}_stamps")
        con.execute(
            f"DELETE FROM {quoted(into)} AS kept WHERE NOT EXISTS (SELECT 1 FROM {stamps} AS there "
            f"WHERE {self._same('kept', 'there')} AND kept.updated_at IS NOT DISTINCT FROM there.updated_at); "
            f"DROP TABLE {stamps}"
        )

    def _since(self, con: duckdb.DuckDBPyConnection) -> datetime | None:
        """Return the time from which to look for changes.

        None when some previous rows were rejected, conflicting or duplicate: then they are not a copy of the
        table.
        """
        name = self.table.name
        doubtful = con.execute(
            f"SELECT EXISTS (SELECT 1 FROM {_BEFORE}.meta.rejects WHERE table_name = $1) "
            f"OR EXISTS (SELECT 1 FROM {_BEFORE}.raw.{quoted(name + '_contested')}) "
            f"OR EXISTS (SELECT 1 FROM {_BEFORE}.raw.{quoted(name)} WHERE copies > 1)",
            [name],
        ).fetchone()
        latest = con.execute(f"SELECT epoch_us(max(updated_at)) FROM {_BEFORE}.raw.{quoted(name)}").fetchone()
        if (doubtful and doubtful[0]) or latest is None or latest[0] is None:
            return None
        seen = datetime.fromtimestamp(0, self.read_at.tzinfo) + timedelta(microseconds=latest[0])
        return min(seen, self.read_at) - _OVERLAP

    def _kept(self, con: duckdb.DuckDBPyConnection, into: str) -> str:
        """Build the INSERT of the unchanged previous rows, cast to the types of the fetched ones."""
        described = con.execute(f"DESCRIBE {quoted(into)}").fetchall()
        cells = ", ".join(
            f"{self._as_it_arrives(name, given)} AS {quoted(name)}" for name, given, *_ in described
        )
        return (
            f"INSERT INTO {quoted(into)} SELECT * FROM "
            f"(SELECT {cells} FROM {_BEFORE}.raw.{quoted(self.table.name)} AS kept) AS kept "
            f"WHERE NOT EXISTS (SELECT 1 FROM {quoted(into)} AS there WHERE {self._same('kept', 'there')})"
        )

    def _as_it_arrives(self, name: str, given: str) -> str:
        cell = f"kept.{quoted(name)}"
        if given == "VARCHAR" and self.table.column(name).kind is Kind.LIST:
            # DuckDB's own text form of a list cannot be parsed again.
            cell = f"to_json({cell})"
        return f"CAST({cell} AS {given})"

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{quoted(name)} = {other}.{quoted(name)}" for name in self.table.key)


def build_on(line: Line, site: Site, asking: Mapping[str, Pulled], limits: Limits | None) -> None:
    """Let each part start from the previous snapshot where it can, and store what the next build needs."""
    now = datetime.fromisoformat(line.rows("SELECT to_json(now()) #>> '{}' AS now")[0]["now"])
    asked = {
        name: json.dumps([part.asked.identity, part.asked.types, limits and asdict(limits)], sort_keys=True)
        for name, part in asking.items()
    }
    past = read_manifest(site.before) if site.before else None
    facts = past.facts if past else {}
    whole_at = datetime.fromisoformat(facts[_WHOLE_AT]) if _WHOLE_AT in facts else None
    may_grow = whole_at is not None and timedelta() <= now - whole_at < _WHOLE_EVERY
    before = json.loads(facts.get(_ASKED, "{}")) if may_grow else {}
    for name, part in asking.items():
        if site.before and _tells_changes(part) and before.get(name) == asked[name]:
            part.earlier = Earlier(part.asked.table, site.before, datetime.fromisoformat(facts[_READ_AT]))
    site.facts[_READ_AT] = now.isoformat()
    site.facts[_WHOLE_AT] = facts[_WHOLE_AT] if may_grow else now.isoformat()
    site.facts[_ASKED] = json.dumps(asked, sort_keys=True)


def _tells_changes(part: Pulled) -> bool:
    return part.asked.types.get("updated_at") == "timestamptz" and all(
        key in part.asked.types for key in part.asked.table.key
    )


def _attach(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    place = str(path).replace("'", "''")
    con.execute(f"ATTACH IF NOT EXISTS '{place}' AS {_BEFORE} (READ_ONLY)")


def _is_unique(con: duckdb.DuckDBPyConnection, view: str, table: Table) -> bool:
    key = ", ".join(map(quoted, table.key))
    found = con.execute(f"SELECT count(*) = count(DISTINCT ({key})) FROM {quoted(view)}").fetchone()
    return bool(found and found[0])
