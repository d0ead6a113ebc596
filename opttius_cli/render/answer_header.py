"""The header of an answer in sentences: scope, period, instant, currency and source."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from opttius_cli.catalog.tables import SALES_TABLES
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render.cell_formatter import escape_control_chars
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.period import Window
    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, Branch, Scope

MASKING_LABELS = {"masked": N_("masked"), "anonymous": N_("pseudonyms"), "revealed": N_("shown whole")}
"""How an answer shows personal data, in words."""
DATED = frozenset({"appointments", "customers", "lab_work_orders", "orders", "quotes"})
"""The tables whose rows data quality counts."""
_MAX_BRANCHES_LISTED = 4
"""With more branches than this, only their number is shown."""
MOST_FRESH_DAYS = 2
"""Data whose last sale is older than this are not of now."""


def get_owner(scope: Scope) -> str:
    """Return the name of the organization."""
    return escape_control_chars(
        scope.organization_name
        or scope.organization_id
        or (_("All data") if scope.whole_organization else _("No organization"))
    )


def build_header_lines(answer: Answer, formatter: CellFormatter) -> list[str]:
    """Return the lines above the figures.

    They are title; what is 0 because it could not be read; scope; period and what it is compared with; instant,
    currency, source.
    """
    header = answer.header
    lines = (
        [escape_control_chars(header.title), describe_scope(header.scope)]
        if header.title
        else [describe_scope(header.scope)]
    )
    lines += filter(None, [answer.filter_words])
    lines[1:1] = [*build_total_loss_lines(answer, formatter), *filter(None, [answer.refusal])]
    if header.period:
        days = header.period.window.day_count
        period = n_(
            "{dates} ({count} day)",
            "{dates} ({count} days)",
            days,
            dates=format_window(header.period.window, formatter),
        )
        if header.previous:
            period = _(
                "{period}, compared with {dates}",
                period=period,
                dates=format_window(header.previous, formatter),
            )
        lines.append(period)
    if header.since:
        lines.append(_("Compared with the end of {date}", date=formatter.format_date(header.since)))
    lines.append(
        _(
            "As of {as_of} ({zone}), money in {currency}",
            as_of=formatter.format_datetime(header.as_of),
            zone=header.timezone,
            currency=escape_control_chars(header.currency),
        )
    )
    lines += filter(None, [describe_freshness(answer, formatter)])
    if answer.masking == "revealed":
        lines.append(_("Personal data is shown whole: handle with care."))
    elif answer.masking == "anonymous":
        lines.append(_("Pseudonyms stand for people and ids."))
    return lines


def build_total_loss_lines(answer: Answer, formatter: CellFormatter) -> list[str]:
    """Return a sentence where figures are 0 because no row of a table could be read."""
    counts = {part.path: part.result for part in answer.data_quality}
    rows, refused = (counts.get((name,)) for name in ("rows", "refused_rows"))
    if rows is None or refused is None:
        return []
    read = {row[rows.columns[0].name] for row in rows.table.to_pylist()}
    lost = [tuple(row.values()) for row in refused.table.to_pylist()]
    tables = [
        f"{formatter.format_cell(refused.columns[0], table)} {formatter.format_value(count, ColumnKind.COUNT)}"
        for table, count in lost
        if table in DATED and table not in read
    ]
    if not tables:
        return []
    return [
        _(
            "No row could be read, so what rests on them is 0: {tables}. Type opttius check to see why.",
            tables=", ".join(tables),
        )
    ]


def describe_scope(scope: Scope) -> str:
    """Return the organization and its branches in one line."""
    owner = get_owner(scope)
    if scope.whole_organization and len(scope.branches) != 1:
        count = len(scope.branches)
        branches = n_("all of it ({count} branch)", "all of it ({count} branches)", count)
    elif len(scope.branches) > _MAX_BRANCHES_LISTED:
        branches = n_("{count} branch", "{count} branches", len(scope.branches))
    else:
        branches = ", ".join(map(describe_branch, scope.branches))
    return f"{owner} · {branches}" if branches else owner


def describe_branch(branch: Branch) -> str:
    """Return the code and name of a branch, or its id if it has neither."""
    return escape_control_chars(" ".join(text for text in (branch.code, branch.name) if text) or branch.id)


def format_window(window: Window, formatter: CellFormatter) -> str:
    """Return the first and last date."""
    return (
        f"{formatter.format_date(window.first)} \N{EN DASH} {formatter.format_date(window.last)}"
        if window.first != window.last
        else formatter.format_date(window.first)
    )


def format_loaded_at(answer: Answer, formatter: CellFormatter) -> str:
    """Return when the data was loaded, in the report's zone."""
    return formatter.format_datetime(answer.loaded_at.astimezone(ZoneInfo(answer.header.timezone)))


def find_last_sale(answer: Answer) -> date | None:
    """Return the local date of the newest order or work order of the scope; None when it has none."""
    moments = [
        row["latest"]
        for part in answer.data_quality
        if part.path == ("latest",) and not part.result.absent
        for row in part.result.table.to_pylist()
        if row["table_name"] in SALES_TABLES and row["latest"]
    ]
    return max((date.fromisoformat(moment[:10]) for moment in moments), default=None)


def is_stale(answer: Answer) -> bool:
    """Whether the last sale lies so long before as-of that the figures are not of now."""
    last_sale = find_last_sale(answer)
    return last_sale is not None and (answer.header.as_of.date() - last_sale).days > MOST_FRESH_DAYS


def describe_freshness(answer: Answer, formatter: CellFormatter) -> str:
    """Say when the last sale was, marked when that is long ago; empty where nobody knows."""
    last_sale = find_last_sale(answer)
    if last_sale is None:
        return ""
    day = formatter.format_day(last_sale, with_year=last_sale.year != answer.header.as_of.year)
    if not is_stale(answer):
        return _("Last sale: {date}", date=day)
    days = (answer.header.as_of.date() - last_sale).days
    return n_(
        "⚠ Last sale: {date}, {count} day before: --as-of latest",
        "⚠ Last sale: {date}, {count} days before: --as-of latest",
        days,
        date=day,
    )
