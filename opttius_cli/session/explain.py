"""Explain a figure: run the report that holds it and the rows behind it, and compare the two (metrics 17)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opttius_cli.engines.explained_rows import NO_ROW, RowSelection
from opttius_cli.errors import CheckFailedError, NotAllowedError
from opttius_cli.i18n import LANGUAGES, N_, _, translate_into_all
from opttius_cli.models.formula import evaluate, list_terms, round_to, write_number
from opttius_cli.name_matching import require_name
from opttius_cli.reports.figure_source import EVERY
from opttius_cli.reports.shared_views import load_shared_views
from opttius_cli.reports.slots import Slot
from opttius_cli.reports.vocabulary import get_vocabulary
from opttius_cli.result import Answer, AnswerPart, ColumnKind
from opttius_cli.session.explanation_parts import build_definition, build_record, build_sql_part
from opttius_cli.session.query_parameters import DEFAULT_PARAMETERS, build_parameters
from opttius_cli.session.run_reports import Preparation, run_report, run_reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.reports.figure_source import FigureSource
    from opttius_cli.reports.figures import Figure
    from opttius_cli.session.state import Session

_PLACES = {ColumnKind.MONEY: 2, ColumnKind.PERCENT: 2, ColumnKind.DAYS: 1}
TOTAL = "total"
"""The row that holds all others together."""
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a figure: of which customer, which rows, and how many of them; with its SQL or not."""

    figure: Figure
    customer: str | None = None
    left_out: str | None = None
    limit: int | None = None
    with_sql: bool = False


@dataclass(frozen=True, slots=True)
class _ReportedFigure:
    """A figure with its report's row, and where it comes from."""

    column: Any
    source: FigureSource
    row: Mapping[str, Any]
    total: Mapping[str, Any]
    row_name: str | None
    value: Any


def explain_figure(session: Session, question: Question) -> Answer:
    """Return definition, figure, steps, rows and SQL of a figure.

    Raises:
        CheckFailedError: the rows do not add up to the figure: nothing is shown as if they did.
        NotAllowedError: the figure is about fewer people than may be shown.
        UnknownNameError: there is no such row or step.
    """
    report = session.library.load_report(question.figure.report)
    source = report.sources[question.figure.column]
    steps, adjustment = source.list_steps(has_payments="order_payments" in session.present_tables)
    left_out = question.left_out and require_name(question.left_out, steps[1:-1], _("step"))
    session.engine.set_variables(_build_variables(question))
    parameters = dict(DEFAULT_PARAMETERS) | {
        "customer": question.customer,
        "limit": 2**62 if question.limit is None else question.limit,
        "left_out": left_out,
        "share": Decimal(source.take.removeprefix("quantile ")) if source.take.startswith("quantile") else 0,
        "step_names": steps,
        "adjustment": adjustment,
    }
    reported: list[_ReportedFigure] = []

    def fill() -> None:
        reported.append(_find_figure(session, question, parameters))
        _fill_rows(session, reported[0])

    preparation = Preparation((source.view, *report.uses), _needs_all(source, report.history), fill)
    listed = "explain/left_out" if left_out else "explain/rows"
    slots = (
        Slot(("steps",), "explain/steps"),
        Slot(("rows",), listed),
        Slot(("takes",), "explain/takes"),
    )
    answer = run_reports(session, "explain", slots, parameters, preparation=preparation)
    *shown, taken = answer.parts
    formula = _prove(session, reported[0], taken.result.table.to_pylist()[0])
    return _assemble(session, question, reported[0], replace(answer, parts=tuple(shown)), formula)


def _build_variables(question: Question) -> dict[str, Any]:
    scheme = question.figure.path[0]
    return {
        "explained_customer": question.customer,
        "explained_scheme": {"segments": "lifecycle", "rfm": "rfm"}.get(scheme),
    }


def _needs_all(source: FigureSource, history: str) -> bool:
    return history == "all" or "in_active_days" in source.windows or "of_customer" in source.windows


def _find_figure(session: Session, question: Question, parameters: Mapping[str, Any]) -> _ReportedFigure:
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
    name, all_rows = None, rows
    if figure.row is not None:
        names = [str(next(iter(row.values())) or NO_ROW) for row in rows]
        name = require_name(figure.row, names, _("row"))
        rows = [rows[names.index(name)]]
    column = next(column for column in report.columns if column.name == figure.column)
    row = rows[0] if rows else {}
    return _ReportedFigure(
        column, report.sources[figure.column], row, all_rows[-1] if rows else {}, name, row.get(figure.column)
    )


def _fill_rows(session: Session, reported: _ReportedFigure) -> None:
    source = reported.source
    conditions = [
        (condition.column, condition.value or reported.row_name or "", condition.step)
        for condition in source.conditions
        # The row of all branches is of every branch.
        if not (condition.value is None and reported.row_name == TOTAL)
    ]
    session.engine.fill_explained(
        RowSelection(source.view, source.windows, conditions, source.take == EVERY, source.is_money)
    )


def _prove(session: Session, reported: _ReportedFigure, taken: Mapping[str, Any]) -> dict[str, str] | None:
    """Work the figure out from the rows, and return its formula with numbers; it must be what the report prints.

    Raises:
        CheckFailedError: it is not.
    """
    values = _list_takes(taken)
    text = None
    if reported.source.formula:
        value, text = _evaluate_formula(session, reported, values)
    elif reported.source.take.startswith("quantile"):
        value, text = _place_quantile(taken)
    else:
        value = values[reported.source.take.removesuffix(" every")]
    worked_out = _round(value, reported.column.kind)
    # A table that is not in the data makes its figures empty, whatever the rows of others say.
    if (
        reported.value is not None
        and _round(_to_fraction(reported.value), reported.column.kind) != worked_out
    ):
        raise CheckFailedError(
            _(
                "The rows behind {key} come to {worked_out}, the report says {printed}: this explanation does not "
                "hold. Please report it.",
                key=reported.column.name,
                worked_out=worked_out,
                printed=reported.value,
            )
        )
    return text


def _list_takes(taken: Mapping[str, Any]) -> dict[str, Fraction | None]:
    """Return everything that can be taken of the rows that count, by the words of ``take`` and ``formula``."""
    return {
        "count": Fraction(taken["rows_kept"]),
        "count money": Fraction(taken["rows_with_money"]),
        "sum money": Fraction(taken["money"]),
        "count distinct customer": Fraction(taken["customers"]),
        "count distinct product": Fraction(taken["products"]),
        "sum purchases": Fraction(int(taken["measure"])),
        "sum days": Fraction(int(taken["measure"]), _DAY),
        "count kept": Fraction(taken["kept"]),
        "count promised": Fraction(taken["promised"]),
        "count dates": Fraction(taken["dates"]),
        "first date": _to_fraction(taken["first_date"]),
        "last date": _to_fraction(taken["last_date"]),
        "all rows": Fraction(taken["all_rows"]),
        "all money": Fraction(taken["all_money"]),
    }


def _evaluate_formula(
    session: Session, reported: _ReportedFigure, values: Mapping[str, Fraction | None]
) -> tuple[Fraction | None, dict[str, str]]:
    """Return the value of a figure made of others, and the way to it in each language."""
    numbers = {
        "as_of": _to_fraction(session.clock.local_date),
        f"total_revenue of {TOTAL}": _to_fraction(reported.total.get("total_revenue")),
        **values,
    }
    terms = {
        term: numbers[term] if term in numbers else _to_fraction(reported.row.get(term))
        for term in list_terms(reported.source.formula)
    }
    days = {"as_of": session.clock.local_date, **reported.row}
    dates = {term: days[term].isoformat() for term in terms if isinstance(days.get(term), date)}
    evaluation = evaluate(reported.source.formula, terms, dates)
    printed = write_number(_to_fraction(reported.value))
    return evaluation.value, {
        language: f"{_name_terms(reported.source, language)} = {evaluation.text} = {printed}"
        for language in LANGUAGES
    }


def _name_terms(source: FigureSource, language: str) -> str:
    """Return a formula with words for what is taken of rows; the names of figures stay."""
    formula = source.formula
    for name, text in get_vocabulary("term")[language].items():
        ledger, _colon, term = name.partition(": ")
        if ledger == source.ledger:
            formula = re.sub(rf"\b{term}\b(?! (?:money|kept|promised|dates))", text, formula)
    return formula


def _place_quantile(taken: Mapping[str, Any]) -> tuple[Fraction | None, dict[str, str] | None]:
    """Return the value at the place of a quantile among the sorted values, in days, and in words where it lies."""
    if taken["below"] is None:
        return None, None
    place, below, above = (Fraction(taken[name]) for name in ("place", "below", "above"))
    value = (below + (above - below) * (place - int(place))) / _DAY
    low, high = (round_to(number / _DAY, 2) for number in (below, above))
    sentences = translate_into_all(N_("value {place} of {count} sorted, between {low} and {high} = {value}"))
    numbers = {"place": round_to(place, 2), "count": taken["rows_kept"], "low": low, "high": high}
    text = {
        language: sentence.format(**numbers, value=round_to(value, 2))
        for language, sentence in sentences.items()
    }
    return value, text


def _to_fraction(value: Any) -> Fraction | None:
    """Return a number or a date, as its day, exactly; None stays None."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return None if value is None else Fraction(value)


def _round(value: Fraction | None, kind: ColumnKind) -> Decimal | None:
    return None if value is None else round_to(value, _PLACES.get(kind, 0))


def _assemble(
    session: Session,
    question: Question,
    reported: _ReportedFigure,
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
    views = {view.name: view for view in load_shared_views()}
    shown_sql = [report.sql, *(views[name].sql for name in (*report.uses, reported.source.view))]
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
