"""Run reports: each once, columns of missing tables emptied, personal data masked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError, ReportError
from opttius_cli.reports import library
from opttius_cli.reports.board import QUALITY, Place
from opttius_cli.reports.checking import faults, undeclared
from opttius_cli.result import PERSONAL, TEXTS, Answer, Part, Result
from opttius_cli.session.bindings import base_views, history_of, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from opttius_cli.privacy.policy import Policy
    from opttius_cli.reports.header import Report
    from opttius_cli.result import Column, Kind
    from opttius_cli.session.state import Session


def answer(
    session: Session,
    name: str,
    places: Sequence[Place],
    more: Mapping[str, Any] | None = None,
    quality: Sequence[Place] = QUALITY,
) -> Answer:
    """Run the reports of ``slots``, each once and masked, and those of ``quality`` on what was left out.

    ``extra_parameters`` are values that the reports need besides the windows.
    """
    wanted = {place.report: session.library.report(place.report) for place in (*places, *quality)}
    views = library.base_for(list(wanted.values()))
    session.engine.share(base_views(session, views, history_of(wanted.values())))
    bound = parameters(session) | dict(more or {})
    results = {
        key: result_of(session, report, bound, session.request.policy) for key, report in wanted.items()
    }
    return Answer(
        session.head(name),
        tuple(Part(place.path, _narrowed(results[place.report], place)) for place in places),
        tuple(Part(place.path, results[place.report]) for place in quality),
        session.manifest.source,
        session.manifest.loaded_at,
        session.request.policy.mode,
        sql=tuple((name, report.sql) for name, report in wanted.items()),
        min_group=session.request.policy.min_group,
    )


def result_of(session: Session, report: Report, bound: Mapping[str, Any], policy: Policy) -> Result:
    """Run one report with ``parameters`` and return its rows as ``policy`` shows them."""
    users = report.name if report.is_users else None
    table = session.engine.run(report.sql, bound, users=users, few=report.few)
    columns = report.columns
    if report.is_users:
        if wrong := faults(report, table.schema):
            raise ReportError(report.name, wrong[0])
        columns = _told(report, session.engine.personal(report.sql, table.schema.names), policy)
    for place, column in enumerate(report.columns):
        if set(column.needs) - session.present:
            table = _emptied(table, place)
    result = Result(
        report.name,
        report.titles,
        report.shape,
        columns,
        table,
        absent=bool(set(report.needs) - session.present),
        chart=report.chart,
        group_size=report.group_size,
    )
    if not policy.touches(result, users=report.is_users):
        return result
    from opttius_cli.privacy.protecting import protected

    return protected(result, policy, users=report.is_users)


def _told(report: Report, personal: Mapping[str, Kind], policy: Policy) -> tuple[Column, ...]:
    """Return the columns of a user's report; personal data gets its kind, whatever the header says."""
    if policy.mode == "revealed":
        return report.columns
    for column in report.columns:
        if column.name in personal and column.kind not in TEXTS | PERSONAL:
            raise NotAllowedError(undeclared(column.name, personal[column.name]))
    return tuple(
        replace(column, kind=personal[column.name])
        if column.name in personal and column.kind in TEXTS
        else column
        for column in report.columns
    )


def _emptied(table: pa.Table, place: int) -> pa.Table:
    """Return ``table`` with only nulls in one column."""
    import pyarrow as pa

    field = table.schema.field(place)
    return table.set_column(place, field, pa.nulls(table.num_rows, field.type))


def _narrowed(result: Result, place: Place) -> Result:
    """Keep only the columns that ``slot`` takes, under its names for them."""
    if not place.only:
        return result
    at = {column.name: number for number, column in enumerate(result.columns)}
    chosen = [(at[name], key) for name, key in place.only]
    return replace(
        result,
        columns=tuple(replace(result.columns[number], name=key) for number, key in chosen),
        table=result.table.select([number for number, _key in chosen]),
        chart=None,
    )
