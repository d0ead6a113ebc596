"""Whom to contact: reasons, who is left out, the order and the capacity (contract, section 15)."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .figures import outstanding
from .numbers import average, quantile, round_all, rounded, total
from .sales import amount_of, is_void_work_order
from .sections import PENDING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .rows import Customer
    from .sales import Purchase, Sales

Record = dict[str, Any]

SERVICE = ("ready", "balance")
SELL = ("quote", "no_show", "exam", "prescription", "lapsed")
REASONS = (*SERVICE, *SELL)
LEFT_OUT = (
    *("inactive", "opted_out", "no_contact", "booked", "work_order_open", "bought"),
    *("listed_before", "held_back", "over_capacity"),
)
CHANCE = {"quote": 30, "no_show": 40, "exam": 35, "prescription": 35, "lapsed": 10}
NEVER = date.min


@dataclass(frozen=True, slots=True)
class Rules:
    """What `[worklist]` may change."""

    capacity: int = 40
    exam_months: int = 12
    hold_back_pct: int = 0
    opt_out_tags: tuple[str, ...] = ("no-contactar",)
    chance: dict[str, int] = field(default_factory=lambda: dict(CHANCE))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer is worth a call, since when, and for how much."""

    since: date
    at_stake: Decimal


def worklist(sales: Sales, rules: Rules, listed_before: Collection[str] = ()) -> Record:
    """The list of the week as the data and earlier lists give it, before anything is decided."""
    desk = Desk(sales, rules)
    candidates = desk.reasons()
    left_out: Counter[str] = Counter(dict.fromkeys(LEFT_OUT, 0))
    standing: dict[str | None, list[Record]] = defaultdict(list)
    for customer_id, reasons in sorted(candidates.items()):
        customer = sales.book.customers[customer_id]
        served = {key: reason for key, reason in reasons.items() if key in SERVICE}
        why = desk.why_not(customer, bool(served), listed_before)
        if why is None:
            standing[customer.branch_id].append(desk.row(customer, served or reasons))
        else:
            left_out[why] += 1
    rows = []
    for branch_id in sorted(
        standing, key=lambda entry: (desk.code(entry) is None, desk.code(entry) or "", entry or "")
    ):
        listed, passed = desk.walk(standing[branch_id])
        rows += listed
        left_out += Counter(passed)
    counts = {name: left_out[name] for name in LEFT_OUT}
    answer: Record = round_all(
        {
            "rows": rows,
            "candidates": len(candidates),
            "listed": len(rows),
            "left_out": counts,
        }
    )
    return answer


class Desk:
    """The counter on one date, with everything that it knows of each customer."""

    def __init__(self, sales: Sales, rules: Rules) -> None:
        """Sort purchases and bookings by customer."""
        self.sales, self.rules, self.day = sales, rules, sales.book.clock.today
        self.bought: dict[str, list[Purchase]] = defaultdict(list)
        for purchase in sales.purchases:
            if purchase.customer is not None:
                self.bought[purchase.customer].append(purchase)
        self.codes = {branch.id: branch.code for branch in sales.book.scope.branches}
        self.week = "{}-W{:02d}".format(*self.day.isocalendar()[:2])

    def code(self, branch_id: str | None) -> str | None:
        """The code of a branch, None for customers without one."""
        return self.codes.get(branch_id or "")

    def reasons(self) -> dict[str, dict[str, Reason]]:
        """Every customer with a reason, the reasons in the order of the table."""
        tables = {
            **self._service(),
            "quote": self._quotes(),
            "no_show": self._no_shows(),
            "exam": self._exams(),
            "prescription": self._prescriptions(),
            "lapsed": self._lapsed(),
        }
        reasons: dict[str, dict[str, Reason]] = defaultdict(dict)
        for key in REASONS:
            for customer_id, reason in tables[key].items():
                if customer_id in self.sales.book.customers:
                    reasons[customer_id][key] = reason
        return reasons

    def _service(self) -> dict[str, dict[str, Reason]]:
        """Glasses that wait 7 to 365 days, and purchases of 30 to 730 days that owe something."""
        purchases = {(entry.order is not None, entry.id): entry for entry in self.sales.purchases}
        since: dict[str, date] = {}
        waiting: dict[str, set[tuple[bool, str]]] = defaultdict(set)
        for work in (self.sales.book.work_orders or {}).values():
            ready = self.sales.book.clock.date(work.ready_at or work.created_at)
            if work.status != "ready_for_pickup" or is_void_work_order(work):
                continue
            if work.customer_id in self.sales.book.customers and 7 <= (self.day - ready).days <= 365:
                since[work.customer_id] = min(ready, since.get(work.customer_id, ready))
                linked = self.sales.is_linked(work)
                waiting[work.customer_id].add((linked, str(work.pos_order_id) if linked else work.id))
        spoken_of = set().union(*waiting.values())
        ready_rows = {
            customer_id: Reason(
                since[customer_id], self._owed(purchases[key] for key in keys if key in purchases)
            )
            for customer_id, keys in waiting.items()
        }
        debts: dict[str, list[Purchase]] = defaultdict(list)
        for key, purchase in purchases.items():
            old_enough = 30 <= (self.day - purchase.day).days <= 730
            if purchase.customer and old_enough and key not in spoken_of and self._owed([purchase]) > 0:
                debts[purchase.customer].append(purchase)
        balance = {
            customer_id: Reason(min(entry.day for entry in owing), self._owed(owing))
            for customer_id, owing in debts.items()
        }
        return {"ready": ready_rows, "balance": balance}

    def _owed(self, purchases: Iterable[Purchase]) -> Decimal:
        return total(outstanding(self.sales, [entry]) for entry in purchases)

    def _last(self, customer_id: str) -> date:
        return max((entry.day for entry in self.bought.get(customer_id, ())), default=NEVER)

    def _quotes(self) -> dict[str, Reason]:
        newest: dict[str, Any] = {}
        for quote in sorted(self.sales.book.quotes or [], key=lambda entry: (entry.created_at, entry.id)):
            newest[quote.customer_id or ""] = quote
        window = (self.day - timedelta(14), self.day + timedelta(7))
        return {
            customer_id: Reason(
                quote.expiration_date,
                quote.total_amount or Decimal(0)
                if self.sales.is_report_currency(quote.currency)
                else Decimal(0),
            )
            for customer_id, quote in newest.items()
            if quote.status in {"draft", "sent", "expired"}
            and quote.expiration_date is not None
            and window[0] <= quote.expiration_date <= window[1]
            and self._last(customer_id) < self.sales.book.clock.date(quote.created_at)
        }

    def _no_shows(self) -> dict[str, Reason]:
        latest: dict[str, Any] = {}
        past = [entry for entry in self.sales.book.bookings if entry.appointment_date <= self.day]
        for visit in sorted(
            past, key=lambda entry: (entry.appointment_date, entry.appointment_time or "", entry.id)
        ):
            latest[visit.customer_id or ""] = visit
        return {
            customer_id: Reason(visit.appointment_date, self._ticket(customer_id))
            for customer_id, visit in latest.items()
            if visit.status == "no_show"
            and 1 <= (self.day - visit.appointment_date).days <= 60
            and self._last(customer_id) < visit.appointment_date
        }

    def _exams(self) -> dict[str, Reason]:
        examined: dict[str, list[date]] = defaultdict(list)
        for prescription in self.sales.book.prescriptions:
            if prescription.prescription_date is not None:
                examined[prescription.customer_id or ""].append(prescription.prescription_date)
        for visit in self.sales.book.bookings:
            if visit.status == "completed" and visit.appointment_type == "eye_exam":
                examined[visit.customer_id or ""].append(visit.appointment_date)
        due: dict[str, Reason] = {}
        for customer in self.sales.book.customers.values():
            dates = examined[customer.id] + [customer.last_eye_exam_date or NEVER]
            last = max((entry for entry in dates if entry <= self.day), default=NEVER)
            exam = self._next_exam(customer, last)
            if exam and self.day - timedelta(90) <= exam <= self.day + timedelta(14):
                due[customer.id] = Reason(exam, self._ticket(customer.id))
        return due

    def _next_exam(self, customer: Customer, last: date) -> date | None:
        stated = customer.next_eye_exam_due
        if stated is not None and stated > last:
            return stated
        if last == NEVER:
            return None
        years, month = divmod(last.month - 1 + self.rules.exam_months, 12)
        year, month = last.year + years, month + 1
        return date(year, month, min(last.day, monthrange(year, month)[1]))

    def _prescriptions(self) -> dict[str, Reason]:
        newest: dict[str, Any] = {}
        for entry in sorted(
            self.sales.book.prescriptions, key=lambda entry: (entry.prescription_date or NEVER, entry.id)
        ):
            newest[entry.customer_id or ""] = entry
        return {
            customer_id: Reason(entry.expiration_date, self._ticket(customer_id))
            for customer_id, entry in newest.items()
            if entry.expiration_date and abs((entry.expiration_date - self.day).days) <= 30
        }

    def _lapsed(self) -> dict[str, Reason]:
        spent = {
            customer_id: amount_of(entry for entry in bought if entry.recognised)
            for customer_id, bought in self.bought.items()
        }
        buyers = [
            customer for customer, bought in self.bought.items() if any(entry.recognised for entry in bought)
        ]
        if not buyers:
            return {}
        median = quantile([spent[customer] for customer in buyers], Fraction(1, 2))
        return {
            customer_id: Reason(self._last(customer_id), self._ticket(customer_id))
            for customer_id, amount in spent.items()
            if 541 <= (self.day - self._last(customer_id)).days <= 1095 and amount >= median
        }

    def _ticket(self, customer_id: str) -> Decimal:
        """The customer's average sale, else the branch's of a year, else the scope's, else nothing."""
        customer = self.sales.book.customers.get(customer_id)
        if customer is None:
            return Decimal(0)
        year = [
            entry
            for entry in self.sales.purchases
            if entry.recognised and self.day - timedelta(364) <= entry.day <= self.day
        ]
        of_branch = [entry for entry in year if customer.branch_id and entry.branch_id == customer.branch_id]
        own = [entry for entry in self.bought.get(customer_id, ()) if entry.recognised]
        for some in (own, of_branch, year):
            mean = average(amount_of(some), sum(entry.is_report_currency for entry in some))
            if mean is not None:
                return rounded(mean, 2)
        return Decimal(0)

    def why_not(self, customer: Customer, served: bool, listed_before: Collection[str]) -> str | None:  # noqa: FBT001
        """The first rule that leaves a candidate out."""
        tags = [
            tag.strip().strip('"').strip().lower() for tag in (customer.tags or "").strip("{}").split(",")
        ]
        email = (customer.email or "").strip(" ").lower()
        if customer.is_active is False:
            return "inactive"
        if set(tags) & {tag.strip().lower() for tag in self.rules.opt_out_tags}:
            return "opted_out"
        if not (customer.phone or "").strip() and (not email or email.endswith("@pos.local")):
            return "no_contact"
        return None if served else self._why_not_sell(customer.id, listed_before)

    def _why_not_sell(self, customer_id: str, listed_before: Collection[str]) -> str | None:
        clock = self.sales.book.clock
        if any(
            entry.customer_id == customer_id
            and entry.status in {"scheduled", "confirmed"}
            and entry.appointment_date >= self.day
            for entry in self.sales.book.bookings
        ):
            return "booked"
        waiting = {*PENDING, "ready_for_pickup"} - {"quote"}
        if any(
            work.customer_id == customer_id
            and work.status in waiting
            and not is_void_work_order(work)
            and (self.day - clock.date(work.created_at)).days <= 180
            for work in (self.sales.book.work_orders or {}).values()
        ):
            return "work_order_open"
        if (self.day - self._last(customer_id)).days < 60:
            return "bought"
        return "listed_before" if customer_id in listed_before else None

    def row(self, customer: Customer, reasons: dict[str, Reason]) -> Record:
        """A row of the list, without its place."""
        served = next(iter(reasons)) in SERVICE
        values = {
            key: entry.at_stake
            if served
            else rounded(Fraction(entry.at_stake) * self.rules.chance[key] / 100, 2)
            for key, entry in reasons.items()
        }
        # Python's max keeps the first of equals, as the table does.
        reason = next(iter(reasons)) if served else max(values, key=lambda key: values[key])
        value = total(values.values()) if served else values[reason]
        return {
            "week": self.week,
            "branch": self.code(customer.branch_id),
            "rank": None,
            "customer_id": customer.id,
            "reason": reason,
            "since": reasons[reason].since,
            "at_stake": reasons[reason].at_stake,
            "value": value,
            "also": [key for key in reasons if key != reason],
            "channel": self._channel(customer),
            "last_purchase": self._last(customer.id) if customer.id in self.bought else None,
            "status": "open",
        }

    def _channel(self, customer: Customer) -> str | None:
        phone = bool((customer.phone or "").strip())
        address = (customer.email or "").strip(" ").lower()
        email = bool(address) and not address.endswith("@pos.local")
        preferred = customer.preferred_contact_method
        if preferred in {"whatsapp", "sms", "phone"} and phone:
            return preferred
        if preferred == "email" and email:
            return "email"
        return "phone" if phone else "email" if email else None

    def walk(self, rows: list[Record]) -> tuple[list[Record], list[str]]:
        """List a branch's rows in order until its capacity is full; who is passed over, and why."""
        served = sorted(
            (row for row in rows if row["reason"] in SERVICE),
            key=lambda row: (-row["at_stake"], -row["value"], row["customer_id"]),
        )
        sold = sorted(
            (row for row in rows if row["reason"] in SELL),
            key=lambda row: (-row["value"], row["customer_id"]),
        )
        listed, passed, places = list(served), [], self.rules.capacity
        for row in sold:
            if not places:
                passed.append("over_capacity")
            elif self._is_held_back(row["customer_id"]):
                passed.append("held_back")
            else:
                places -= 1
                listed.append(row)
        return [{**row, "rank": place} for place, row in enumerate(listed, start=1)], passed

    def _is_held_back(self, customer_id: str) -> bool:
        quarter = f"{self.day.year}-Q{(self.day.month + 2) // 3}"
        digest = hashlib.md5(f"opttius-hold|{quarter}|{customer_id}".encode()).hexdigest()  # noqa: S324
        return int(digest[:8], 16) % 100 < self.rules.hold_back_pct
