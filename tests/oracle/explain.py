"""The rows behind a figure, and by which step every other row left (contract, section 17)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .branches import DAYS_BEFORE
from .clock import Window
from .figures import outstanding
from .numbers import total
from .payments import _change_by_payment
from .products import _available, _identity, _is_low
from .sales import is_void_work_order
from .sections import WORK_ORDER_BUCKETS, _quote_bucket

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from .clock import Clock
    from .sales import Sales
    from .scope import Book

Record = dict[str, Any]
NOTHING = Decimal(0)
YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a ledger: the rule by which it leaves, its money, and what conditions ask for."""

    rule: str | None = None
    gross: Decimal = NOTHING
    amount: Decimal = NOTHING
    has_money: bool = True
    about: Any = None
    customer: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A figure: its rows, its steps in order, which money has no row, and its conditions with their steps."""

    rows: list[Row]
    steps: tuple[str, ...]
    adjustment: str = ""
    conditions: tuple[tuple[str, Callable[[Row], bool]], ...] = ()
    needs_money: bool = False


def explained_steps(sales: Sales, window: Window, previous: Window | None, key: str) -> list[Record]:
    """The steps of a key, from all rows to those that count."""
    plan = Plans(sales, window, previous).by_key()[key]()
    left: Counter[str] = Counter()
    money: dict[str, Decimal] = {}
    kept = []
    for row in plan.rows:
        step = row.rule or ("other_currency" if plan.needs_money and not row.has_money else None)
        step = step or next((name for name, holds in plan.conditions if not holds(row)), None)
        if step is None:
            kept.append(row)
        else:
            left[step] += 1
            money[step] = money.get(step, NOTHING) + row.gross
    lines = [{"step": "rows", "count": len(plan.rows), "amount": total(row.gross for row in plan.rows)}]
    for step in plan.steps:
        amount = -money.get(step, NOTHING)
        if step == plan.adjustment:
            amount = total(row.amount - row.gross for row in kept)
        lines.append({"step": step, "count": -left[step], "amount": amount})
    return [*lines, {"step": "figure", "count": len(kept), "amount": total(row.amount for row in kept)}]


KEYS = (
    *("total_revenue", "pos_revenue", "work_order_revenue", "other_revenue", "average_ticket", "sales_count"),
    *("customers_buying", "customers_recurring", "customers_active", "customers_total", "customers_new"),
    *("outstanding_amount", "outstanding_total", "quotes.total", "quotes.accepted", "quotes.expired"),
    *("quotes.conversion_pct", "work_orders.total", "work_orders.pending", "work_orders.unknown"),
    *("work_orders.delivery.count", "work_orders.delivery.average_days", "work_orders.delivery.p90_days"),
    *("appointments.total", "appointments.no_show", "products.inventory.out_of_stock"),
    *("products.inventory.low_stock", "payment_methods.cash", "products.category_revenue.uncategorised"),
    *(
        "changes.total_revenue.previous",
        "changes.average_ticket.change",
        "changes.outstanding_amount.previous",
    ),
    *(
        "changes.customers_recurring.previous",
        "changes.customers_new.previous",
        "changes.quotes_count.change",
    ),
    *("changes.quote_conversion_pct.previous", "changes.appointments_count.previous"),
    *("changes.work_orders_count.previous", "changes.average_delivery_days.previous"),
    *("branches.b1.revenue_rank", "goals.b1.to_date", "goals.b1.projected", "goals.total.expected_pct"),
)
"""The keys whose steps are worked out here."""


def _sale_rows(sales: Sales, window: Window | None, *, paid_only: bool) -> list[Row]:
    rows = []
    made = {purchase.id: purchase for purchase in sales.purchases}
    clock = sales.book.clock
    for order in sales.book.orders.values():
        if window is not None and not window.holds_moment(clock.local(order.created_at)):
            continue
        void, part = sales.is_void_order(order), sales.part_refunds.get(order.id)
        paid = (part is not None and part.kept > 0) or sales.is_paid(order)
        rule = "void" if void else "unpaid" if paid_only and not paid else None
        in_currency = sales.is_report_currency(order.currency)
        gross = (order.total_amount or NOTHING) if in_currency else NOTHING
        amount = made[order.id].counted if order.id in made else gross
        channel = "work_order" if order.id in sales.links else "pos" if order.is_pos_sale else "other"
        owner = sales.customer_of_order[order.id][0]
        rows.append(
            Row(
                rule=rule,
                gross=gross,
                amount=amount,
                has_money=in_currency,
                about=channel,
                customer=owner,
                branch=order.branch_id,
            )
        )
    for row in (sales.book.work_orders or {}).values():
        if window is not None and not window.holds_moment(clock.local(row.created_at)):
            continue
        in_currency = sales.is_report_currency(row.currency)
        gross = (row.total_amount or NOTHING) if in_currency else NOTHING
        rules = [
            ("void", is_void_work_order(row)),
            ("quote", row.status == "quote"),
            ("linked", sales.is_linked(row)),
            ("unpaid", paid_only and not sales.is_paid(row)),
        ]
        rule = next((name for name, holds in rules if holds), None)
        owner = row.customer_id if row.customer_id in sales.book.customers else None
        rows.append(
            Row(
                rule=rule,
                gross=gross,
                amount=gross,
                has_money=in_currency,
                about="work_order",
                customer=owner,
                branch=row.branch_id,
            )
        )
    return rows


_SOLD = ("void", "quote", "linked", "unpaid", "not_kept")
_BOUGHT = ("void", "quote", "linked")
_HAS_BRANCH: tuple[str, Callable[[Row], bool]] = ("no_branch", lambda row: row.branch is not None)


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of all keys over one window and the one before it."""

    sales: Sales
    window: Window
    previous: Window | None

    @property
    def book(self) -> Book:
        """The rows that exist."""
        return self.sales.book

    @property
    def clock(self) -> Clock:
        """The clock of the rows."""
        return self.sales.book.clock

    def revenue(self, of: Window | None, channel: str | None = None) -> Plan:
        own = (("other_channel", lambda row: row.about == channel),) if channel else ()
        steps = (*_SOLD, "other_currency", *(name for name, _holds in own))
        rows = _sale_rows(self.sales, of, paid_only=True) if of else []
        return Plan(rows, steps, "not_kept", own, needs_money=True)

    def before(self) -> Plans:
        """The same plans over the window before."""
        assert self.previous is not None
        return Plans(self.sales, self.previous, None)

    def rank(self) -> Plan:
        plan = self.revenue(self.window)
        return replace(plan, steps=(*plan.steps, _HAS_BRANCH[0]), conditions=(_HAS_BRANCH,))

    def goal(self, branch: str | None, first: date, last: date, *, in_money: bool = True) -> Plan:
        own: tuple[tuple[str, Callable[[Row], bool]], ...] = (
            _HAS_BRANCH,
            ("other_branch", lambda row: branch is None or row.branch == branch),
        )
        rows = _sale_rows(self.sales, Window(first, last), paid_only=True)
        names = tuple(name for name, _holds in own)
        if in_money:
            return Plan(rows, (*_SOLD, "other_currency", *names), "not_kept", own, needs_money=True)
        return Plan(rows, (*_SOLD[:-1], *names, "not_kept"), "not_kept", own)

    def buyers(self, of: Window | None, *, twice: bool = False, active: bool = False) -> Plan:
        rows = _sale_rows(self.sales, of, paid_only=False)
        if active:
            recent = self.clock.today - YEAR
            days = {
                id(row): self.clock.date(source.created_at)
                for row, source in zip(rows, _sources(self.sales), strict=True)
            }
            rows = [row for row in rows if days[id(row)] >= recent]
        times = Counter(row.customer for row in rows if row.rule is None)
        own: tuple[tuple[str, Callable[[Row], bool]], ...] = (
            ("unattributed", lambda row: row.customer is not None),
        )
        if twice:
            own += (("bought_once", lambda row: times[row.customer] > 1),)
        return Plan(rows, (*_BOUGHT, *(name for name, _holds in own), "not_kept"), "not_kept", own)

    def owing(self, of: Window | None) -> Plan:
        rows = []
        for purchase in self.sales.purchases:
            inside = of is None or of.holds_moment(purchase.moment)
            if inside and not purchase.recognised and purchase.is_report_currency:
                owed = outstanding(self.sales, [purchase])
                rule = None if owed else "nothing_owed"
                rows.append(Row(rule=rule, gross=purchase.counted, amount=owed))
        return Plan(rows, ("nothing_owed", "paid_on_account"), "paid_on_account")

    def made(self, rows: Any) -> list[Any]:
        return [row for row in rows or () if self.window.holds_moment(self.clock.local(row.created_at))]

    def quotes(self, outcome: str | None = None) -> Plan:
        rows = [
            _money_row(self.sales, row, _quote_bucket(row, self.clock.today) or "unknown")
            for row in self.made(self.book.quotes)
        ]
        own = (("other_outcome", lambda row: row.about == outcome),) if outcome else ()
        return Plan(rows, tuple(name for name, _holds in own), conditions=own)

    def stages(self, stage: str | None = None) -> Plan:
        rows = [
            _money_row(self.sales, row, WORK_ORDER_BUCKETS.get(row.status or "", "unknown"))
            for row in self.made((self.book.work_orders or {}).values())
        ]
        own = (("other_stage", lambda row: row.about == stage),) if stage else ()
        return Plan(rows, tuple(name for name, _holds in own), conditions=own)

    def visits(self, outcome: str | None = None) -> Plan:
        known = {"scheduled", "confirmed", "completed", "cancelled", "no_show"}
        rows = [
            Row(about=row.status if row.status in known else "unknown")
            for row in self.book.appointments or ()
            if self.window.holds(row.appointment_date)
        ]
        own = (("other_outcome", lambda row: row.about == outcome),) if outcome else ()
        return Plan(rows, tuple(name for name, _holds in own), conditions=own)

    def deliveries(self) -> Plan:
        rows = []
        for row in (self.book.work_orders or {}).values():
            end = row.delivered_at
            if end is None or end > self.clock.as_of or not self.window.holds_moment(self.clock.local(end)):
                continue
            started = row.ordered_at or row.created_at
            base = _money_row(self.sales, row, None)
            rows.append(
                Row(rule="before_start" if started > end else None, gross=base.gross, amount=base.amount)
            )
        return Plan(rows, ("before_start",))

    def cash(self) -> Plan:
        taken = _change_by_payment(self.sales)
        rows = []
        for payment in self.book.payments or ():
            order = self.book.orders.get(payment.order_id)
            if (
                order is None
                or payment.paid_at is None
                or not self.window.holds_moment(self.clock.local(payment.paid_at))
            ):
                continue
            in_currency = self.sales.is_report_currency(order.currency)
            gross = (payment.amount or NOTHING) if in_currency else NOTHING
            rule = "void" if self.sales.is_void_order(order) else None
            change = taken.get(payment.id, NOTHING) if in_currency else NOTHING
            rows.append(
                Row(
                    rule=rule,
                    gross=gross,
                    amount=gross - change,
                    has_money=in_currency,
                    about=payment.payment_method or "unknown",
                )
            )
        own = (("other_method", lambda row: row.about == "cash"),)
        steps = ("void", "other_currency", "other_method", "change_given")
        return Plan(rows, steps, "change_given", own, needs_money=True)

    def people(self, window_of: Window | None = None) -> Plan:
        rows = [
            Row()
            for row in self.book.customers.values()
            if window_of is None or window_of.holds_moment(self.clock.local(row.created_at))
        ]
        return Plan(rows, ())

    def stock(self, state: str) -> Plan:
        products = self.book.products or {}
        by_product: dict[str, list[Any]] = {}
        for row in self.book.stock or ():
            if row.product_id in products and products[row.product_id].status == "active":
                by_product.setdefault(row.product_id, []).append(row)

        def state_of(product: str) -> str:
            rows = by_product[product]
            out = total(_available(row) for row in rows) <= 0
            return "out" if out else "low" if any(map(_is_low, rows)) else "ok"

        rows = [
            Row(about=state_of(row.product_id))
            if row.product_id in by_product
            else Row(rule="inactive_product")
            for row in self.book.stock or ()
        ]
        own = (("other_state", lambda row: row.about == state),)
        return Plan(rows, ("inactive_product", "other_state"), conditions=own)

    def items(self) -> Plan:
        rows = []
        for item in self.book.items or ():
            order = self.book.orders.get(item.order_id)
            if order is None or not self.window.holds_moment(self.clock.local(order.created_at)):
                continue
            part = self.sales.part_refunds.get(order.id)
            kept = part is not None and part.kept > 0
            rules = [
                ("void", self.sales.is_void_order(order)),
                ("unpaid", not kept and not self.sales.is_paid(order)),
                ("refunded_in_part", kept),
            ]
            in_currency = self.sales.is_report_currency(order.currency)
            gross = (item.total_price or NOTHING) if in_currency else NOTHING
            rule = next((name for name, holds in rules if holds), None)
            category = _identity(item, self.book)[2]
            rows.append(Row(rule=rule, gross=gross, amount=gross, has_money=in_currency, about=category))
        own = (("other_category", lambda row: row.about == "uncategorised"),)
        steps = ("void", "unpaid", "refunded_in_part", "other_currency", "other_category")
        return Plan(rows, steps, conditions=own, needs_money=True)

    def goals_by_key(self) -> dict[str, Callable[[], Plan]]:
        """The keys of goals: rows of as-of's month, of its dates that are over, or of the 364 dates before it."""
        today = self.clock.today
        month = today.replace(day=1)
        over = today if self.clock.is_last_instant else today - timedelta(days=1)
        day_before = month - timedelta(days=1)
        b1 = next((branch.id for branch in self.book.scope.branches if branch.code == "b1"), None)
        return {
            "goals.b1.to_date": lambda: self.goal(b1, month, today),
            "goals.b1.projected": lambda: self.goal(b1, month, over),
            "goals.total.expected_pct": lambda: self.goal(
                None, month - timedelta(days=DAYS_BEFORE), day_before, in_money=False
            ),
        }

    def by_key(self) -> dict[str, Callable[[], Plan]]:
        """Every key that the model knows, with its plan."""
        return {
            "total_revenue": lambda: self.revenue(self.window),
            "pos_revenue": lambda: self.revenue(self.window, "pos"),
            "work_order_revenue": lambda: self.revenue(self.window, "work_order"),
            "other_revenue": lambda: self.revenue(self.window, "other"),
            "previous_revenue": lambda: self.revenue(self.previous),
            "average_ticket": lambda: self.revenue(self.window),
            "sales_count": lambda: Plan(
                _sale_rows(self.sales, self.window, paid_only=True), _SOLD, "not_kept"
            ),
            "customers_buying": lambda: self.buyers(self.window),
            "customers_recurring": lambda: self.buyers(self.window, twice=True),
            "customers_active": lambda: self.buyers(None, active=True),
            "customers_total": self.people,
            "customers_new": lambda: self.people(self.window),
            "outstanding_amount": lambda: self.owing(self.window),
            "outstanding_total": lambda: self.owing(None),
            "quotes.total": self.quotes,
            "quotes.accepted": lambda: self.quotes("accepted"),
            "quotes.expired": lambda: self.quotes("expired"),
            "quotes.conversion_pct": self.quotes,
            "work_orders.total": self.stages,
            "work_orders.pending": lambda: self.stages("pending"),
            "work_orders.unknown": lambda: self.stages("unknown"),
            "work_orders.delivery.count": self.deliveries,
            "work_orders.delivery.average_days": self.deliveries,
            "work_orders.delivery.p90_days": self.deliveries,
            "appointments.total": self.visits,
            "appointments.no_show": lambda: self.visits("no_show"),
            "payment_methods.cash": self.cash,
            "products.category_revenue.uncategorised": self.items,
            "products.inventory.out_of_stock": lambda: self.stock("out"),
            "products.inventory.low_stock": lambda: self.stock("low"),
            "changes.total_revenue.previous": lambda: self.revenue(self.previous),
            "changes.average_ticket.change": lambda: self.revenue(self.window),
            "changes.outstanding_amount.previous": lambda: self.owing(self.previous),
            "changes.customers_recurring.previous": lambda: self.buyers(self.previous, twice=True),
            "changes.customers_new.previous": lambda: self.people(self.previous),
            "changes.quotes_count.change": self.quotes,
            "changes.quote_conversion_pct.previous": lambda: self.before().quotes(),
            "changes.appointments_count.previous": lambda: self.before().visits(),
            "changes.work_orders_count.previous": lambda: self.before().stages(),
            "changes.average_delivery_days.previous": lambda: self.before().deliveries(),
            "branches.b1.revenue_rank": self.rank,
            **self.goals_by_key(),
        }


def _sources(sales: Sales) -> list[Any]:
    """The rows in the order of `_sale_rows`."""
    return [*sales.book.orders.values(), *(sales.book.work_orders or {}).values()]


def _money_row(sales: Sales, row: Any, about: Any) -> Row:
    amount = (row.total_amount or NOTHING) if sales.is_report_currency(row.currency) else NOTHING
    return Row(gross=amount, amount=amount, about=about)
