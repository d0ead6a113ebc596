"""Prove a figure: work it out from the rows behind it, exactly, and compare it with what its report prints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opttius_cli.answer_parts import TOTAL_ROW
from opttius_cli.engines.explained_rows import RowSelection
from opttius_cli.errors import CheckFailedError
from opttius_cli.i18n import LANGUAGES, N_, _, translate_into_all
from opttius_cli.models.formula import evaluate, list_terms, round_to, write_number
from opttius_cli.privacy.policy import DEFAULT_POLICY
from opttius_cli.reports.figure_source import EVERY
from opttius_cli.reports.vocabulary import get_vocabulary
from opttius_cli.result import ColumnKind
from opttius_cli.session.explanation.parts import FIGURE_PLACES
from opttius_cli.session.parameters.query import build_parameters
from opttius_cli.session.run_reports import run_report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from opttius_cli.reports.figure_source import FigureSource
    from opttius_cli.reports.figures import Figure
    from opttius_cli.reports.header import Report
    from opttius_cli.session.state import Session

_DAY = 86_400_000_000
_MEASURE_IN_CENTS = "spent_cents"
_CUT_COLUMNS = ("cut_20", "cut_40", "cut_60", "cut_80")


@dataclass(frozen=True, slots=True)
class ComparedKpi:
    """The KPI behind a row of ``changes``; ``is_previous``: its earlier value is explained, not its change."""

    kpi: Figure
    report: Report
    kind: ColumnKind
    is_previous: bool


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A figure with its report's row, and where it comes from; ``terms`` are exact values that its formula names."""

    column: Any
    source: FigureSource
    row: Mapping[str, Any]
    total: Mapping[str, Any]
    row_name: str | None
    value: Any
    compared: ComparedKpi | None = None
    terms: Mapping[str, Fraction | None] = field(default_factory=dict)

    @property
    def kind(self) -> ColumnKind:
        """How it is rounded: days stay days where they are compared."""
        kind: ColumnKind = self.column.kind
        if self.compared is None:
            return kind
        return ColumnKind.DAYS if self.compared.kind is ColumnKind.DAYS else ColumnKind.NUMBER


def fill_rows(session: Session, source: FigureSource, row_name: str | None) -> None:
    """Put the rows behind a figure into the table that the steps and rows are read from."""
    conditions = [
        (condition.column, condition.value or row_name or "", condition.step)
        for condition in source.conditions
        # The row of all branches is of every branch.
        if not (condition.value is None and row_name == TOTAL_ROW)
    ]
    session.engine.fill_explained(
        RowSelection(
            source.view, source.windows, conditions, source.take == EVERY, source.is_money, source.measure
        )
    )


def work_out(
    session: Session, compared: ComparedKpi, parameters: Mapping[str, Any]
) -> dict[str, Fraction | None]:
    """Work out from rows, exactly, what a comparison names: the KPI, and the same in the window before it.

    A formula of the KPI is worked out in the window of the figure.
    """
    takes = session.library.load_report("explain/takes")
    values = build_parameters(session) | dict(parameters)

    def evaluate_column(name: str, *, is_previous: bool) -> Fraction | None:
        source = compared.report.sources[name]
        fill_rows(session, source.shift_to_previous() if is_previous else source, None)
        row = run_report(session, takes, values, DEFAULT_POLICY).table.to_pylist()[0]
        numbers = _list_takes(row)
        if not source.formula:
            return _choose_taken(numbers, source)
        terms = {
            term: numbers[term] if term in numbers else evaluate_column(term, is_previous=is_previous)
            for term in list_terms(source.formula)
        }
        return evaluate(source.formula, terms, {}).value

    if compared.is_previous:
        formula = compared.report.sources[compared.kpi.column].formula
        columns = [term for term in list_terms(formula) if term in compared.report.sources]
        return {term: evaluate_column(term, is_previous=True) for term in columns}
    return {
        compared.kpi.key: evaluate_column(compared.kpi.column, is_previous=False),
        "previous": evaluate_column(compared.kpi.column, is_previous=True),
    }


def prove_figure(
    session: Session, reported: ReportedFigure, taken: Mapping[str, Any]
) -> dict[str, str] | None:
    """Work the figure out from the rows, and return its formula with numbers; it must be what the report prints.

    Raises:
        CheckFailedError: it is not.
    """
    values = _list_takes(taken)
    text = None
    if reported.source.formula:
        value, text = _evaluate_formula(session, reported, values)
        if "cut points below" in reported.source.formula:
            text = _name_cut_points(reported.source, taken, text)
    elif reported.source.take.startswith("quantile"):
        value, text = _place_quantile(taken)
    else:
        value = _choose_taken(values, reported.source)
    worked_out = _round(value, reported.kind)
    # A table that is not in the data makes its figures empty, whatever the rows of others say.
    if reported.value is not None and _round(_to_fraction(reported.value), reported.kind) != worked_out:
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
        "branches ahead": Fraction(taken["branches_ahead"]),
        "cut points below": _to_fraction(taken["cuts_below"]),
    }


def _choose_taken(numbers: Mapping[str, Fraction | None], source: FigureSource) -> Fraction | None:
    """Return what ``source`` takes of its rows, among everything that can be taken of them."""
    return numbers[source.take.removesuffix(" every")]


def _evaluate_formula(
    session: Session, reported: ReportedFigure, values: Mapping[str, Fraction | None]
) -> tuple[Fraction | None, dict[str, str]]:
    """Return the value of a figure made of others, and the way to it in each language."""
    numbers = {
        "as_of": _to_fraction(session.clock.local_date),
        f"total_revenue of {TOTAL_ROW}": _to_fraction(reported.total.get("total_revenue")),
        **reported.terms,
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


def _name_cut_points(
    source: FigureSource, taken: Mapping[str, Any], formula: Mapping[str, str]
) -> dict[str, str]:
    """Return the formula of a score with the value that is scored and the cut points among which it lies."""
    scale = 100 if source.measure == _MEASURE_IN_CENTS else 1
    own, *cuts = (
        write_number(None if taken[name] is None else Fraction(taken[name]) / scale)
        for name in ("own_measure", *_CUT_COLUMNS)
    )
    sentences = translate_into_all(N_("{formula}; the value is {own}, the cut points lie at {cuts}"))
    return {
        language: sentence.format(formula=formula[language], own=own, cuts=", ".join(cuts))
        for language, sentence in sentences.items()
    }


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
    return None if value is None else round_to(value, FIGURE_PLACES.get(kind, 0))
