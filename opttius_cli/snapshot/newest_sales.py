"""When the newest orders and work orders were made: of parts that are not loaded, and of a snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import SALES_TABLES, TABLES
from opttius_cli.errors import SourceError
from opttius_cli.period import instant_from_microseconds
from opttius_cli.snapshot.casting import DOUBTFUL, RowCaster
from opttius_cli.snapshot.column_notation import infer_notation
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import duckdb

    from opttius_cli.snapshot.source_protocol import Part, StagedView


def find_newest_in_parts(
    con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]], now: datetime, naive_zone: str
) -> list[datetime]:
    """Return when the newest sale of each part was made, its cells read as a load reads them; no row is kept.

    ``con`` has the macros that read cells.
    """
    import duckdb

    con.execute("SET TimeZone = $1", [naive_zone])
    newest = []
    for table in SALES_TABLES:
        for part in parts.get(table, ()):
            try:
                staged = part.stage_view(con)
                moment = _read_newest(con, table, staged, now) if "created_at" in staged.columns else None
                part.drop_view(con)
            except (SourceError, duckdb.Error) as error:
                # What cannot be read is a finding of another step.
                raise_if_unrecoverable(error)
                continue
            newest += [moment] if moment else []
    return newest


def _read_newest(
    con: duckdb.DuckDBPyConnection, name: str, staged: StagedView, now: datetime
) -> datetime | None:
    table = TABLES[name]
    column = replace(table, columns=(table.get_column("created_at"),), key=())
    caster = RowCaster(column, staged, "VARCHAR")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {DOUBTFUL} AS {caster.select_cells()}")
    caster = replace(caster, notation=infer_notation(con, caster, DOUBTFUL, partly=False))
    return _fetch_newest(con, f"({caster.select_thorough()})", now)


def find_newest_in_snapshot(con: duckdb.DuckDBPyConnection, now: datetime) -> list[datetime]:
    """Return when the newest sales of a snapshot were made."""
    tables = [f"raw.{quote_identifier(name + kind)}" for name in SALES_TABLES for kind in ("", "_contested")]
    return [moment for table in tables if (moment := _fetch_newest(con, table, now))]


def _fetch_newest(con: duckdb.DuckDBPyConnection, rows: str, now: datetime) -> datetime | None:
    row = fetch_first(
        con.execute(f"SELECT epoch_us(max(created_at)) FROM {rows} WHERE created_at <= $1", [now])
    )
    return None if row is None or row[0] is None else instant_from_microseconds(row[0])
