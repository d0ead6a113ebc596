"""Alerts: compare figures of an answer with their bounds, and add the alerts to the answer as a part.

The arithmetic is exact, with fractions; only the values that are shown are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from opttius_cli.i18n import N_, _, get_locale, n_, translate_into_all
from opttius_cli.name_matching import normalize_name
from opttius_cli.render.cell_formatter import build_formatter
from opttius_cli.reports.alert_figures import split_figure
from opttius_cli.reports.layouts import DASHBOARD
from opttius_cli.reports.vocabulary import get_vocabulary
from opttius_cli.result import AnswerPart, Column, ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from opttius_cli.jobs.definition import Alert
    from opttius_cli.reports.slots import Slot
    from opttius_cli.result import Answer

Figures = dict[str, Decimal]
"""Figures by their dotted paths."""
PastFigures = list[dict[str, Figures]]
"""The figures of earlier runs by scope, newest run first."""

_FIGURE_DECIMALS, _PERCENT_DECIMALS = 6, 2
"""Decimals of the values that are shown: of figures, and of changes."""
_DECIMAL_CONTEXT = Context(prec=76, rounding=ROUND_HALF_UP)
"""Enough digits for any sum of the database, and for its decimals."""
State = Literal["raised", "unknown"]
"""Why an alert is listed: its figure is out of bounds, or there is no figure to compare."""
_COLUMNS = (
    ("alert", ColumnKind.TEXT, N_("Alert")),
    ("state", ColumnKind.TEXT, N_("State")),
    ("figure", ColumnKind.TEXT, N_("Figure")),
    ("value", ColumnKind.NUMBER, N_("Value")),
    ("reference", ColumnKind.NUMBER, N_("Reference")),
    ("change_pct", ColumnKind.PERCENT, N_("Change")),
)
"""Name, kind and label."""


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert that is listed: its value, its reference and the change in percent.

    The ``state`` of one whose figure is null or missing is unknown: it cannot be compared with its bounds.
    """

    alert: Alert
    scope: str
    sentence: str
    value: Decimal | None
    reference: Decimal | None
    change: Decimal | None
    state: State = "raised"


def find_slots(alerts: Iterable[Alert]) -> tuple[Slot, ...]:
    """Find the slots whose reports hold the figures of ``alerts``."""
    paths = {split_figure(alert.figure)[0] for alert in alerts}
    return tuple(replace(slot, condition=None) for slot in DASHBOARD if slot.path in paths)


def read_figures(alerts: Iterable[Alert], answer: Answer) -> Figures:
    """Read the figures of ``alerts`` from ``answer``, by their dotted paths; missing ones are left out."""
    values = {}
    for alert in alerts:
        cell = _find_cell(alert.figure, answer)
        if cell is not None:
            values[alert.figure] = Decimal(cell[0])
    return values


def check_alerts(
    alerts: Sequence[Alert],
    current: Mapping[str, Decimal],
    previous: Mapping[str, Decimal],
    past: PastFigures,
    scope: str,
    answer: Answer,
) -> list[RaisedAlert]:
    """Return the alerts whose figure is out of bounds, null or missing; one that cannot be compared yet is left out."""
    raised = []
    for alert in alerts:
        if alert.figure not in current:
            raised.append(
                RaisedAlert(alert, scope, _describe_unknown(alert, answer), None, None, None, "unknown")
            )
            continue
        value = Fraction(current[alert.figure])
        reference = _get_reference(alert, previous, past, scope)
        change = (value - reference) / abs(reference) * 100 if reference else None
        compared = value if alert.against == "value" else change
        if compared is not None and _is_out_of_bounds(alert, compared):
            raised.append(_build_raised_alert(alert, scope, current[alert.figure], reference, change, answer))
    return raised


def build_part(raised: Sequence[RaisedAlert]) -> AnswerPart:
    """Build the part of the answer that lists the raised alerts."""
    import pyarrow as pa

    rows = [
        (alert.sentence, alert.state, alert.alert.figure, alert.value, alert.reference, alert.change)
        for alert in raised
    ]
    number, percent = (pa.decimal128(38, decimals) for decimals in (_FIGURE_DECIMALS, _PERCENT_DECIMALS))
    types = (pa.string(), pa.string(), pa.string(), number, number, percent)
    values = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(list(column), kind) for column, kind in zip(values, types, strict=True)]
    vocabularies = {"state": get_vocabulary("alert_state")}
    columns = tuple(
        Column(name, kind, translate_into_all(label), vocabulary=vocabularies.get(name, {}))
        for name, kind, label in _COLUMNS
    )
    table = pa.table(arrays, names=[column.name for column in columns])
    return AnswerPart(("alerts",), Result("alerts", translate_into_all(N_("Alerts")), "rows", columns, table))


def _build_raised_alert(
    alert: Alert,
    scope: str,
    value: Decimal,
    reference: Fraction | None,
    change: Fraction | None,
    answer: Answer,
) -> RaisedAlert:
    compared = None if reference is None else _round_decimal(reference, _FIGURE_DECIMALS)
    rounded_change = None if change is None else _round_decimal(change, _PERCENT_DECIMALS)
    return RaisedAlert(
        alert, scope, _describe_alert(alert, value, rounded_change, answer), value, compared, rounded_change
    )


def _get_reference(
    alert: Alert, previous: Mapping[str, Decimal], past: PastFigures, scope: str
) -> Fraction | None:
    if alert.against == "previous":
        return Fraction(previous[alert.figure]) if alert.figure in previous else None
    if alert.against == "mean":
        earlier = [run[scope][alert.figure] for run in past if alert.figure in run.get(scope, {})][
            : alert.last
        ]
        return sum(map(Fraction, earlier), Fraction()) / len(earlier) if earlier else None
    return None


def _is_out_of_bounds(alert: Alert, value: Fraction) -> bool:
    return (alert.below is not None and value < Fraction(alert.below)) or (
        alert.above is not None and value > Fraction(alert.above)
    )


def _round_decimal(value: Fraction, decimals: int) -> Decimal:
    """Round ``value`` to a decimal, half away from zero."""
    divided = _DECIMAL_CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return divided.quantize(Decimal(1).scaleb(-decimals), context=_DECIMAL_CONTEXT)


def _find_cell(figure: str, answer: Answer) -> tuple[Decimal | int, Column] | None:
    """Find a figure in an answer, with its column."""
    result, row_name = _find_result(figure, answer), split_figure(figure)[1]
    if result is None or result.absent or not result.table.num_rows:
        return None
    row = 0
    if row_name is not None:
        names = [normalize_name(name) for name in result.table.column(0).to_pylist()]
        if normalize_name(row_name) not in names:
            return None
        row = names.index(normalize_name(row_name))
    column = _find_column(figure, result)
    value = result.table.column(column.name)[row].as_py()
    return None if value is None else (value, column)


def _find_result(figure: str, answer: Answer) -> Result | None:
    """Find the result that holds a figure of an answer."""
    path, row_name, name = split_figure(figure)
    for part in answer.parts:
        result = part.result
        names = {column.name for column in result.columns}
        has_shape = result.shape == "record" if row_name is None else result.shape == "rows"
        if part.path == path and has_shape and name in names:
            return result
    return None


def _find_column(figure: str, result: Result) -> Column:
    name = split_figure(figure)[2]
    return next(column for column in result.columns if column.name == name)


def _label_figure(figure: str, result: Result, answer: Answer) -> str:
    """Return how people call a figure: the label of its column, and the name of its row."""
    label = build_formatter(get_locale(), answer).get_label(_find_column(figure, result))
    row_name = split_figure(figure)[1]
    return label if row_name is None else f"{label} ({row_name})"


def _describe_unknown(alert: Alert, answer: Answer) -> str:
    """Describe an alert whose figure is null or missing, in a sentence of the current language."""
    result = _find_result(alert.figure, answer)
    label = _label_figure(alert.figure, result, answer) if result else alert.figure
    return _("{figure} is not known, so it cannot be compared with its bounds.", figure=alert.title or label)


def _describe_alert(alert: Alert, value: Decimal, change: Decimal | None, answer: Answer) -> str:
    """Describe a raised alert in a sentence of the current language."""
    cells = build_formatter(get_locale(), answer)
    cell = _find_cell(alert.figure, answer)
    column = cell[1] if cell else None
    result = _find_result(alert.figure, answer)
    name = alert.title or (_label_figure(alert.figure, result, answer) if result else alert.figure)
    value_text = cells.format_value(cell[0], column.kind) if cell and column else str(value)
    if alert.against == "value" or change is None:
        bound = alert.below if alert.below is not None and value < alert.below else alert.above
        limit = cells.format_value(bound, column.kind) if column else str(bound)
        return (
            _("{figure} is {value}, below {limit}.", figure=name, value=value_text, limit=limit)
            if alert.below is not None and value < alert.below
            else _("{figure} is {value}, above {limit}.", figure=name, value=value_text, limit=limit)
        )
    change_text = cells.format_value(change, ColumnKind.PERCENT)
    if alert.against == "previous":
        return _(
            "{figure} is {value}: {change} against the previous period.",
            figure=name,
            value=value_text,
            change=change_text,
        )
    return n_(
        "{figure} is {value}: {change} against the mean of the last run.",
        "{figure} is {value}: {change} against the mean of the last {count} runs.",
        alert.last,
        figure=name,
        value=value_text,
        change=change_text,
    )
