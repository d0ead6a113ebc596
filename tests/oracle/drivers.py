"""What a change of revenue is made of: exact parts that add up to it (contract, section 14)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .figures import purchases_made
from .numbers import rounded, total
from .products import _identity, has_counted_items
from .sales import amount_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .clock import Window
    from .sales import Purchase, Sales

Record = dict[str, Any]
Pair = tuple[Fraction | None, Fraction | None]

ZERO, SIXTH = Fraction(0), Fraction(1, 6)


@dataclass(frozen=True, slots=True)
class Group:
    """Customers, sales and money of one group in one window."""

    customers: int
    sales: int
    money: Fraction

    @property
    def frequency(self) -> Fraction | None:
        """Sales per customer."""
        return Fraction(self.sales, self.customers) if self.customers else None

    @property
    def ticket(self) -> Fraction | None:
        """Money per sale."""
        return self.money / self.sales if self.sales else None


def drivers(sales: Sales, window: Window, previous: Window) -> Record:
    """Every part of the answer, rounded."""
    now, before = _sold(sales, window), _sold(sales, previous)
    total_before, total_now = amount_of(before), amount_of(now)
    return {
        "before": total_before,
        "now": total_now,
        "change": total_now - total_before,
        "rows": _parts(sales, (before, previous), (now, window)),
        "branch": _mix(before, now, lambda purchase: _branch(purchase, sales)),
        "channel": _mix(before, now, lambda purchase: purchase.channel),
        "category": _categories(sales, before, now),
    }


def _sold(sales: Sales, window: Window) -> list[Purchase]:
    return [
        purchase
        for purchase in purchases_made(sales, window)
        if purchase.recognised and purchase.is_report_currency
    ]


def _branch(purchase: Purchase, sales: Sales) -> str | None:
    row = purchase.order or (sales.book.work_orders or {})[purchase.id]
    return {branch.id: branch.code for branch in sales.book.scope.branches}.get(row.branch_id or "")


def _parts(
    sales: Sales, before: tuple[list[Purchase], Window], now: tuple[list[Purchase], Window]
) -> list[Record]:
    first: dict[str, Any] = {}
    for purchase in sales.purchases:
        if purchase.customer is not None:
            first[purchase.customer] = min(first.get(purchase.customer, purchase.day), purchase.day)

    def group(name: str, sold: list[Purchase], window: Window) -> Group:
        own = [
            purchase
            for purchase in sold
            if name
            == (
                "unattributed"
                if purchase.customer is None
                else "new"
                if first[purchase.customer] >= window.first
                else "returning"
            )
        ]
        return Group(len({purchase.customer for purchase in own}), len(own), Fraction(amount_of(own)))

    rows = []
    for name in ("new", "returning", "unattributed"):
        rows += _group_rows(name, group(name, *before), group(name, *now))
    return rows


def _group_rows(name: str, old: Group, new: Group) -> list[Record]:
    change = new.money - old.money
    t0, t1 = _filled((old.ticket, new.ticket))
    if name == "unattributed":
        parts = {"sales": (new.sales - old.sales) * (t0 + t1) / 2}
        values: dict[str, tuple[Any, Any]] = {"sales": (old.sales, new.sales)}
    else:
        c0, c1 = Fraction(old.customers), Fraction(new.customers)
        f0, f1 = _filled((old.frequency, new.frequency))
        parts = {
            "customers": (c1 - c0) * (2 * f0 * t0 + f0 * t1 + f1 * t0 + 2 * f1 * t1) * SIXTH,
            "purchases_per_customer": (f1 - f0) * (2 * c0 * t0 + c0 * t1 + c1 * t0 + 2 * c1 * t1) * SIXTH,
        }
        values = {
            "customers": (old.customers, new.customers),
            "purchases_per_customer": (_two(old.frequency), _two(new.frequency)),
        }
    values["ticket"] = (_two(old.ticket), _two(new.ticket))
    whole = {key: rounded(part, 2) for key, part in parts.items()}
    whole["ticket"] = rounded(change, 2) - total(whole.values())
    return [
        {"group": name, "factor": key, "before": values[key][0], "now": values[key][1], "change": part}
        for key, part in whole.items()
    ]


def _filled(pair: Pair) -> tuple[Fraction, Fraction]:
    """A factor over nothing takes the other window's value."""
    old, new = pair
    return (new or ZERO) if old is None else old, (old or ZERO) if new is None else new


def _two(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 2)


def _mix(before: list[Purchase], now: list[Purchase], key: Callable[[Purchase], str | None]) -> Record:
    names = {key(purchase) for purchase in (*before, *now)}
    ordered = sorted(names, key=lambda name: (name is None, name or ""))
    old = {name: [purchase for purchase in before if key(purchase) == name] for name in ordered}
    new = {name: [purchase for purchase in now if key(purchase) == name] for name in ordered}
    sales = mix = ZERO
    n0, n1 = len(before), len(now)
    for name in ordered:
        t0, t1 = _filled((_ticket(old[name]), _ticket(new[name])))
        s0, s1 = _filled((_share(old[name], n0), _share(new[name], n1)))
        sales += (n1 - n0) * (2 * s0 * t0 + s0 * t1 + s1 * t0 + 2 * s1 * t1) * SIXTH
        mix += (s1 - s0) * (2 * n0 * t0 + n0 * t1 + n1 * t0 + 2 * n1 * t1) * SIXTH
    change = amount_of(now) - amount_of(before)
    return {
        "rows": [
            {
                "key": name,
                "before": amount_of(old[name]),
                "now": amount_of(new[name]),
                "change": amount_of(new[name]) - amount_of(old[name]),
            }
            for name in ordered
        ],
        "sales": rounded(sales, 2),
        "mix": rounded(mix, 2),
        "ticket": change - rounded(sales, 2) - rounded(mix, 2),
    }


def _ticket(purchases: list[Purchase]) -> Fraction | None:
    return Fraction(amount_of(purchases)) / len(purchases) if purchases else None


def _share(purchases: list[Purchase], whole: int) -> Fraction | None:
    return Fraction(len(purchases), whole) if whole else None


def _categories(sales: Sales, before: list[Purchase], now: list[Purchase]) -> list[Record] | None:
    if sales.book.items is None:
        return None
    old, new = _by_category(sales, before), _by_category(sales, now)
    sums = [(name, old.get(name, Decimal(0)), new.get(name, Decimal(0))) for name in sorted({*old, *new})]
    rest = (
        "not_in_items",
        amount_of(before) - total(old.values()),
        amount_of(now) - total(new.values()),
    )
    return [
        {"category": name, "before": was, "now": now_is, "change": now_is - was}
        for name, was, now_is in (*sums, rest)
    ]


def _by_category(sales: Sales, sold: Iterable[Purchase]) -> dict[str, Decimal]:
    counted = {purchase.order.id for purchase in sold if purchase.order and has_counted_items(purchase)}
    sums: dict[str, Decimal] = {}
    for item in sales.book.items or ():
        if item.order_id in counted:
            _key, _name, category = _identity(item, sales.book)
            sums[category] = sums.get(category, Decimal(0)) + (item.total_price or Decimal(0))
    return sums
