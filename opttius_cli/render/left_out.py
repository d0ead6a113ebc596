"""Data quality notes: one sentence for every line of ``data_quality`` that is not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Answer, Column, Part

SILENT = frozenset({"rows"})
"""Parts of ``data_quality`` that say how much was read, not what was left out."""


def sentences(answer: Answer, cells: Cells) -> list[str]:
    """Return what a reader must know before relying on the figures; empty if nothing was left out."""
    return [*(line for part in answer.quality for line in _of(part, answer, cells)), *_small(answer, cells)]


def _small(answer: Answer, cells: Cells) -> Iterator[str]:
    """Yield a note if the figures of small groups are not shown."""
    if answer.suppressed:
        yield n_(
            "{number} group has no figures here: some have fewer than {least} customers.",
            "{number} groups have no figures here: some have fewer than {least} customers.",
            answer.suppressed,
            number=cells.text(answer.suppressed, Kind.COUNT),
            least=answer.min_group,
        )


def _of(part: Part, answer: Answer, cells: Cells) -> Iterator[str]:
    result, name = part.result, ".".join(part.path)
    if name in SILENT or result.absent:
        return
    rows = result.table.to_pylist()
    keys = [column.name for column in result.columns]
    if result.shape == "record":
        for key, value in ((key, row[key]) for row in rows for key in keys):
            if value:
                yield _counted(key, value, None, cells)
    elif name in _PER_TABLE:
        if rows:
            listed = ", ".join(_entry(list(row.values()), result.columns[0], cells) for row in rows)
            yield _PER_TABLE[name](listed, cells.instant(answer.head.as_of))
    else:
        for row in rows:
            values = list(row.values())
            key, count = str(values[0]), values[1] if len(values) > 1 else 1
            if count:
                amount = values[2] if len(values) > 2 else None  # noqa: PLR2004 - key, count, amount
                yield _counted(f"{name}.{key}" if name else key, count, amount, cells)


def _entry(values: list[Any], table: Column, cells: Cells) -> str:
    """Return ``orders 12``, ``orders (a, b)`` or ``orders``."""
    name = cells.of(table, values[0])
    if len(values) == 1:
        return name
    text = cells.text(values[1], Kind.COUNT)
    return f"{name} ({text})" if isinstance(values[1], list) else f"{name} {text}"


def _counted(key: str, count: int, amount: Any, cells: Cells) -> str:
    """Return the sentence for ``count`` rows that were left out for ``reason``."""
    section, _point, inner = key.partition(".")
    currency = inner if section == "other_currency" else None
    values = {
        "number": cells.text(count, Kind.COUNT),
        "amount": cells.money(amount, currency),
        "name": cells.text(inner or key, Kind.TEXT),
    }
    found = _COUNTED.get(key) or _COUNTED.get(section) or _unnamed
    return found(count, values)


def _unnamed(count: int, values: Mapping[str, str]) -> str:
    return n_("{name}: {number} row ({amount}).", "{name}: {number} rows ({amount}).", count, **values)


_COUNTED: dict[str, Callable[[int, Mapping[str, str]], str]] = {
    "linked_work_orders": lambda count, values: n_(
        "{number} linked work order is not counted again ({amount}).",
        "{number} linked work orders are not counted again ({amount}).",
        count,
        **values,
    ),
    "link_outside_scope": lambda count, values: n_(
        "{number} work order names an order outside this scope and counts by itself ({amount}).",
        "{number} work orders name an order outside this scope and count by themselves ({amount}).",
        count,
        **values,
    ),
    "void": lambda count, values: n_(
        "{number} cancelled, refunded or failed purchase does not count ({amount}).",
        "{number} cancelled, refunded or failed purchases do not count ({amount}).",
        count,
        **values,
    ),
    "unpaid": lambda count, values: n_(
        "{number} purchase is not paid and makes no revenue ({amount}).",
        "{number} purchases are not paid and make no revenue ({amount}).",
        count,
        **values,
    ),
    "other_currency": lambda count, values: n_(
        "{number} purchase in {name} is counted, but its money is not summed ({amount}).",
        "{number} purchases in {name} are counted, but their money is not summed ({amount}).",
        count,
        **values,
    ),
    "null_amounts": lambda count, values: n_(
        "{number} purchase has no amount and counts as 0.",
        "{number} purchases have no amount and count as 0.",
        count,
        **values,
    ),
    "negative_amounts": lambda count, values: n_(
        "{number} purchase has a negative amount and is summed as it is.",
        "{number} purchases have a negative amount and are summed as they are.",
        count,
        **values,
    ),
    "unattributed.placeholder_email": lambda count, values: n_(
        "{number} purchase matches no customer: its email is a placeholder ({amount}).",
        "{number} purchases match no customer: their email is a placeholder ({amount}).",
        count,
        **values,
    ),
    "unattributed.ambiguous_email": lambda count, values: n_(
        "{number} purchase matches no customer: two customers share its email ({amount}).",
        "{number} purchases match no customer: two customers share their email ({amount}).",
        count,
        **values,
    ),
    "unattributed.no_match": lambda count, values: n_(
        "{number} purchase matches no customer: no customer has its email ({amount}).",
        "{number} purchases match no customer: no customer has their email ({amount}).",
        count,
        **values,
    ),
    "unattributed.customer_not_in_scope": lambda count, values: n_(
        "{number} purchase belongs to a customer outside this scope ({amount}).",
        "{number} purchases belong to customers outside this scope ({amount}).",
        count,
        **values,
    ),
    "unattributed": lambda count, values: n_(
        "{number} purchase matches no customer: {name} ({amount}).",
        "{number} purchases match no customer: {name} ({amount}).",
        count,
        **values,
    ),
}

_PER_TABLE: dict[str, Callable[[str, str], str]] = {
    "duplicate_rows": lambda listed, _as_of: _(
        "Rows with the same id, read as one: {listed}.", listed=listed
    ),
    "refused_rows": lambda listed, _as_of: _("Rows that could not be read: {listed}.", listed=listed),
    "rows_after_as_of": lambda listed, as_of: _(
        "Rows dated after {as_of}, which do not count: {listed}.", as_of=as_of, listed=listed
    ),
    "missing_tables": lambda listed, _as_of: _(
        "Not in the data, so their figures are empty: {listed}.", listed=listed
    ),
    "missing_columns": lambda listed, _as_of: _("Columns missing from the data: {listed}.", listed=listed),
}
