"""Data quality notes: one sentence for every line of ``data_quality`` that is not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.render.printed_commands import build_command
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, AnswerPart, Result

ONE_CUSTOMER = "customer"
"""The answer about one customer."""
IGNORED_PARTS = frozenset({"rows", "latest"})
"""Parts of ``data_quality`` that tell how much was read, not what was left out."""


def build_notes(answer: Answer, formatter: CellFormatter) -> list[str]:
    """What a reader has to know before trusting the figures; empty when nothing was left out."""
    if answer.header.report == ONE_CUSTOMER:
        # What was left out of the whole scope says nothing about this customer.
        return [*answer.unread, *_describe_suppression(answer, formatter)]
    lines = [note for part in answer.data_quality for note in _describe_part(part, answer, formatter)]
    return [*lines, *answer.unread, *_describe_suppression(answer, formatter), *_explain_options(lines)]


_EXPLAINED_STEPS = {
    "linked_work_orders": "linked",
    "void": "void",
    "unpaid": "unpaid",
    "other_currency": "other_currency",
}
"""What is left out of the revenue, and the step of ``opttius explain`` that lists it."""
_REPORTS_OF_REVENUE = frozenset({"dashboard", "branches"})
"""Answers whose notes are about the revenue that ``opttius explain total_revenue`` explains."""


_OPTION = "--left-out"


def _add_option(note: str, name: str, answer: Answer) -> str:
    """Return a note with the option that lists its rows, in an answer about the revenue."""
    step = _EXPLAINED_STEPS.get(name) if answer.header.report in _REPORTS_OF_REVENUE else None
    return f"{note} · {_OPTION} {step}" if step else note


def _explain_options(notes: Iterable[str]) -> Iterator[str]:
    """Yield the command that takes the options beside the notes, where there is one."""
    option = next((note.rpartition(" · ")[2] for note in notes if f" · {_OPTION} " in note), None)
    if option:
        yield _("The rows of such a line: opttius explain total_revenue {option}.", option=option)
        yield _(
            "A row is listed at the first step that takes it out, so a step may have more or fewer rows than its line."
        )


def count_notes(answer: Answer, formatter: CellFormatter) -> str:
    """Return how many notes there are, with the command that explains them; empty when there is none."""
    count = len(build_notes(answer, formatter))
    if not count:
        return ""
    return n_(
        "{count} note on the data: {command}",
        "{count} notes on the data: {command}",
        count,
        command=build_command(answer, "check"),
    )


def explain_absence(result: Result) -> str:
    """Why an absent result has no figures."""
    if result.uncompared:
        return _("No figures: there is no period to compare with.")
    if result.refused:
        return _("No figures: nothing is predicted.")
    return _("No figures: the data lacks a table that they need.")


def _describe_suppression(answer: Answer, formatter: CellFormatter) -> Iterator[str]:
    """Yield a note if the figures of small groups are not shown."""
    if answer.suppression_count:
        yield n_(
            "{number} group has no figures here: some have fewer than {least} customers.",
            "{number} groups have no figures here: some have fewer than {least} customers.",
            answer.suppression_count,
            number=formatter.format_value(answer.suppression_count, ColumnKind.COUNT),
            least=answer.min_group,
        )


def _describe_part(part: AnswerPart, answer: Answer, formatter: CellFormatter) -> Iterator[str]:
    result, name = part.result, ".".join(part.path)
    if name in IGNORED_PARTS or result.absent:
        return
    rows = result.table.to_pylist()
    keys = [column.name for column in result.columns]
    if result.shape == "record":
        for key, value in ((key, row[key]) for row in rows for key in keys):
            if value:
                yield _describe_count(key, value, None, formatter)
    elif name in _NOTES_BY_TABLE:
        if rows:
            tables = ", ".join(_format_entry(result, list(row.values()), formatter) for row in rows)
            yield _NOTES_BY_TABLE[name](tables, formatter.format_datetime(answer.header.as_of))
    else:
        for row in rows:
            values = list(row.values())
            key, count = str(values[0]), values[1] if len(values) > 1 else 1
            if count:
                amount = values[2] if len(values) > 2 else None  # noqa: PLR2004 - key, count, amount
                note = _describe_count(f"{name}.{key}" if name else key, count, amount, formatter)
                yield _add_option(note, name or key, answer)


def _format_entry(result: Result, values: list[Any], formatter: CellFormatter) -> str:
    """``orders 12``, ``orders (a, b)``, ``orders.a 12`` or ``orders``."""
    name = formatter.format_cell(result.columns[0], values[0])
    if result.shape == "nested":
        name, values = f"{name}.{values[1]}", values[1:]
    if len(values) == 1:
        return name
    text = formatter.format_value(values[1], ColumnKind.COUNT)
    return f"{name} ({text})" if isinstance(values[1], list) else f"{name} {text}"


def _describe_count(reason: str, count: int, amount: Any, formatter: CellFormatter) -> str:
    """Return the sentence for ``count`` rows that were left out for ``reason``."""
    section, _point, detail = reason.partition(".")
    currency = detail if section == "other_currency" else None
    values = {
        "number": formatter.format_value(count, ColumnKind.COUNT),
        "amount": formatter.format_money(amount, currency),
        "name": formatter.format_value(detail or reason, ColumnKind.TEXT),
    }
    describe = _NOTES_BY_REASON.get(reason) or _NOTES_BY_REASON.get(section) or _describe_other
    return describe(count, values)


def _describe_other(count: int, values: Mapping[str, str]) -> str:
    return n_("{name}: {number} row ({amount}).", "{name}: {number} rows ({amount}).", count, **values)


_NOTES_BY_REASON: dict[str, Callable[[int, Mapping[str, str]], str]] = {
    "linked_work_orders": lambda count, values: n_(
        "{number} linked work order is not counted again; it would add {amount} of paid money.",
        "{number} linked work orders are not counted again; they would add {amount} of paid money.",
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
    "refunded_in_part": lambda count, values: n_(
        "{number} sale was refunded in part and counts with what was kept; {amount} was given back.",
        "{number} sales were refunded in part and count with what was kept; {amount} was given back.",
        count,
        **values,
    ),
    "change_given": lambda count, values: n_(
        "Of the payments of {number} order, {amount} was change and is taken off the cash.",
        "Of the payments of {number} orders, {amount} was change and is taken off the cash.",
        count,
        **values,
    ),
    "institutional": lambda count, values: n_(
        "An institution pays a part of {number} sale ({amount}).",
        "Institutions pay a part of {number} sales ({amount}).",
        count,
        **values,
    ),
    "undated_deliveries": lambda count, values: n_(
        "{number} delivered work order has no date of delivery and is not in the days of delivery.",
        "{number} delivered work orders have no date of delivery and are not in the days of delivery.",
        count,
        **values,
    ),
    "not_itemised": lambda count, values: n_(
        "{number} sale has no items that count and is in no product or category ({amount}).",
        "{number} sales have no items that count and are in no product or category ({amount}).",
        count,
        **values,
    ),
    "not_in_payments": lambda count, values: n_(
        "{number} sale has no payment and is in no method of payment ({amount}).",
        "{number} sales have no payment and are in no method of payment ({amount}).",
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
        "{number} purchase is nobody's: no customer has its RUT or email ({amount}).",
        "{number} purchases are nobody's: no customer has their RUT or email ({amount}).",
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

_NOTES_BY_TABLE: dict[str, Callable[[str, str], str]] = {
    "duplicate_rows": lambda listed, _as_of: _(
        "Rows with the same id, read as one: {listed}.", listed=listed
    ),
    "refused_rows": lambda listed, _as_of: _("Rows that could not be read: {listed}.", listed=listed),
    "emptied_cells": lambda listed, _as_of: _(
        "Cells that could not be read and are taken as empty: {listed}.", listed=listed
    ),
    "adopted_branches": lambda listed, _as_of: _(
        "Branches without organization, taken as of this one: {listed}.", listed=listed
    ),
    "adopted_rows": lambda listed, _as_of: _(
        "Rows without branch and organization, taken as of this one: {listed}.", listed=listed
    ),
    "rows_after_as_of": lambda listed, as_of: _(
        "Rows dated after {as_of}, which do not count: {listed}.", as_of=as_of, listed=listed
    ),
    "unfilled": lambda listed, _as_of: _(
        "The data do not fill {listed}: growth that rests on it means little.", listed=listed
    ),
    "cut": lambda listed, _as_of: _(
        "Exactly 1,000 rows, the most that the app's interface gives, so likely cut short: {listed}.",
        listed=listed,
    ),
    "missing_tables": lambda listed, _as_of: _(
        "Not in the data, so their figures are empty: {listed}.", listed=listed
    ),
    "missing_columns": lambda listed, _as_of: _("Columns missing from the data: {listed}.", listed=listed),
}
