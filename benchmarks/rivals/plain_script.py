"""The app's way in plain Python: fetch every row, then loop. ``revenue|segments FOLDER``; it answers as every rival.

For revenue it goes through all sales once per day of both windows, as the app's dashboard does.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.rivals import question

Row = dict[str, Any]
ORDERS = ("customer_id", "email", "sii_rut", "status", "payment_status", "total_amount", "currency")
WORK_ORDERS = ("customer_id", "pos_order_id", "status", "payment_status", "total_amount", "currency")
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def main(job: str, folder: str) -> None:
    """Answer one question."""
    place = Path(folder)
    all_orders = fetch_rows(place, "orders", ORDERS)
    orders, work_orders = settle(all_orders), settle(fetch_rows(place, "lab_work_orders", WORK_ORDERS))
    purchases = list_purchases(place, orders, work_orders)
    if job == "revenue":
        print(question.format_revenue(sum_revenue(place, purchases)))
        return
    customers = settle(fetch_rows(place, "customers", ("email", "rut")))
    write_segments(customers, purchases, attribute_orders(orders, work_orders, customers))


def fetch_table(folder: Path, table: str, columns: tuple[str, ...]) -> list[Row]:
    """Every row of a table, as the app gets them from its interface."""
    rows: list[Row] = pq.read_table(folder / f"{table}.parquet", columns=list(columns)).to_pylist()
    return rows


def fetch_rows(folder: Path, table: str, columns: tuple[str, ...]) -> list[Row]:
    """The rows of the scope up to as-of, however often an id stands there."""
    organizations = fetch_table(folder, "organizations", ("id", "slug"))
    organization = next(row["id"] for row in organizations if row["slug"] == question.ORGANIZATION)
    branches = fetch_table(folder, "branches", ("id", "organization_id"))
    ours = {row["id"] for row in branches if row["organization_id"] == organization}
    names = ("id", "branch_id", "organization_id", "created_at", "updated_at", *columns)
    return [
        row
        for row in fetch_table(folder, table, names)
        if row["created_at"] < question.UNTIL
        and (
            row["branch_id"] in ours or (row["branch_id"] is None and row["organization_id"] == organization)
        )
    ]


def settle(rows: list[Row]) -> list[Row]:
    """One row per id, the one written last."""
    latest: dict[Any, Row] = {}
    for row in rows:
        other = latest.get(row["id"])
        if other is None or _written_at(row) > _written_at(other):
            latest[row["id"]] = row
    return list(latest.values())


def _written_at(row: Row) -> tuple[datetime, datetime]:
    return row["updated_at"] or NEVER, row["created_at"]


def list_purchases(folder: Path, orders: list[Row], work_orders: list[Row]) -> list[Row]:
    """Every act of buying, once: orders that count, and work orders that no order speaks for."""
    kept = sum_kept(folder, orders)
    ids = {row["id"] for row in orders}
    purchases = []
    for row in orders:
        is_void = row["status"] in question.VOID_ORDERS or row["payment_status"] in question.VOID_PAYMENTS
        if row["id"] in kept:
            purchases.append(_build_purchase(row, "order", kept[row["id"]], is_recognised=True))
        elif not is_void:
            purchases.append(_build_purchase(row, "order", _cents(row["total_amount"])))
    for row in work_orders:
        is_void = row["status"] in question.VOID_WORK_ORDERS or row["payment_status"] == "refunded"
        if not is_void and row["status"] != "quote" and row["pos_order_id"] not in ids:
            purchases.append(_build_purchase(row, "work_order", _cents(row["total_amount"])))
    return purchases


def _build_purchase(row: Row, kind: str, cents: int, *, is_recognised: bool = False) -> Row:
    is_ours = (row["currency"] or "").strip().upper() in {"", question.CURRENCY}
    return {
        "kind": kind,
        "id": row["id"],
        "branch_id": row["branch_id"],
        "customer_id": row["customer_id"],
        "day": row["created_at"].astimezone(ZoneInfo(question.ZONE)).date(),
        "is_recognised": is_recognised or row["payment_status"] == "paid",
        "cents": cents if is_ours else 0,
    }


def _cents(amount: Any) -> int:
    return int(100 * (amount or 0))


def sum_kept(folder: Path, orders: list[Row]) -> dict[Any, int]:
    """What is kept of each order that was refunded in part, in cents."""
    marked = {row["id"]: row for row in orders if row["payment_status"] in question.PART_REFUNDS}
    sums = []
    for table, day in (("order_payments", "paid_at"), ("credit_notes", "created_at")):
        rows = {row["id"]: row for row in fetch_table(folder, table, ("id", "order_id", "amount", day))}
        total: Counter[Any] = Counter()
        for row in rows.values():
            if row["order_id"] in marked and (row[day] is None or row[day] < question.UNTIL):
                total[row["order_id"]] += _cents(row["amount"])
        sums.append(total)
    paid, returned = sums
    kept = {
        key: min(paid[key], _cents(row["total_amount"])) - returned[key]
        for key, row in marked.items()
        if row["payment_status"] == "partially_refunded" or returned[key] > 0
    }
    return {key: cents for key, cents in kept.items() if cents > 0}


def sum_revenue(folder: Path, purchases: list[Row]) -> list[tuple[str | None, int, int]]:
    """Revenue of each branch in both windows, in cents: all sales are looked through for every day."""
    codes = {row["id"]: row["code"] for row in fetch_table(folder, "branches", ("id", "code"))}
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for age in range(2 * question.DAYS):
        day = question.AS_OF - timedelta(days=age)
        for row in purchases:
            if row["day"] == day and row["is_recognised"]:
                sums[row["branch_id"]][age // question.DAYS] += row["cents"]
    return [(codes.get(branch), now, before) for branch, (now, before) in sums.items()]


def attribute_orders(orders: list[Row], work_orders: list[Row], customers: list[Row]) -> dict[Any, Any]:
    """Whose each order is."""
    ids = {row["id"] for row in customers}
    links, by_rut, by_email = defaultdict(set), defaultdict(list), defaultdict(list)
    for row in work_orders:
        if row["status"] not in question.VOID_WORK_ORDERS and row["payment_status"] != "refunded":
            links[row["pos_order_id"]].add(row["customer_id"])
    for row in customers:
        by_rut[row["branch_id"], rut_key(row["rut"])].append(row["id"])
        by_email[row["branch_id"], email_key(row["email"])].append(row["id"])
    owners = {}
    for row in orders:
        linked = links.get(row["id"], set())
        rut, email = rut_key(row["sii_rut"]), email_key(row["email"])
        if row["customer_id"] in ids:
            owners[row["id"]] = row["customer_id"]
        elif len(linked) == 1 and linked <= ids:
            owners[row["id"]] = next(iter(linked))
        elif row["customer_id"] is None and row["branch_id"] is not None:
            holders = by_rut.get((row["branch_id"], rut), []) if question.is_person_rut(rut) else []
            if len(holders) != 1 and email and not email.endswith(question.PLACEHOLDER_DOMAIN):
                holders = by_email.get((row["branch_id"], email), [])
            owners[row["id"]] = holders[0] if len(holders) == 1 else None
    return owners


def rut_key(rut: str | None) -> str:
    """A RUT as it is compared."""
    return "".join((rut or "").replace(".", "").replace("-", "").split()).upper().lstrip("0")


def email_key(email: str | None) -> str:
    """An address as it is compared; a blank one is none."""
    return (email or "").strip(" ").lower()


def write_segments(customers: list[Row], purchases: list[Row], owners: dict[Any, Any]) -> None:
    """Write every customer's purchases, money, dates and lifecycle segment."""
    bought = defaultdict(list)
    for purchase in purchases:
        owner = owners.get(purchase["id"]) if purchase["kind"] == "order" else purchase["customer_id"]
        bought[owner].append(purchase)
    answer = []
    for customer in customers:
        own = bought.get(customer["id"], [])
        sales = [purchase for purchase in own if purchase["is_recognised"]]
        days = [purchase["day"] for purchase in own]
        since = (question.AS_OF - max(days)).days if days else 0
        answer.append(
            {
                "customer_id": question.format_id(customer["id"]),
                "purchases": len(own),
                "recognised_sales": len(sales),
                "cents": sum(sale["cents"] for sale in sales),
                "first_purchase": min(days, default=None),
                "last_purchase": max(days, default=None),
                "segment": question.name_segment(len(own), since) if own else "new",
            }
        )
    answer.sort(key=lambda row: (-row["cents"], row["customer_id"]))
    pq.write_table(pa.Table.from_pylist(answer), "segments.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
