"""One question, asked of DuckDB and of a cluster: every cell of every report is the same."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.session.check_reports import _COMMAND_PARAMETERS
from opttius_cli.session.cluster_access import SPARK
from opttius_cli.session.lake_files import write_lake
from opttius_cli.session.open_session import open_session
from opttius_cli.session.parameters.prepared_views import create_views
from opttius_cli.session.run_reports import _collect_parameters
from opttius_cli.session.snapshot_access import load_new_snapshot
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opttius_cli.session.state import Session

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)

KNOWN = {"customers/nearest": "suggestions are by jaro_winkler_similarity, which Spark does not have"}
"""Reports that a cluster cannot answer, each with the reason. A command does without them there."""


@dataclass(frozen=True)
class TwoEngines:
    """Two sessions on the same rows, with the same views, and the parameters of the reports.

    What a session learns from its own rows, as the curve of a forecast, is the same, too.
    """

    duckdb: Session
    cluster: Session
    parameters: Mapping[str, Any]

    def compare(self, report_name: str) -> list[str]:
        """Return where the answers to a report differ."""
        report = self.duckdb.library.load_report(report_name)
        masks = self.duckdb.request.policy.find_masks(report.columns)
        expected, answer = (
            engine.run_query(report.sql, self.parameters, masks=masks)
            for engine in (self.duckdb.engine, self.cluster.engine)
        )
        if expected.column_names != answer.column_names:
            return [f"columns: {expected.column_names} / {answer.column_names}"]
        if expected.num_rows != answer.num_rows:
            return [f"rows: {expected.num_rows} / {answer.num_rows}"]
        rows = zip(expected.to_pylist(), answer.to_pylist(), strict=True)
        return [
            f"row {place}, {name}: {row[name]!r} / {other[name]!r}"
            for place, (row, other) in enumerate(rows)
            for name in row
            if row[name] != other[name]
        ]


def build_request(folder: Path, settings: Mapping[str, Any], **question: Any) -> Request:
    """Build the request for the exports in ``folder``."""
    resolved = config.resolve_config({"source": str(folder), **settings}, {}, folder)
    return Request(resolved, {}, NOW, Reporter(quiet=True), **question)


@contextmanager
def open_both(request: Request, address: str, names: Sequence[str] | None = None) -> Iterator[TwoEngines]:
    """Open both sessions with the views of the reports ``names`` (None: of all)."""
    folder = Path(mkdtemp())
    snapshot = load_new_snapshot(request, folder / "shop.duckdb", force=False)
    write_lake(request, snapshot, folder / "lake")
    lake = replace(request.config, source=str(folder / "lake"), engine=SPARK, remote=address)
    with (
        open_session(request, snapshot) as here,
        open_session(replace(request, config=lake)) as there,
    ):
        library = here.library
        reports = {name: library.load_report(name) for name in names or library.list_names()}
        for opened in (here, there):
            create_views(opened, reports.values())
        parameters, others = (
            dict(_COMMAND_PARAMETERS) | _collect_parameters(opened, reports, {}) for opened in (here, there)
        )
        assert parameters == others
        yield TwoEngines(here, there, parameters)
