"""A customer's figures, both segment schemes, and the page of one customer (contract, sections 7 and 8)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .numbers import average, quantile, round_all
from .products import lines
from .sales import amount_of
from .sections import by_status

if TYPE_CHECKING:
    from decimal import Decimal

    from .rows import Appointment, Customer, Order, Quote, WorkOrder
    from .sales import Purchase, Sales, Settings

Record = dict[str, Any]

VIP_PURCHASES = 10
REGULAR_PURCHASES = 3
FAVOURITES = 5
MONTHS = 12

# Rows are FM 5 to FM 1, columns R5 to R1.
RFM_SEGMENTS = (
    ("champions", "champions", "loyal", "cant-lose", "cant-lose"),
    ("champions", "loyal", "loyal", "at-risk", "at-risk"),
    ("potential-loyal", "potential-loyal", "needs-attention", "at-risk", "at-risk"),
    ("potential-loyal", "potential-loyal", "about-to-sleep", "hibernating", "lost"),
    ("new-customer", "promising", "about-to-sleep", "hibernating", "lost"),
)


@dataclass(frozen=True, slots=True)
class Scores:
    """RFM scores, 1 to 5 each."""

    r: int
    f: int
    m: int


@dataclass(frozen=True, slots=True)
class CutPoints:
    """The 20, 40, 60 and 80 % quantiles of recency, frequency and money."""

    recency: list[Fraction]
    frequency: list[Fraction]
    money: list[Fraction]


def rfm_segment(r: int, f: int, m: int) -> str:
    """The segment of three scores."""
    return RFM_SEGMENTS[5 - (f + m + 1) // 2][5 - r]


def segment_rows(sales: Sales) -> list[Record]:
    """One row for each customer in scope: lifetime value descending, then id."""
    bought = _purchases(sales)
    cuts = _cut_points(sales, bought)
    rows = [_segment_row(customer, bought.get(customer.id, []), cuts, sales) for customer in _all(sales)]
    rows.sort(key=lambda row: (-row["lifetime_value"], row["customer_id"]))
    rounded: list[Record] = round_all(rows)
    return rounded


def customer_page(sales: Sales, customer_id: str) -> Record:
    """The parts of one customer's page that the contract defines."""
    book = sales.book
    orders = [book.orders[key] for key, (owner, _) in sales.customer_of_order.items() if owner == customer_id]
    row = next(row for row in segment_rows(sales) if row["customer_id"] == customer_id)
    head = {"customer_id", "branch", "is_active", "created", "next_eye_exam_due"}
    counted = {order.id for order in orders if not _is_left_out(order, sales)}
    work_orders = None if book.work_orders is None else list(book.work_orders.values())
    page = {
        "customer": {"id": customer_id, **{key: row[key] for key in ("branch", "is_active", "created")}},
        "analytics": {key: value for key, value in row.items() if key not in head},
        "order_status_counts": dict(sorted(Counter(order.status or "unknown" for order in orders).items())),
        "favourite_products": _favourites(sales, counted),
        "monthly_spending": _months(sales, _purchases(sales).get(customer_id, [])),
        "quotes": _section(book.quotes, customer_id),
        "appointments": _section(book.appointments, customer_id),
        "work_orders": _section(work_orders, customer_id),
    }
    rounded: Record = round_all(page)
    return rounded


def _is_left_out(order: Order, sales: Sales) -> bool:
    """Whether an order's items are in no figure: void ones, and those refunded in part."""
    return sales.is_void_order(order) or order.id in sales.part_refunds


def _all(sales: Sales) -> list[Customer]:
    return list(sales.book.customers.values())


def _purchases(sales: Sales) -> dict[str, list[Purchase]]:
    purchases: dict[str, list[Purchase]] = {}
    for purchase in sales.purchases:
        if purchase.customer is not None:
            purchases.setdefault(purchase.customer, []).append(purchase)
    return purchases


def _spent(bought: list[Purchase]) -> Decimal:
    return amount_of(purchase for purchase in bought if purchase.recognised)


def _quiet_days(bought: list[Purchase], sales: Sales) -> int:
    return (sales.book.clock.today - max(purchase.day for purchase in bought)).days


def _cut_points(sales: Sales, bought: dict[str, list[Purchase]]) -> CutPoints | None:
    if not bought:
        return None
    shares = [Fraction(step, 5) for step in (1, 2, 3, 4)]
    return CutPoints(
        [
            quantile([_quiet_days(purchases, sales) for purchases in bought.values()], share)
            for share in shares
        ],
        [quantile([len(purchases) for purchases in bought.values()], share) for share in shares],
        [quantile([_spent(purchases) for purchases in bought.values()], share) for share in shares],
    )


def _scores(bought: list[Purchase], cuts: CutPoints, sales: Sales) -> Scores:
    return Scores(
        5 - sum(cut < _quiet_days(bought, sales) for cut in cuts.recency),
        1 + sum(cut < len(bought) for cut in cuts.frequency),
        1 + sum(cut < Fraction(_spent(bought)) for cut in cuts.money),
    )


def _segment_row(customer: Customer, bought: list[Purchase], cuts: CutPoints | None, sales: Sales) -> Record:
    figures = _figures(bought, sales)
    scores = _scores(bought, cuts, sales) if bought and cuts else None
    codes = {branch.id: branch.code for branch in sales.book.scope.branches}
    return {
        "customer_id": customer.id,
        "branch": codes.get(customer.branch_id or ""),
        "is_active": customer.is_active,
        "created": sales.book.clock.date(customer.created_at),
        **figures,
        "segment": lifecycle(figures, sales.settings),
        "r_score": scores.r if scores else None,
        "f_score": scores.f if scores else None,
        "m_score": scores.m if scores else None,
        "rfm_score": f"{scores.r}{scores.f}{scores.m}" if scores else None,
        "rfm_segment": rfm_segment(scores.r, scores.f, scores.m) if scores else "prospect",
        "next_eye_exam_due": customer.next_eye_exam_due,
    }


def _figures(bought: list[Purchase], sales: Sales) -> Record:
    sold = [purchase for purchase in bought if purchase.recognised]
    days = sorted({purchase.day for purchase in bought})
    gap = Fraction((days[-1] - days[0]).days, len(days) - 1) if len(days) > 1 else None
    spent = _spent(bought)
    return {
        "purchases": len(bought),
        "recognised_sales": len(sold),
        "total_spent": spent,
        "lifetime_value": spent,
        "average_order_value": average(spent, sum(purchase.is_report_currency for purchase in sold)),
        "first_purchase": days[0] if days else None,
        "last_purchase": days[-1] if days else None,
        "days_since_last_purchase": _quiet_days(bought, sales) if bought else None,
        "average_days_between_purchases": gap,
    }


def lifecycle(figures: Record, settings: Settings) -> str:
    """The first rule that holds."""
    purchases, spent = figures["purchases"], figures["total_spent"]
    if purchases >= 1 and figures["days_since_last_purchase"] > settings.at_risk_days:
        return "at-risk"
    if purchases > VIP_PURCHASES or (settings.vip_min_spent is not None and spent >= settings.vip_min_spent):
        return "vip"
    if purchases > REGULAR_PURCHASES:
        return "regular"
    return "first-time" if purchases >= 1 else "new"


def _favourites(sales: Sales, orders: set[str]) -> list[Record] | None:
    if sales.book.items is None:
        return None
    counted = {key for key in orders if sales.is_report_currency(sales.book.orders[key].currency)}
    items = (item for item in sales.book.items if item.order_id in orders)
    favourites = lines(items, sales.book, counted)
    ordered = sorted(favourites, key=lambda line: (-line.quantity, -line.revenue, line.name))
    return [
        {
            "name": line.name,
            "spellings": line.spellings,
            "quantity": line.quantity,
            "revenue": line.revenue,
        }
        for line in ordered[:FAVOURITES]
    ]


def _months(sales: Sales, bought: list[Purchase]) -> list[Record]:
    """Twelve calendar months, the current one last."""
    today = sales.book.clock.today
    current = today.year * 12 + today.month - 1
    months = [date(index // 12, index % 12 + 1, 1) for index in range(current - MONTHS + 1, current + 1)]
    return [_month(month, bought) for month in months]


def _month(month: date, bought: list[Purchase]) -> Record:
    inside = [purchase for purchase in bought if purchase.day.replace(day=1) == month]
    return {"month": f"{month:%Y-%m}", "amount": _spent(inside), "purchases": len(inside)}


def _section(rows: list[Quote] | list[Appointment] | list[WorkOrder] | None, customer_id: str) -> Record:
    if rows is None:
        return {"total": None, "by_status": None}
    own = [row for row in rows if row.customer_id == customer_id]
    return {"total": len(own), "by_status": by_status(own)}
