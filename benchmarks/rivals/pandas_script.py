"""pandas on the Parquet exports: ``revenue|segments FOLDER``; it answers as every rival."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.rivals import question

ORDERS = ("customer_id", "email", "sii_rut", "status", "payment_status", "total_amount", "currency")
WORK_ORDERS = ("customer_id", "pos_order_id", "status", "payment_status", "total_amount", "currency")
UNTIL = pd.Timestamp(question.UNTIL)


def main(job: str, folder: str) -> None:
    """Answer one question."""
    place = Path(folder)
    if job == "revenue":
        print(question.format_revenue(sum_revenue(place)))
    else:
        build_segments(place).to_parquet("segments.parquet", index=False)


def sum_revenue(folder: Path) -> list[tuple[str | None, int, int]]:
    """Revenue of each branch in both windows, in cents."""
    orders, work_orders = (
        read_rows(folder, "orders", ORDERS[3:]),
        read_rows(folder, "lab_work_orders", WORK_ORDERS[1:]),
    )
    since = pd.Timestamp(question.PREVIOUS_FROM)
    recent_orders, recent_work_orders = settle(orders, since), settle(work_orders, since)
    purchases = build_purchases(folder, recent_orders, recent_work_orders, orders["id"])
    sales = purchases[purchases["is_recognised"]]
    is_now = sales["created_at"] >= pd.Timestamp(question.CURRENT_FROM)
    codes = read_table(folder, "branches", ("id", "code")).set_index("id")["code"].to_dict()
    # A missing branch has no key of its own in pandas.
    branch = sales["branch_id"].fillna(b"")
    now, before = (sales["money"].where(side, 0).groupby(branch).sum() for side in (is_now, ~is_now))
    return [(codes.get(key), int(now[key]), int(before[key])) for key in now.index]


def read_table(folder: Path, table: str, columns: tuple[str, ...]) -> Any:
    """Some columns of a table; ids as bytes, amounts as whole cents."""
    rows = pq.read_table(folder / f"{table}.parquet", columns=list(columns))
    for place, field in enumerate(rows.schema):
        if isinstance(field.type, pa.BaseExtensionType):
            chunks = [chunk.storage for chunk in rows.column(place).chunks]
            rows = rows.set_column(place, field.name, pa.chunked_array(chunks, type=pa.binary(16)))
        elif pa.types.is_decimal(field.type):
            cents = pc.multiply(rows.column(place), pa.scalar(100)).cast(pa.int64())
            rows = rows.set_column(place, field.name, pc.fill_null(cents, 0))
    return rows.to_pandas()


def read_rows(folder: Path, table: str, columns: tuple[str, ...] = ()) -> Any:
    """The rows of the scope up to as-of, however often an id stands there."""
    organizations = read_table(folder, "organizations", ("id", "slug"))
    organization = organizations.loc[organizations["slug"] == question.ORGANIZATION, "id"].iloc[0]
    branches = read_table(folder, "branches", ("id", "organization_id"))
    ours = branches.loc[branches["organization_id"] == organization, "id"]
    names = ("id", "branch_id", "organization_id", "created_at", "updated_at", *columns)
    rows = read_table(folder, table, names)
    held = rows["branch_id"].isin(ours)
    held |= rows["branch_id"].isna() & (rows["organization_id"] == organization)
    return rows[held & (rows["created_at"] < UNTIL)]


def settle(rows: Any, since: pd.Timestamp | None = None) -> Any:
    """One row per id, the one written last; of those from an instant on where one is named."""
    several = rows["id"].duplicated(keep=False)
    newest_first = rows[several].sort_values(
        ["updated_at", "created_at"], ascending=False, na_position="last"
    )
    both = pd.concat([rows[~several], newest_first.drop_duplicates("id")])
    return both if since is None else both[both["created_at"] >= since]


def build_purchases(folder: Path, orders: Any, work_orders: Any, order_ids: Any) -> Any:
    """Every act of buying, once: orders that count, and work orders that no order speaks for."""
    kept = orders["id"].map(sum_kept(folder, orders))
    void = orders["status"].isin(question.VOID_ORDERS) | orders["payment_status"].isin(question.VOID_PAYMENTS)
    sales = pd.DataFrame(
        {
            "id": orders["id"],
            "kind": "order",
            "branch_id": orders["branch_id"],
            "created_at": orders["created_at"],
            "is_recognised": kept.notna() | (orders["payment_status"] == "paid"),
            "money": money_of(kept.fillna(orders["total_amount"]).astype("int64"), orders["currency"]),
        }
    )[kept.notna() | ~void]
    left_out = work_orders["status"].isin((*question.VOID_WORK_ORDERS, "quote"))
    left_out |= (work_orders["payment_status"] == "refunded") | work_orders["pos_order_id"].isin(order_ids)
    alone = work_orders[~left_out]
    works = pd.DataFrame(
        {
            "id": alone["id"],
            "kind": "work_order",
            "branch_id": alone["branch_id"],
            "created_at": alone["created_at"],
            "is_recognised": alone["payment_status"] == "paid",
            "money": money_of(alone["total_amount"], alone["currency"]),
        }
    )
    return pd.concat([sales, works], ignore_index=True)


def sum_kept(folder: Path, orders: Any) -> dict[bytes, int]:
    """What is kept of each order that was refunded in part, in cents."""
    marked = orders[orders["payment_status"].isin(question.PART_REFUNDS)].set_index("id")
    sums = []
    for table, day in (("order_payments", "paid_at"), ("credit_notes", "created_at")):
        rows = read_table(folder, table, ("id", "order_id", "amount", day))
        rows = rows[rows["order_id"].isin(marked.index) & (rows[day].isna() | (rows[day] < UNTIL))]
        sums.append(rows.drop_duplicates("id").groupby("order_id")["amount"].sum())
    paid, returned = (amounts.reindex(marked.index).fillna(0) for amounts in sums)
    kept = paid.clip(upper=marked["total_amount"]) - returned
    in_part = (marked["payment_status"] == "partially_refunded") | (returned > 0)
    return {key: int(value) for key, value in kept[in_part & (kept > 0)].items()}


def money_of(amounts: Any, currencies: Any) -> Any:
    """Amounts in the report's currency; 0 in another."""
    code = currencies.str.strip().str.upper().fillna("")
    return amounts.where(code.isin(("", question.CURRENCY)), 0)


def build_segments(folder: Path) -> Any:
    """Every customer's purchases, money, dates and lifecycle segment."""
    rows = read_rows(folder, "orders", ORDERS)
    orders, work_orders = settle(rows), settle(read_rows(folder, "lab_work_orders", WORK_ORDERS))
    customers = settle(read_rows(folder, "customers", ("email", "rut")))
    purchases = build_purchases(folder, orders, work_orders, rows["id"])
    owners = pd.concat(
        [
            attribute_orders(orders, work_orders, customers).assign(kind="order"),
            work_orders[["id", "customer_id"]].assign(kind="work_order"),
        ]
    )
    purchases = purchases.merge(owners, on=["id", "kind"])
    purchases["cents"] = purchases["money"].where(purchases["is_recognised"], 0)
    figures = purchases.groupby("customer_id").agg(
        purchases=("id", "size"),
        recognised_sales=("is_recognised", "sum"),
        cents=("cents", "sum"),
        first_purchase=("created_at", "min"),
        last_purchase=("created_at", "max"),
    )
    answer = customers[["id"]].merge(figures, left_on="id", right_index=True, how="left")
    counts = ["purchases", "recognised_sales", "cents"]
    answer[counts] = answer[counts].fillna(0).astype("int64")
    for name in ("first_purchase", "last_purchase"):
        answer[name] = answer[name].dt.tz_convert(question.ZONE).dt.tz_localize(None).dt.normalize()
    days = (pd.Timestamp(question.AS_OF) - answer["last_purchase"]).dt.days
    answer["segment"] = "first-time"
    for condition, segment in (
        (answer["purchases"] > question.REGULAR_PURCHASES, "regular"),
        (answer["purchases"] > question.VIP_PURCHASES, "vip"),
        (days > question.AT_RISK_DAYS, "at-risk"),
        (answer["purchases"] == 0, "new"),
    ):
        answer.loc[condition, "segment"] = segment
    answer = answer.sort_values(["cents", "id"], ascending=[False, True])
    return answer.assign(customer_id=answer["id"].map(bytes.hex)).drop(columns="id")


def attribute_orders(orders: Any, work_orders: Any, customers: Any) -> Any:
    """Whose each order is; one that is nobody's names no customer."""
    is_named = orders["customer_id"].isin(customers["id"])
    named, unnamed = orders.loc[is_named, ["id", "customer_id"]], orders[~is_named]
    void = work_orders["status"].isin(question.VOID_WORK_ORDERS) | (
        work_orders["payment_status"] == "refunded"
    )
    links = work_orders[~void & work_orders["pos_order_id"].isin(unnamed["id"])]
    # A work order of nobody, or of somebody who is not here, keeps its order from being anybody's.
    linked = links.assign(is_ours=links["customer_id"].isin(customers["id"])).groupby("pos_order_id")
    agree = linked["is_ours"].all() & (linked["customer_id"].min() == linked["customer_id"].max())
    owner = unnamed["id"].map(linked["customer_id"].first()[agree])
    nameless = unnamed["customer_id"].isna()
    rut = rut_key(unnamed["sii_rut"]).where(nameless)
    persons = {key for key in rut.dropna().unique() if question.is_person_rut(key)}
    email = email_key(unnamed["email"]).where(nameless)
    is_address = email.notna() & ~email.str.endswith(question.PLACEHOLDER_DOMAIN, na=False)
    for asked, held in (
        (rut.where(rut.isin(persons)), rut_key(customers["rut"])),
        (email.where(is_address), email_key(customers["email"])),
    ):
        holders = customers.assign(key=held).dropna(subset=["branch_id", "key"])
        holders = holders.drop_duplicates(["branch_id", "key"], keep=False)[["branch_id", "key", "id"]]
        sought = unnamed.assign(key=asked).dropna(subset=["branch_id", "key"])[["id", "branch_id", "key"]]
        matches = sought.merge(holders, on=["branch_id", "key"], suffixes=("", "_customer"))
        owner = owner.fillna(unnamed["id"].map(matches.set_index("id")["id_customer"]))
    return pd.concat([named, unnamed[["id"]].assign(customer_id=owner).dropna()])


def rut_key(ruts: Any) -> Any:
    """RUTs as they are compared."""
    keys = ruts.str.replace(r"[.\s\-\u2010-\u2015\u2212]", "", regex=True).str.upper().str.lstrip("0")
    return keys.where(keys != "")


def email_key(emails: Any) -> Any:
    """Addresses as they are compared; a blank one is none."""
    keys = emails.str.strip(" ").str.lower()
    return keys.where(keys != "")


if __name__ == "__main__":
    main(*sys.argv[1:])
