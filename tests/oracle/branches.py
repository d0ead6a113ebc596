"""Branches side by side, and their goals (contract, section 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .figures import outstanding, purchases_made
from .numbers import average, percent, round_all, total
from .sales import amount_of
from .sections import appointments, delivery, quotes, rows_made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from .clock import Window
    from .sales import Sales

Record = dict[str, Any]

WEEKDAYS = 7
FEWEST_WEEKS = 26
DAYS_BEFORE = 364


def branch_rows(sales: Sales, window: Window, previous: Window | None) -> list[Record]:
    """A row per branch, one for rows without a branch where there is anything, and the whole."""
    scope = sales.book.scope
    whole = _line("total", sales, window, previous)
    lines = [
        _line(branch.code, _divided(sales, _belongs_to(branch.id)), window, previous)
        for branch in scope.branches
    ]
    for line in lines:
        line["revenue_rank"] = 1 + sum(other["total_revenue"] > line["total_revenue"] for other in lines)
    nobodys = _line(None, _divided(sales, _belongs_to(None)), window, previous)
    if any(value for key, value in nobodys.items() if key != "branch"):
        lines.append(nobodys)
    for line in [*lines, whole]:
        line["revenue_share_pct"] = percent(line["total_revenue"], whole["total_revenue"])
    rows: list[Record] = round_all([*lines, whole])
    return rows


def goal_rows(sales: Sales) -> list[Record]:
    """A row per branch of the scope with a goal for as-of's month, and the whole where each has one."""
    month = f"{sales.book.clock.today:%Y-%m}"
    set_goals = [
        (branch, sales.settings.goals[branch.code, month])
        for branch in sales.book.scope.branches
        if branch.code is not None and (branch.code, month) in sales.settings.goals
    ]
    rows = [_goal(branch.code, [branch.id], goal, sales) for branch, goal in set_goals]
    if len(set_goals) == len(sales.book.scope.branches) > 1:
        ids = [branch.id for branch, _goal in set_goals]
        rows.append(_goal("total", ids, total(goal for _branch, goal in set_goals), sales))
    rounded: list[Record] = round_all(rows)
    return rounded


def _belongs_to(branch_id: str | None) -> Callable[[Any], bool]:
    return lambda row: row.branch_id == branch_id


def _divided(sales: Sales, is_own: Callable[[Any], bool]) -> Sales:
    """The same sales, settled in the whole scope, with only the rows of one branch."""
    book = sales.book

    def own(rows: Sequence[Any] | None) -> list[Any] | None:
        return None if rows is None else [row for row in rows if is_own(row)]

    def own_by_id(rows: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if rows is None else {key: row for key, row in rows.items() if is_own(row)}

    divided = replace(
        book,
        customers=own_by_id(book.customers) or {},
        work_orders=own_by_id(book.work_orders),
        quotes=own(book.quotes),
        appointments=own(book.appointments),
    )
    return replace(sales, book=divided, purchases=own(sales.purchases) or [])


def _line(name: str | None, sales: Sales, window: Window, previous: Window | None) -> Record:
    bought = purchases_made(sales, window)
    sold = [purchase for purchase in bought if purchase.recognised]
    revenue = amount_of(sold)
    before = None
    if previous is not None:
        before = amount_of(row for row in purchases_made(sales, previous) if row.recognised)
    return {
        "branch": name,
        "total_revenue": revenue,
        "revenue_rank": None,
        "revenue_share_pct": None,
        "previous_revenue": before,
        "revenue_growth_pct": percent(revenue - before, before) if before else None,
        "sales_count": len(sold),
        "average_ticket": average(revenue, sum(purchase.is_report_currency for purchase in sold)),
        "customers_buying": len({purchase.customer for purchase in bought} - {None}),
        "customers_new": len(rows_made(sales.book.customers.values(), sales, window)),
        "quote_conversion_pct": quotes(sales, window)["conversion_pct"],
        "attendance_pct": appointments(sales, window)["attendance_pct"],
        "on_time_pct": delivery(sales, window)["on_time_pct"],
        "outstanding_amount": outstanding(sales, bought),
    }


def _goal(name: str | None, branch_ids: list[str], goal: Decimal, sales: Sales) -> Record:
    clock = sales.book.clock
    money = _money_by_date(branch_ids, sales)
    month = _month_of(clock.today)
    done = [day for day in month if day < clock.today or (day == clock.today and clock.is_last_instant)]
    basis, weights = _weights(month[0], branch_ids, sales)
    weight_done = sum(weights[day.weekday()] for day in done)
    weight_month = sum(weights[day.weekday()] for day in month)
    to_date = total(money.get(day, Decimal(0)) for day in month)
    money_done = Fraction(total(money.get(day, Decimal(0)) for day in done))
    expected = weight_done / weight_month
    projected = money_done * weight_month / weight_done if weight_done else None
    left = len(month) - len(done)
    return {
        "branch": name,
        "month": f"{month[0]:%Y-%m}",
        "goal": goal,
        "to_date": to_date,
        "goal_pct": percent(to_date, goal),
        "expected_pct": expected * 100,
        "ahead": money_done - Fraction(goal) * expected,
        "projected": projected,
        "projected_pct": None if projected is None else percent(projected, goal),
        "needed_per_day": Fraction(max(Decimal(0), goal - to_date)) / left if left else None,
        "basis": basis,
    }


def _money_by_date(branch_ids: list[str], sales: Sales) -> dict[date, Decimal]:
    money: dict[date, Decimal] = {}
    for purchase in sales.purchases:
        if purchase.recognised and purchase.branch_id in branch_ids:
            money[purchase.day] = money.get(purchase.day, Decimal(0)) + purchase.counted
    return money


def _month_of(day: date) -> list[date]:
    first = day.replace(day=1)
    days = (first + timedelta(days=number) for number in range(31))
    return [one for one in days if one.month == day.month]


def _weights(first: date, branch_ids: list[str], sales: Sales) -> tuple[str, list[Fraction]]:
    """What each weekday brought in the 364 dates before the month; all weigh the same where that says too little."""
    money = _money_by_date(branch_ids, sales)
    before = {day: amount for day, amount in money.items() if 1 <= (first - day).days <= DAYS_BEFORE}
    weights = [
        max(Fraction(0), Fraction(total(amount for day, amount in before.items() if day.weekday() == number)))
        for number in range(WEEKDAYS)
    ]
    weeks = {day.isocalendar()[:2] for day in before}
    if len(weeks) < FEWEST_WEEKS or not any(weights):
        return "days", [Fraction(1)] * WEEKDAYS
    return "weekdays", weights
