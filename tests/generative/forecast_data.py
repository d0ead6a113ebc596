"""Shops that are large enough for a forecast: a few hundred customers who come back, with every kind of occasion."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from generative.datasets import BRANCHES_OF_ALL, NULL, SHOP, Dataset

if TYPE_CHECKING:
    from generative.datasets import Row

AS_OF = "2026-11-22"
TODAY = date.fromisoformat(AS_OF)
CYCLES = (30, 90, 200, 380, 700)
"""How many days pass between two purchases, about: from lenses to glasses."""
STATUSES = ("paid", "paid", "paid", "paid", "pending", "refunded")
CURRENCIES = (NULL, NULL, NULL, "CLP", "USD")


@st.composite
def forecast_worlds(draw: st.DrawFn) -> Dataset:
    """Draw a shop of five years; a seed stands for its few hundred customers, which are too many to be drawn."""
    dice = random.Random(draw(st.integers(0, 10_000)))
    stay = draw(st.sampled_from([0.6, 0.8]))
    customers: list[Row] = []
    orders: list[Row] = []
    for number in range(draw(st.sampled_from([60, 460, 480]))):
        branch = dice.choice(["b1", "b1", "b1", "b2", NULL])
        customers.append({"id": f"c{number}", "branch_id": branch})
        orders += _history(dice, f"c{number}", branch, stay)
    orders += [_order(dice, NULL, "b1", TODAY - timedelta(day)) for day in (3, 90, 400)]
    for number, order in enumerate(orders):
        order["id"] = f"o{number}"
    tables = {
        "organizations": [SHOP],
        "branches": [row for row in BRANCHES_OF_ALL if row["organization_id"] == "g1"],
        "customers": customers,
        "orders": orders,
    }
    scope = draw(st.sampled_from([("--organization", "g1"), ("--branch", "b1")]))
    return Dataset(tables, scope, AS_OF, "30", "previous")


def _history(dice: random.Random, customer: str, branch: str, stay: float) -> list[Row]:
    """One customer's orders: from a first one on, until it is lost; some dates have two."""
    day = TODAY - timedelta(dice.randrange(5 * 365))
    cycle, orders = dice.choice(CYCLES), []
    while day <= TODAY:
        orders += [_order(dice, customer, branch, day) for _time in range(dice.choice([1, 1, 1, 2]))]
        if dice.random() > stay:
            break
        day += timedelta(max(1, round(dice.gauss(cycle, cycle / 5))))
    return orders


def _order(dice: random.Random, customer: str, branch: str, day: date) -> Row:
    return {
        "customer_id": customer,
        "branch_id": dice.choice([branch, "b1"]),
        "total_amount": f"{dice.choice([0, 9990, 45000, 120000.55, 350000])}",
        "payment_status": dice.choice(STATUSES),
        "currency": dice.choice(CURRENCIES),
        "created_at": f"{day.isoformat()} 16:00:00+00",
    }
