"""Run reports: each once, columns of missing tables emptied, personal data masked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import InvalidReportError
from opttius_cli.i18n import _
from opttius_cli.privacy.policy import DEFAULT_POLICY
from opttius_cli.reports.layouts import (
    FORECAST_REPORTS,
    FORECAST_SUMMARY,
    GOALS,
    QUALITY,
    REPURCHASE,
    WORKLIST_REPORT,
)
from opttius_cli.reports.shared_views import load_shared_view
from opttius_cli.reports.validation import find_schema_mismatches
from opttius_cli.result import NUMERIC_KINDS, Answer, AnswerPart, ChartEnd, Result
from opttius_cli.session.own_sql.queries import build_setup, run_own_sql
from opttius_cli.session.parameters.prepared_views import create_views
from opttius_cli.session.parameters.query import (
    DEFAULT_PARAMETERS,
    build_parameters,
    build_shared_views,
    select_history,
    shift_to_previous,
)
from opttius_cli.snapshot.unread import build_unread_sentences, select_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from opttius_cli.privacy.policy import Policy
    from opttius_cli.reports.header import Report
    from opttius_cli.reports.slots import Slot
    from opttius_cli.session.parameters.prepared_views import Preparation
    from opttius_cli.session.state import Session


WHOLE_SOURCE = ("load", "check")
"""Answers about the source itself: they name everything in it that is not read."""


def run_reports(
    session: Session,
    name: str,
    slots: Sequence[Slot],
    extra_parameters: Mapping[str, Any] | None = None,
    quality: Sequence[Slot] = QUALITY,
    preparation: Preparation | None = None,
) -> Answer:
    """Run the reports of ``slots``, each once and masked, and those of ``quality`` on what was left out.

    ``extra_parameters`` are values that the reports need besides the windows; ``preparation`` is what has to be done
    between the shared views and the reports.
    """
    slots = applicable_slots(session, slots)
    reports = {slot.report: session.library.load_report(slot.report) for slot in (*slots, *quality)}
    _start_own_sql(session, [report for report in reports.values() if report.is_user_report])
    project_reports = [report for report in reports.values() if not report.is_user_report]
    create_views(session, project_reports, preparation)
    parameters = _collect_parameters(session, reports, extra_parameters or {})
    if preparation:
        preparation.fill()
    results = {
        key: run_report(session, report, parameters, session.request.policy)
        for key, report in reports.items()
    }
    results = {key: _add_chart_ends(result, results) for key, result in results.items()}
    return Answer(
        session.build_header(name),
        tuple(
            AnswerPart(slot.path, _select_columns(results[slot.report], slot), slot.before) for slot in slots
        ),
        tuple(AnswerPart(slot.path, results[slot.report]) for slot in quality),
        session.manifest.source,
        session.manifest.loaded_at,
        session.request.policy.mode,
        sql=tuple((name, report.sql) for name, report in reports.items()),
        min_group=session.request.policy.min_group,
        has_sql_sheet=session.request.config.has_sql_sheet,
        refusal=parameters["refusal"],
        unread=build_unread_sentences(
            session.unread if name in WHOLE_SOURCE else select_missing(session.unread, session.present_tables)
        ),
    )


def _collect_parameters(
    session: Session, reports: Mapping[str, Report], extra_parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values that ``reports`` need; those of ``extra_parameters`` come before what lists take without."""
    parameters = build_parameters(session) | dict(DEFAULT_PARAMETERS)
    if GOALS in reports:
        from opttius_cli.session.goals import build_goal_parameters

        parameters |= build_goal_parameters(session)
    if WORKLIST_REPORT in reports and "lists" not in extra_parameters:
        from opttius_cli.session.parameters.worklist import build_worklist_parameters

        parameters |= build_worklist_parameters(session)
    parameters |= dict(extra_parameters)
    if REPURCHASE in reports:
        from opttius_cli.session.parameters.repurchase import build_curves

        lengths = session.library.load_report("cohorts/spell_lengths")
        parameters |= build_curves(run_report(session, lengths, parameters, DEFAULT_POLICY).table)
    if any(name.startswith(FORECAST_REPORTS) for name in reports):
        parameters |= build_forecast_parameters(session, parameters)
        if parameters["refusal"] and FORECAST_SUMMARY not in reports:
            session.request.reporter.show_note(parameters["refusal"])
    return parameters


def build_forecast_parameters(session: Session, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the forecast's reports, among them why there is no prediction.

    ``parameters`` are those that its first reports need. The shared views that they read have to be there.
    """
    from opttius_cli.session.parameters.forecast import build_forecast

    def run(name: str, values: Mapping[str, Any]) -> pa.Table:
        report = session.library.load_report(f"{FORECAST_REPORTS}{name}")
        return run_report(session, report, {**parameters, **values}, DEFAULT_POLICY).table

    def create(name: str, values: Mapping[str, Any]) -> None:
        session.engine.set_variables(values)
        session.engine.create_shared_views(build_shared_views(session, [load_shared_view(name)], "all"))

    return build_forecast(session.clock.local_date, run, create)


def applicable_slots(session: Session, slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Return the slots that this session's answer has: some only make sense for several branches, or with goals."""
    conditions = {
        None: True,
        "branches": len(session.scope.branches) > 1,
        "goals": bool(session.request.config.goals),
    }
    return tuple(slot for slot in slots if conditions[slot.condition])


def _add_chart_ends(result: Result, results: Mapping[str, Result]) -> Result:
    """Return ``result`` with the figures between which its waterfall leads, where the answer holds them."""
    if result.chart is None or result.chart.ends is None:
        return result
    start, end = (_find_end(figure, results) for figure in result.chart.ends)
    return result if start is None or end is None else replace(result, chart_ends=(start, end))


def _find_end(figure: str, results: Mapping[str, Result]) -> ChartEnd | None:
    report, _dot, name = figure.rpartition(".")
    record = results.get(report)
    column = next((column for column in record.columns if column.name == name), None) if record else None
    if record is None or column is None or column.kind not in NUMERIC_KINDS:
        return None
    values = [] if record.absent or record.shape != "record" else record.table.column(name).to_pylist()
    return ChartEnd(column, values[0]) if values and values[0] is not None else None


def run_report(session: Session, report: Report, parameters: Mapping[str, Any], policy: Policy) -> Result:
    """Run one report with ``parameters`` and return its rows as ``policy`` shows them."""
    with session.request.profiler.measure(_("report {name}", name=report.name)) as step:
        table = _query_rows(session, report, parameters, policy)
        step.rows = table.num_rows
    table, bases = _split_bases(table, report)
    for position, column in enumerate(report.columns):
        if set(column.needs) - session.present_tables:
            table = _clear_column(table, position)
    is_refused = report.depends_on == "forecast" and parameters["refused"] is not None
    result = Result(
        report.name,
        report.titles,
        report.shape,
        report.columns,
        table,
        absent=is_refused or _is_absent(report, session),
        refused=is_refused,
        uncompared=report.depends_on == "previous" and session.previous is None,
        chart=report.chart,
        form=report.form,
        matrix=report.matrix,
        group_size=report.group_size,
        bases=bases,
        previous_table=_run_over_previous(session, report, parameters),
    )
    # What a user's own SQL reads is masked already.
    policy = replace(policy, mode="revealed") if report.is_user_report else policy
    if not policy.affects(result):
        return result
    from opttius_cli.privacy.apply_policy import apply_policy

    return apply_policy(result, policy, session.engine.mask_values)


def _query_rows(session: Session, report: Report, parameters: Mapping[str, Any], policy: Policy) -> pa.Table:
    """Return the rows of a report, its model applied, columns of personal data masked."""
    if report.is_user_report:
        table = run_own_sql(session, report.sql, report.name, report.history)
        if mismatches := find_schema_mismatches(report, table):
            raise InvalidReportError(report.name, mismatches[0])
    else:
        table = session.engine.run_query(
            report.sql, parameters, masks=policy.find_masks(report.columns), is_small=report.has_few_rows
        )
        if report.model:
            from opttius_cli.session.apply_model import apply_model

            table = apply_model(report, table)
    return table


def _split_bases(table: pa.Table, report: Report) -> tuple[pa.Table, dict[str, tuple[Any, ...]]]:
    """Return the columns that readers see, and the numbers that they rest on."""
    if not report.bases:
        return table, {}
    bases = {name: tuple(table.column(name).to_pylist()) for name in report.bases}
    return table.select([column.name for column in report.columns]), bases


def _run_over_previous(session: Session, report: Report, parameters: Mapping[str, Any]) -> pa.Table | None:
    """Run a report whose chart compares over the previous window, for its numbers by date."""
    if report.chart is None or not report.chart.has_previous or session.previous is None or report.group_size:
        return None
    shifted = shift_to_previous(parameters)
    if report.is_user_report:
        table = run_own_sql(session, report.sql, report.name, report.history, parameters=shifted)
    else:
        table = session.engine.run_query(report.sql, shifted, is_small=True)
    return table.select([report.chart.x, report.chart.y])


def _is_absent(report: Report, session: Session) -> bool:
    """Return whether a report has no figures at all: it lacks a table, or the windows that it is about."""
    return (
        bool(set(report.needs) - session.present_tables)
        or (report.depends_on == "period" and session.period is None)
        or (report.depends_on == "previous" and session.previous is None)
    )


def _start_own_sql(session: Session, own_reports: Sequence[Report]) -> None:
    """Let the process of the user's reports open its session, while the other reports are prepared."""
    if own_reports:
        setup = build_setup(session, select_history(own_reports))
        session.request.own_sql.open_session(setup)


def _clear_column(table: pa.Table, position: int) -> pa.Table:
    """Return ``table`` with only nulls in one column."""
    import pyarrow as pa

    field = table.schema.field(position)
    return table.set_column(position, field, pa.nulls(table.num_rows, field.type))


def _select_columns(result: Result, slot: Slot) -> Result:
    """Keep only the columns that ``slot`` takes, under its names for them."""
    if not slot.columns:
        return result
    positions = {column.name: position for position, column in enumerate(result.columns)}
    selection = [(positions[name], key) for name, key in slot.columns]
    return replace(
        result,
        columns=tuple(replace(result.columns[position], name=key) for position, key in selection),
        table=result.table.select([position for position, _key in selection]),
        chart=None,
    )
