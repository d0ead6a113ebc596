"""Who moved between segments since an earlier moment, and with what money (contract, section 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from .clock import Clock, Window, last_instant
from .customers import segment_rows
from .numbers import total

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from .sales import Sales

Record = dict[str, Any]

LIFECYCLE = ("vip", "regular", "first-time", "new", "at-risk")
RFM = (
    *("champions", "loyal", "potential-loyal", "new-customer", "promising", "needs-attention"),
    *("about-to-sleep", "at-risk", "cant-lose", "hibernating", "lost", "prospect"),
)
ORDERS = {"lifecycle": LIFECYCLE, "rfm": RFM}
YEAR = timedelta(days=364)


def movement(sales: Sales, scheme: str, earlier: Window) -> Record:
    """The matrix and its summary; `earlier` ends with the moment that is compared with."""
    order = ORDERS[scheme]
    cells: dict[tuple[str | None, str], list[Decimal]] = {}
    for row in movers(sales, scheme, earlier):
        cells.setdefault((row["from"], row["to"]), []).append(row["spent_year_before"])
    ordered = sorted(cells, key=lambda pair: (_place(pair[0], order), _place(pair[1], order)))
    rows = [
        {
            "from": origin,
            "to": goal,
            "customers": len(cells[origin, goal]),
            "spent_year_before": total(cells[origin, goal]),
        }
        for origin, goal in ordered
    ]
    return {"scheme": scheme, "rows": rows, "summary": _summary(rows, order)}


def movers(sales: Sales, scheme: str, earlier: Window) -> list[Record]:
    """Every customer with the segment of both moments."""
    key = "segment" if scheme == "lifecycle" else "rfm_segment"
    moment = datetime.combine(earlier.last, earlier.until or time.max)
    before = {row["customer_id"]: row[key] for row in segment_rows(_seen_at(sales, moment, earlier.last))}
    spent = _spent(sales, moment, earlier.last)
    return [
        {
            "customer_id": row["customer_id"],
            "branch": row["branch"],
            "from": before.get(row["customer_id"]),
            "to": row[key],
            "spent_year_before": spent.get(row["customer_id"], total(())),
        }
        for row in segment_rows(sales)
    ]


def _seen_at(sales: Sales, moment: datetime, day: date) -> Sales:
    """The same rows, links and statuses, up to a local time, on a date."""
    clock = sales.book.clock
    customers = {
        key: customer
        for key, customer in sales.book.customers.items()
        if clock.local(customer.created_at).replace(tzinfo=None) <= moment
    }
    on_date = Clock(last_instant(day, clock.zone).astimezone(UTC), clock.zone)
    purchases = [
        purchase
        for purchase in sales.purchases
        if purchase.moment.replace(tzinfo=None) <= moment
        and (purchase.customer is None or purchase.customer in customers)
    ]
    return replace(sales, book=replace(sales.book, customers=customers, clock=on_date), purchases=purchases)


def _spent(sales: Sales, moment: datetime, day: date) -> dict[str, Decimal]:
    spent: dict[str, Decimal] = {}
    for purchase in sales.purchases:
        inside = purchase.day >= day - YEAR and purchase.moment.replace(tzinfo=None) <= moment
        if purchase.customer is not None and purchase.recognised and inside:
            spent[purchase.customer] = spent.get(purchase.customer, total(())) + purchase.counted
    return spent


def _place(segment: str | None, order: tuple[str, ...]) -> int:
    return len(order) if segment is None else order.index(segment)


def _rank(segment: str, order: tuple[str, ...]) -> int:
    """The lower the better: of lifecycle, first-time is better than new."""
    return order.index(segment)


def _summary(rows: list[Record], order: tuple[str, ...]) -> Record:
    def add(chosen: list[Record]) -> Record:
        return {
            "customers": sum(row["customers"] for row in chosen),
            "spent_year_before": total(row["spent_year_before"] for row in chosen),
        }

    existed = [row for row in rows if row["from"] is not None]
    moved = [row for row in existed if row["from"] != row["to"]]
    better = [row for row in moved if _rank(row["to"], order) < _rank(row["from"], order)]
    return {
        "stayed": add([row for row in existed if row["from"] == row["to"]]),
        "moved": add(moved),
        "arrived": add([row for row in rows if row["from"] is None]),
        "improved": add(better),
        "worsened": add([row for row in moved if row not in better]),
    }
