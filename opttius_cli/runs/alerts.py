"""Alerts: figures of an answer are compared with their bounds, and alerts are added to the answer as a part.

The arithmetic is exact, with fractions; only the values that are shown are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from opttius_cli.i18n import _, n_
from opttius_cli.render.cells import cells_for
from opttius_cli.reports.board import DASHBOARD, Place
from opttius_cli.result import Column, Kind, Part, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from opttius_cli.definitions import Alert
    from opttius_cli.result import Answer

Figures = dict[str, Decimal]
"""Figures by their dotted paths."""
Past = list[dict[str, Figures]]
"""The figures of earlier runs by scope, newest run first."""

_PLACES, _PERCENT_PLACES = 6, 2
"""Decimals of the values that are shown: of figures, and of changes."""
_EXACT = Context(prec=76, rounding=ROUND_HALF_UP)
"""Enough digits for any sum of the database, and for its decimals."""
_COLUMNS = (
    Column("alert", Kind.TEXT, {"es": "Alerta", "en": "Alert"}),
    Column("figure", Kind.TEXT, {"es": "Cifra", "en": "Figure"}),
    Column("value", Kind.NUMBER, {"es": "Valor", "en": "Value"}),
    Column("reference", Kind.NUMBER, {"es": "Referencia", "en": "Reference"}),
    Column("change_pct", Kind.PERCENT, {"es": "Cambio", "en": "Change"}),
)


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert whose figure is out of bounds: its value, its reference and the change in percent."""

    alert: Alert
    scope: str
    sentence: str
    value: Decimal
    reference: Decimal | None
    change: Decimal | None


def places(alerts: Iterable[Alert]) -> tuple[Place, ...]:
    """Find the slots whose reports hold the figures of ``alerts``."""
    paths = {_path(alert.figure) for alert in alerts}
    return tuple(place for place in DASHBOARD if place.path in paths)


def figures(alerts: Iterable[Alert], answer: Answer) -> Figures:
    """Read the figures of ``alerts`` from ``answer``, by their dotted paths; missing ones are left out."""
    found = {}
    for alert in alerts:
        cell = _cell(alert.figure, answer)
        if cell is not None:
            found[alert.figure] = Decimal(cell[0])
    return found


def judged(
    alerts: Sequence[Alert],
    now: Mapping[str, Decimal],
    before: Mapping[str, Decimal],
    past: Past,
    scope: str,
    answer: Answer,
) -> list[Raised]:
    """Return the alerts whose figure is out of bounds; one that cannot be compared yet is left out."""
    found = []
    for alert in alerts:
        if alert.figure not in now:
            continue
        value = Fraction(now[alert.figure])
        reference = _reference(alert, before, past, scope)
        change = (value - reference) / abs(reference) * 100 if reference else None
        looked_at = value if alert.against == "value" else change
        if looked_at is not None and _is_out(alert, looked_at):
            found.append(_raised(alert, scope, now[alert.figure], reference, change, answer))
    return found


def part(raised: Sequence[Raised]) -> Part:
    """Build the part of the answer that lists the raised alerts."""
    import pyarrow as pa

    rows = [(one.sentence, one.alert.figure, one.value, one.reference, one.change) for one in raised]
    number, percent = (pa.decimal128(38, places) for places in (_PLACES, _PERCENT_PLACES))
    types = (pa.string(), pa.string(), number, number, percent)
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, types, strict=True)]
    table = pa.table(arrays, names=[column.name for column in _COLUMNS])
    return Part(("alerts",), Result("alerts", {"es": "Alertas", "en": "Alerts"}, "rows", _COLUMNS, table))


def _raised(
    alert: Alert,
    scope: str,
    value: Decimal,
    reference: Fraction | None,
    change: Fraction | None,
    answer: Answer,
) -> Raised:
    compared = None if reference is None else _rounded(reference, _PLACES)
    moved = None if change is None else _rounded(change, _PERCENT_PLACES)
    return Raised(alert, scope, _sentence(alert, value, moved, answer), value, compared, moved)


def _reference(alert: Alert, before: Mapping[str, Decimal], past: Past, scope: str) -> Fraction | None:
    if alert.against == "previous":
        return Fraction(before[alert.figure]) if alert.figure in before else None
    if alert.against == "mean":
        known = [run[scope][alert.figure] for run in past if alert.figure in run.get(scope, {})][: alert.last]
        return sum(map(Fraction, known), Fraction()) / len(known) if known else None
    return None


def _is_out(alert: Alert, value: Fraction) -> bool:
    return (alert.below is not None and value < Fraction(alert.below)) or (
        alert.above is not None and value > Fraction(alert.above)
    )


def _rounded(value: Fraction, places: int) -> Decimal:
    """Round ``value`` to a decimal, half away from zero."""
    divided = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return divided.quantize(Decimal(1).scaleb(-places), context=_EXACT)


def _path(figure: str) -> tuple[str, ...]:
    return tuple(figure.split(".")[:-1])


def _cell(figure: str, answer: Answer) -> tuple[Decimal | int, Column] | None:
    """Find a figure in an answer, with its column."""
    path, name = _path(figure), figure.rpartition(".")[2]
    for one in answer.parts:
        result = one.result
        names = [column.name for column in result.columns]
        if one.path == path and result.shape == "record" and name in names and result.table.num_rows:
            place = names.index(name)
            value = result.table.column(place)[0].as_py()
            return None if value is None or result.absent else (value, result.columns[place])
    return None


def _sentence(alert: Alert, value: Decimal, change: Decimal | None, answer: Answer) -> str:
    """Describe a raised alert in a sentence of the current language."""
    from opttius_cli.i18n import language_of_place

    cells = cells_for(language_of_place(), answer)
    cell = _cell(alert.figure, answer)
    column = cell[1] if cell else None
    name = alert.title or (cells.label(column) if column else alert.figure)
    shown = cells.text(cell[0], column.kind) if cell and column else str(value)
    if alert.against == "value" or change is None:
        bound = alert.below if alert.below is not None and value < alert.below else alert.above
        limit = cells.text(bound, column.kind) if column else str(bound)
        return (
            _("{figure} is {value}, below {limit}.", figure=name, value=shown, limit=limit)
            if alert.below is not None and value < alert.below
            else _("{figure} is {value}, above {limit}.", figure=name, value=shown, limit=limit)
        )
    moved = cells.text(change, Kind.PERCENT)
    if alert.against == "previous":
        return _(
            "{figure} is {value}: {change} against the previous period.",
            figure=name,
            value=shown,
            change=moved,
        )
    return n_(
        "{figure} is {value}: {change} against the mean of the last run.",
        "{figure} is {value}: {change} against the mean of the last {count} runs.",
        alert.last,
        figure=name,
        value=shown,
        change=moved,
    )
