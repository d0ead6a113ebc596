"""Cohorts and the repurchase interval (contract, section 12)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .numbers import average, percent, round_all, rounded
from .sales import amount_of

if TYPE_CHECKING:
    from .sales import Purchase, Sales

Record = dict[str, Any]
UNITS = {"month": 1, "quarter": 3, "year": 12}
SHARES = {"p25_days": Fraction(3, 4), "median_days": Fraction(1, 2), "p75_days": Fraction(1, 4)}
LENGTHS = (182, 365, 547, 730, 1095)


def cohorts(sales: Sales, by: str) -> Record:
    """The answer of `opttius cohorts`, without its head."""
    bought: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in sales.purchases:
        if purchase.customer is not None:
            bought[purchase.customer].append(purchase)
    members: dict[int, list[list[Purchase]]] = defaultdict(list)
    for purchases in bought.values():
        members[_unit(min(entry.day for entry in purchases), by)].append(purchases)
    first = min((entry.day for some in bought.values() for entry in some), default=None)
    cells = [
        _cell(sales, by, cohort, age, members[cohort])
        for cohort in sorted(members)
        for age in range(_unit(sales.book.clock.today, by) - cohort + 1)
    ]
    for cell in cells:
        cell["may_be_older"] = first is not None and _start(cell["cohort"], by) < first + timedelta(365)
    answer: Record = round_all(
        {
            "by": by,
            "first_purchase": first,
            "rows": [_row(cell, by) for cell in cells],
            "all": _every([cell for cell in cells if cell["is_over"]]),
        }
    )
    return answer | {"repurchase": _repurchase(bought, sales.book.clock.today)}


def _unit(day: date, by: str) -> int:
    return (day.year * 12 + day.month - 1) // UNITS[by]


def _start(unit: int, by: str) -> date:
    year, month = divmod(unit * UNITS[by], 12)
    return date(year, month + 1, 1)


def _name(unit: int, by: str) -> str:
    start = _start(unit, by)
    quarter = f"{start.year}-Q{(start.month + 2) // 3}"
    return {"month": f"{start:%Y-%m}", "quarter": quarter, "year": str(start.year)}[by]


def _cell(sales: Sales, by: str, cohort: int, age: int, members: list[list[Purchase]]) -> Record:
    clock, begins, ends = sales.book.clock, _start(cohort + age, by), _start(cohort + age + 1, by)
    until = [[entry for entry in some if entry.day < ends] for some in members]
    is_over = clock.today >= ends or (clock.today == ends - timedelta(1) and clock.is_last_instant)
    return {
        "cohort": cohort,
        "age": age,
        "customers": len(members),
        "is_over": is_over,
        "active": sum(any(begins <= entry.day for entry in some) for some in until),
        "repeated": sum(len({entry.day for entry in some}) > 1 for some in until),
        "revenue": amount_of(entry for some in until for entry in some if entry.recognised),
    }


def _row(cell: Record, by: str) -> Record:
    figures = {
        "active": cell["active"],
        "active_pct": percent(cell["active"], cell["customers"]),
        "repeated": cell["repeated"],
        "repeat_pct": percent(cell["repeated"], cell["customers"]),
        "revenue_per_customer": average(cell["revenue"], cell["customers"]),
    }
    return {
        "cohort": _name(cell["cohort"], by),
        "age": cell["age"],
        "customers": cell["customers"],
        "may_be_older": cell["may_be_older"],
        **(figures if cell["is_over"] else dict.fromkeys(figures)),
    }


def _every(cells: list[Record]) -> list[Record]:
    rows = []
    for age in sorted({cell["age"] for cell in cells}):
        some = [cell for cell in cells if cell["age"] == age]
        customers = sum(cell["customers"] for cell in some)
        rows.append(
            {
                "age": age,
                "customers": customers,
                "active_pct": percent(sum(cell["active"] for cell in some), customers),
                "repeat_pct": percent(sum(cell["repeated"] for cell in some), customers),
                "revenue_per_customer": average(sum(cell["revenue"] for cell in some), customers),
            }
        )
    return rows


def _repurchase(bought: dict[str, list[Purchase]], today: date) -> list[Record]:
    spells: dict[str, list[tuple[int, bool]]] = {"first": [], "later": [], "all": []}
    for purchases in bought.values():
        days = sorted({entry.day for entry in purchases})
        for place, day in enumerate(days):
            back = place + 1 < len(days)
            spell = (((days[place + 1] if back else today) - day).days, back)
            spells["later" if place else "first"].append(spell)
            spells["all"].append(spell)
    return [{"after": after, **_kaplan_meier(some)} for after, some in spells.items()]


def _kaplan_meier(spells: list[tuple[int, bool]]) -> Record:
    left, curve = Fraction(1), []
    for length in sorted({length for length, back in spells if back}):
        at_risk = sum(entry >= length for entry, _back in spells)
        left *= 1 - Fraction(sum(back and entry == length for entry, back in spells), at_risk)
        curve.append((length, left))
    longest = max((length for length, _back in spells), default=-1)
    returned = sum(back for _length, back in spells)
    return {
        "spells": len(spells),
        "returned": returned,
        "open": len(spells) - returned,
        **{
            name: next((length for length, staying in curve if staying <= share), None)
            for name, share in SHARES.items()
        },
        **{
            f"returned_{length}d_pct": None
            if longest < length
            else rounded(
                (1 - min([Fraction(1), *(staying for at, staying in curve if at <= length)])) * 100, 2
            )
            for length in LENGTHS
        },
    }
