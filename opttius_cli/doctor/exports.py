"""Checks of exports: whether the folder or file can be read, and which columns it has. No row is loaded."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.tables import Remedies, compare
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.held import Limits, connect, read_manifest
from opttius_cli.snapshot.source import ReadyMade, Site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.doctor.findings import Tell
    from opttius_cli.snapshot.source import Part, Source


def examine(source: Source, tell: Tell) -> None:
    """Check a folder, file or snapshot, and report the findings."""
    if isinstance(source, ReadyMade):
        _snapshot(source, tell)
        return
    with TemporaryDirectory(prefix="opttius-") as scratch, ExitStack() as held:
        con = connect(Path(":memory:"), Limits())
        try:
            parts = source.parts(Site(Path(scratch), held))
            tell(Finding("source", State.GOOD, _("{source} can be read.", source=source.name)))
            found = _columns(con, parts, tell)
        except SourceError as error:
            tell(Finding("source", State.FAILED, str(error)))
            return
        finally:
            con.close()
    remedies = Remedies(
        _("Export it as {table}.csv (or .parquet, .json, a sheet of an .xlsx)."),
        _("Export the table again with that column."),
    )
    compare(found, remedies, tell)


def _columns(
    con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]], tell: Tell
) -> dict[str, list[str]]:
    """Read the columns of every table from its parts; a part that cannot be read is reported."""
    found: dict[str, list[str]] = {}
    for table, pieces in parts.items():
        for piece in pieces:
            try:
                staged = piece.stage(con)
            except SourceError as error:
                tell(Finding("source", State.FAILED, str(error)))
                continue
            found.setdefault(table, []).extend((*staged.columns, *staged.others))
            piece.release(con)
    return found


def _snapshot(source: ReadyMade, tell: Tell) -> None:
    manifest = read_manifest(source.path)
    if manifest is None:
        tell(Finding("source", State.FAILED, _("{source} is not a snapshot of opttius.", source=source.name)))
        return
    said = _(
        "{source} is a snapshot of {origin}, loaded {at}.",
        source=source.name,
        origin=manifest.source,
        at=manifest.loaded_at.isoformat(timespec="minutes"),
    )
    tell(Finding("source", State.GOOD, said))
