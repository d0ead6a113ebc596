"""Explain a figure: run the report that holds it and the rows behind it, and compare the two (metrics 17)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.engines.explained_rows import NO_ROW
from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.reports.figures import find_row_kpi
from opttius_cli.reports.layouts import GOALS
from opttius_cli.reports.own_words import Labels, collect_labels, require_code
from opttius_cli.reports.shared_views import SHARED_VIEWS, find_shared_views, load_shared_view
from opttius_cli.reports.slots import Slot
from opttius_cli.result import DIFFERENCE_KINDS, Answer, AnswerPart, Column, ColumnKind
from opttius_cli.session.explanation.parts import build_definition, build_record, build_sql_part
from opttius_cli.session.explanation.proof import (
    ComparedKpi,
    ReportedFigure,
    fill_rows,
    prove_figure,
    work_out,
)
from opttius_cli.session.goals import build_goal_parameters
from opttius_cli.session.parameters.prepared_views import Preparation
from opttius_cli.session.parameters.query import DEFAULT_PARAMETERS, build_parameters
from opttius_cli.session.run_reports import run_report, run_reports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.reports.figure_source import FigureSource
    from opttius_cli.reports.figures import Figure
    from opttius_cli.session.state import Session


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a figure: of which customer, which rows, and how many of them; with its SQL or not."""

    figure: Figure
    customer: str | None = None
    left_out: str | None = None
    limit: int | None = None
    with_sql: bool = False


def explain_figure(session: Session, question: Question) -> Answer:
    """Return definition, figure, steps, rows and SQL of a figure.

    Raises:
        CheckFailedError: the rows do not add up to the figure: nothing is shown as if they did.
        NotAllowedError: the figure is about fewer people than may be shown.
        UnknownNameError: there is no such row or step.
    """
    report = session.library.load_report(question.figure.report)
    source, compared = _find_source(session, question.figure)
    steps, adjustment = source.list_steps(has_payments="order_payments" in session.present_tables)
    left_out = question.left_out and require_code(
        question.left_out, collect_labels("step", among=steps[1:-1]), _("step"), with_codes=True
    )
    session.engine.set_variables(_build_variables(question))
    parameters = _build_parameters(session, question, source) | {
        "left_out": left_out,
        "step_names": steps,
        "adjustment": adjustment,
    }
    reported: list[ReportedFigure] = []

    def fill() -> None:
        figure = _find_figure(session, question, parameters, source)
        if compared:
            figure = replace(figure, compared=compared, terms=work_out(session, compared, parameters))
        reported.append(figure)
        session.engine.set_variables({"explained_row": figure.row_name})
        fill_rows(session, figure.source, figure.row_name)

    needs_all_history = report.history == "all" or source.needs_all_history()
    views = (source.view, *find_shared_views(report.sql))
    preparation = Preparation(views, needs_all_history, fill)
    slots = (
        Slot(("steps",), "explain/steps"),
        Slot(("rows",), "explain/left_out" if left_out else "explain/rows"),
        Slot(("takes",), "explain/takes"),
    )
    answer = run_reports(session, "explain", slots, parameters, preparation=preparation)
    *shown, taken = answer.parts
    formula = prove_figure(session, reported[0], taken.result.table.to_pylist()[0])
    return _assemble(session, question, reported[0], replace(answer, parts=tuple(shown)), formula)


def _find_source(session: Session, figure: Figure) -> tuple[FigureSource, ComparedKpi | None]:
    """Return where a figure comes from; of one that compares a KPI, with that KPI."""
    source = session.library.load_report(figure.report).sources[figure.column]
    kpi = find_row_kpi(figure, session.library)
    if kpi is None:
        return source, None
    report = session.library.load_report(kpi.report)
    column = next(column for column in report.columns if column.name == kpi.column)
    if source.formula and column.kind in DIFFERENCE_KINDS:
        source = replace(source, formula="$row - previous")
    followed = source.follow(report.sources[kpi.column], kpi.key)
    return followed, ComparedKpi(kpi, report, column.kind, is_previous="in_previous" in source.windows)


def _build_parameters(session: Session, question: Question, source: FigureSource) -> dict[str, Any]:
    goals = build_goal_parameters(session) if question.figure.report == GOALS else {}
    return (
        dict(DEFAULT_PARAMETERS)
        | goals
        | {
            "customer": question.customer,
            "limit": question.limit,
            "share": Decimal(source.take.removeprefix("quantile "))
            if source.take.startswith("quantile")
            else 0,
        }
    )


def _build_variables(question: Question) -> dict[str, Any]:
    schemes = {"segments": "lifecycle", "rfm": "rfm", "customer": "rfm"}
    return {
        "explained_customer": question.customer,
        "explained_scheme": schemes.get(question.figure.path[0]),
    }


def _find_figure(
    session: Session, question: Question, parameters: Mapping[str, Any], source: FigureSource
) -> ReportedFigure:
    """Run the figure's own report, and return its value as the report prints it."""
    figure = question.figure
    report = session.library.load_report(figure.report)
    values = build_parameters(session) | dict(parameters)
    result = run_report(session, report, values, session.request.policy)
    if result.suppression_count:
        raise NotAllowedError(
            _(
                "This figure is about fewer people than privacy.min_group allows, so its rows are not listed either."
            )
        )
    rows = [] if result.absent else result.table.to_pylist()
    rows = [
        row | {name: numbers[line] for name, numbers in result.bases.items()} for line, row in enumerate(rows)
    ]
    name, all_rows = None, rows
    if figure.row is not None:
        names = [str(next(iter(row.values())) or NO_ROW) for row in rows]
        name = require_code(figure.row, _label_rows(session, report.columns[0], names), _("row"))
        rows = [rows[names.index(name)]]
    column = next(column for column in report.columns if column.name == figure.column)
    row = rows[0] if rows else {}
    return ReportedFigure(column, source, row, all_rows[-1] if rows else {}, name, row.get(figure.column))


def _label_rows(session: Session, column: Column, names: Sequence[str]) -> Labels:
    """Return what a screen calls the rows of these names: the texts of their codes, the names of branches."""
    branches = {branch.code: branch.name or "" for branch in session.scope.branches if branch.code}
    labels: Labels = {name: {} for name in names}
    for language, texts in column.vocabulary.items():
        for name in names:
            if text := texts.get("(null)" if name == NO_ROW else name):
                labels[name].setdefault(language, []).append(text)
            if column.name == "branch" and name in branches:
                labels[name].setdefault(language, []).extend((branches[name], f"{name} {branches[name]}"))
    return labels


def _assemble(
    session: Session,
    question: Question,
    reported: ReportedFigure,
    answer: Answer,
    formula: Mapping[str, str] | None,
) -> Answer:
    """Put the five parts into their order, with the key before and the figure between."""
    key = question.figure.key
    if reported.row_name is not None:
        key = ".".join((*question.figure.path[:-2], reported.row_name, question.figure.column))
    record = build_record("key", {"key": key}, ColumnKind.TEXT)
    figure = build_record("figure", {"figure": reported.value}, reported.column.kind)
    report = session.library.load_report(question.figure.report)
    views = sorted({*find_shared_views(report.sql), reported.source.view}, key=SHARED_VIEWS.index)
    shown_sql = [report.sql, *(load_shared_view(name).sql for name in views)]
    parts: list[AnswerPart] = [
        AnswerPart((), record),
        AnswerPart(("definition",), build_definition(reported.column, reported.source.section, formula)),
        AnswerPart((), figure),
        *answer.parts,
        AnswerPart(
            ("sql",), build_sql_part(report.name, "\n".join(shown_sql) if question.with_sql else None)
        ),
    ]
    return replace(answer, parts=tuple(parts))
