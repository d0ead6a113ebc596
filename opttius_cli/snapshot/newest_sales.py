"""When the newest orders and work orders were made: of parts that are not loaded, and of a snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError
from opttius_cli.snapshot.build import run_setup_scripts
from opttius_cli.snapshot.casting import DOUBTFUL, RowCaster
from opttius_cli.snapshot.column_notation import infer_notation
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.snapshot.source_protocol import Part, StagedView

_SALES_TABLES = ("orders", "lab_work_orders")
_MADE = "created_at"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def find_newest_in_parts(
    con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]], now: datetime, naive_zone: str
) -> list[datetime]:
    """Return when the newest sale of each part was made, its cells read as a load reads them; no row is kept."""
    import duckdb

    con.execute("SET TimeZone = $1", [naive_zone])
    run_setup_scripts(con)
    newest = []
    for table in _SALES_TABLES:
        for part in parts.get(table, ()):
            try:
                staged = part.stage_view(con)
                moment = _read_newest(con, table, staged, now) if _MADE in staged.columns else None
                part.drop_view(con)
            except (SourceError, duckdb.Error):
                # What cannot be read is a finding of another step.
                continue
            newest += [moment] if moment else []
    return newest


def _read_newest(
    con: duckdb.DuckDBPyConnection, name: str, staged: StagedView, now: datetime
) -> datetime | None:
    table = TABLES[name]
    column = replace(table, columns=(table.get_column(_MADE),), key=())
    caster = RowCaster(column, staged, "VARCHAR")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {DOUBTFUL} AS {caster.select_cells()}")
    caster = replace(caster, notation=infer_notation(con, caster, DOUBTFUL, partly=False))
    return _fetch_newest(con, f"({caster.select_thorough()})", now)


def find_newest_in_snapshot(con: duckdb.DuckDBPyConnection, now: datetime) -> list[datetime]:
    """Return when the newest sales of a snapshot were made."""
    tables = [f"raw.{quote_identifier(name + kind)}" for name in _SALES_TABLES for kind in ("", "_contested")]
    return [moment for table in tables if (moment := _fetch_newest(con, table, now))]


def _fetch_newest(con: duckdb.DuckDBPyConnection, rows: str, now: datetime) -> datetime | None:
    # Through microseconds, for a timestamp with a zone would need a package that is not there.
    row = con.execute(f"SELECT epoch_us(max({_MADE})) FROM {rows} WHERE {_MADE} <= $1", [now]).fetchone()
    return None if row is None or row[0] is None else _EPOCH + timedelta(microseconds=row[0])
