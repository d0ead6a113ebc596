"""Checks of exports: whether the folder or file can be read, and which columns it has. No row is loaded."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.freshness import build_freshness_finding
from opttius_cli.doctor.tables import Remedies, compare_catalog
from opttius_cli.errors import OpttiusError, SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.engine_errors import translate_errors
from opttius_cli.snapshot.newest_sales import find_newest_in_parts, find_newest_in_snapshot
from opttius_cli.snapshot.open import ResourceLimits, connect_duckdb, open_snapshot
from opttius_cli.snapshot.source_protocol import LoadContext, SnapshotSource
from opttius_cli.snapshot.unread import build_unread_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.doctor.findings import OnFinding
    from opttius_cli.doctor.freshness import Today
    from opttius_cli.snapshot.source_protocol import Part, Source
    from opttius_cli.sources.mapping import SourceMapping


def check_export(source: Source, mapping: SourceMapping, today: Today, on_finding: OnFinding) -> str | None:
    """Check a folder, file or snapshot, and report the findings.

    Returns the block of ``opttius.toml`` that maps its tables and columns, when there is one to propose.
    """
    if isinstance(source, SnapshotSource):
        _check_snapshot(source, today, on_finding)
        return None
    with TemporaryDirectory(prefix="opttius-") as scratch, ExitStack() as exit_stack:
        con = connect_duckdb(Path(":memory:"), ResourceLimits())
        try:
            site = LoadContext(Path(scratch), exit_stack)
            parts = source.open_parts(site)
            on_finding(Finding("source", State.OK, _("{source} can be read.", source=source.name)))
            for sentence in build_unread_sentences(site.unread):
                on_finding(Finding("source", State.NOTE, sentence))
            columns = _read_columns(con, parts, on_finding)
            newest = find_newest_in_parts(con, parts, today.now, today.naive_zone)
        except SourceError as error:
            on_finding(Finding("source", State.FAILED, str(error)))
            return _propose(source, {}, mapping)
        finally:
            con.close()
    remedies = Remedies(
        _("Export it as {table}.csv (or .parquet, .json, a sheet of an .xlsx)."),
        _("Export the table again with that column."),
    )
    compare_catalog(columns, remedies, on_finding)
    if "orders" in columns:
        on_finding(build_freshness_finding(newest, today))
    return _propose(source, columns, mapping)


def _propose(source: Source, columns: Mapping[str, Sequence[str]], mapping: SourceMapping) -> str | None:
    """Propose a mapping for what the source holds: only files of people's own have names of their own."""
    from opttius_cli.doctor.headers import read_headers
    from opttius_cli.doctor.mapping_proposal import build_proposal

    path = Path(source.name)
    return build_proposal(read_headers(path), columns, mapping) if path.exists() else None


def _read_columns(
    con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]], on_finding: OnFinding
) -> dict[str, list[str]]:
    """Read the columns of every table from its parts; a part that cannot be read is reported."""
    columns: dict[str, list[str]] = {}
    for table, pieces in parts.items():
        for piece in pieces:
            try:
                staged = piece.stage_view(con)
            except SourceError as error:
                on_finding(Finding("source", State.FAILED, str(error)))
                continue
            columns.setdefault(table, []).extend((*staged.columns, *staged.unknown_columns))
            piece.drop_view(con)
    return columns


def _check_snapshot(source: SnapshotSource, today: Today, on_finding: OnFinding) -> None:
    """Report the findings about a snapshot; damage to it is one of them, wherever it is met."""
    try:
        with translate_errors(source.path):
            _report_snapshot(source, today, on_finding)
    except OpttiusError as error:
        on_finding(Finding("source", State.FAILED, str(error)))


def _report_snapshot(source: SnapshotSource, today: Today, on_finding: OnFinding) -> None:
    snapshot = open_snapshot(source.path, ResourceLimits())
    if snapshot is None:
        on_finding(
            Finding("source", State.FAILED, _("{source} is not a snapshot of opttius.", source=source.name))
        )
        return
    message = _(
        "{source} is a snapshot of {origin}, loaded {at}.",
        source=source.name,
        origin=snapshot.manifest.source,
        at=snapshot.manifest.loaded_at.isoformat(timespec="minutes"),
    )
    with closing(snapshot.con):
        newest = find_newest_in_snapshot(snapshot.con, today.now)
    on_finding(Finding("source", State.OK, message))
    on_finding(build_freshness_finding(newest, today))
