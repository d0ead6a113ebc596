"""Checks of exports: whether the folder or file can be read, and which columns it has. No row is loaded."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.freshness import build_freshness_finding
from opttius_cli.doctor.tables import Remedies, compare_catalog
from opttius_cli.errors import OpttiusError, SourceError, format_list
from opttius_cli.i18n import _, n_
from opttius_cli.snapshot.build import run_setup_scripts
from opttius_cli.snapshot.engine_errors import translate_errors
from opttius_cli.snapshot.newest_sales import find_newest_in_parts, find_newest_in_snapshot
from opttius_cli.snapshot.open import ResourceLimits, connect_in_memory, open_snapshot
from opttius_cli.snapshot.source_protocol import LoadContext, SnapshotSource
from opttius_cli.snapshot.staging import read_columns
from opttius_cli.snapshot.unread import build_unread_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from opttius_cli.doctor.findings import OnFinding
    from opttius_cli.doctor.freshness import Today
    from opttius_cli.snapshot.source_protocol import Source
    from opttius_cli.sources.mapping import SourceMapping
    from opttius_cli.sources.mapping.cell_sample import CellSample


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What the settings say of exports: how they are mapped, the words for paid, and the present."""

    mapping: SourceMapping
    paid_statuses: tuple[str, ...]
    today: Today


def check_export(source: Source, settings: ExportSettings, on_finding: OnFinding) -> str | None:
    """Check a folder, file or snapshot, and report the findings.

    Returns the block of ``opttius.toml`` that maps its tables and columns, when there is one to propose.
    """
    today = settings.today
    if isinstance(source, SnapshotSource):
        _check_snapshot(source, today, on_finding)
        return None
    with TemporaryDirectory(prefix="opttius-") as scratch, ExitStack() as exit_stack:
        con = connect_in_memory(ResourceLimits())
        exit_stack.callback(con.close)
        run_setup_scripts(con)
        context = LoadContext(Path(scratch), exit_stack)
        try:
            parts = source.open_parts(context)
            on_finding(Finding("source", State.OK, _("{source} can be read.", source=source.name)))
            for sentence in build_unread_sentences(context.unread):
                on_finding(Finding("source", State.NOTE, sentence))
            columns = read_columns(
                con, parts, lambda error: on_finding(Finding("source", State.FAILED, str(error)))
            )
            newest = find_newest_in_parts(con, parts, today.now, today.naive_zone)
        except SourceError as error:
            on_finding(Finding("source", State.FAILED, str(error)))
            columns = {}
        else:
            remedies = Remedies(
                _("Export it as {table}.csv (or .parquet, .json, a sheet of an .xlsx)."),
                _("Export the table again with that column."),
            )
            compare_catalog(columns, remedies, on_finding)
            if "orders" in columns:
                on_finding(build_freshness_finding(newest, today))
        from opttius_cli.sources.mapping.cell_sample import sample_cells

        return _propose(partial(sample_cells, con), source, columns, settings, on_finding)


def _propose(
    sample: Callable[..., CellSample],
    source: Source,
    columns: Mapping[str, Sequence[str]],
    settings: ExportSettings,
    on_finding: OnFinding,
) -> str | None:
    """Propose a mapping for what the source holds: only files of people's own have names of their own."""
    from opttius_cli.doctor.headers import read_headers
    from opttius_cli.doctor.mapping_proposal import build_proposal
    from opttius_cli.doctor.proposal_block import format_block
    from opttius_cli.sources.registry import open_source

    path = Path(source.name)
    if not path.exists():
        return None

    def read_cells(mapping: SourceMapping, sampled: Mapping[str, Collection[str]]) -> CellSample:
        with TemporaryDirectory(prefix="opttius-") as scratch, ExitStack() as exit_stack:
            context = LoadContext(Path(scratch), exit_stack)
            return sample(open_source(str(path), mapping=mapping), context, sampled)

    proposal = build_proposal(
        read_headers(path),
        columns,
        settings.mapping,
        read_cells=read_cells,
        paid_statuses=settings.paid_statuses,
    )
    for (table, column), words in proposal.words.items():
        if table in columns:
            on_finding(_build_words_finding(table, column, list(words)))
    return format_block(proposal, settings.mapping, has_zone=settings.today.naive_zone != "UTC")


def _build_words_finding(table: str, column: str, words: Sequence[str]) -> Finding:
    message = n_(
        "{table}.{column} has a word that opttius does not know: {words}.",
        "{table}.{column} has {count} words that opttius does not know: {words}.",
        len(words),
        table=table,
        column=column,
        words=format_list(words),
    )
    return Finding(
        "columns",
        State.NOTE,
        message,
        _("Write under [words.{table}.{column}] of opttius.toml what is meant.", table=table, column=column),
    )


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
