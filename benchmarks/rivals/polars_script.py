"""Polars, lazy and streaming, on the Parquet exports: ``revenue|segments FOLDER``; it answers as every rival."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from polars import col

from benchmarks.rivals import question

ORDERS = ("customer_id", "email", "sii_rut", "status", "payment_status", "total_amount", "currency")
WORK_ORDERS = ("customer_id", "pos_order_id", "status", "payment_status", "total_amount", "currency")
CUSTOMERS = ("email", "rut")


def main(job: str, folder: str) -> None:
    """Answer one question."""
    read = partial(read_rows, Path(folder))
    if job == "revenue":
        print(question.format_revenue(sum_revenue(Path(folder), read)))
    else:
        build_segments(Path(folder), read).sink_parquet("segments.parquet")


def sum_revenue(folder: Path, read: Any) -> list[tuple[str | None, int, int]]:
    """Revenue of each branch in both windows, in cents."""
    since = question.PREVIOUS_FROM
    ids = read("orders")
    orders = settle(read("orders", ORDERS[3:]), since)
    work_orders = settle(read("lab_work_orders", WORK_ORDERS[1:]), since)
    is_now = col("created_at") >= question.CURRENT_FROM
    sums = (
        build_purchases(folder, orders, work_orders, ids)
        .filter("is_recognised")
        .group_by("branch_id")
        .agg(
            now=col("money").filter(is_now).sum(),
            before=col("money").filter(~is_now).sum(),
        )
        .join(
            pl.scan_parquet(folder / "branches.parquet").select("id", "code"),
            left_on="branch_id",
            right_on="id",
            how="left",
        )
        .select("code", "now", "before")
        .collect(engine="streaming")
    )
    return [(code, round(100 * now), round(100 * before)) for code, now, before in sums.rows()]


def read_rows(folder: Path, table: str, columns: tuple[str, ...] = ()) -> pl.LazyFrame:
    """The rows of the scope up to as-of, however often an id stands there."""
    organizations = pl.scan_parquet(folder / "organizations.parquet").filter(slug=question.ORGANIZATION)
    organization = organizations.select("id").collect().item()
    branches = (
        pl.scan_parquet(folder / "branches.parquet")
        .filter(col("organization_id") == organization)
        .select("id")
        .collect()["id"]
    )
    is_held = col("branch_id").is_in(branches.implode()) | (
        col("branch_id").is_null() & (col("organization_id") == organization)
    )
    rows = pl.scan_parquet(folder / f"{table}.parquet").filter(is_held, col("created_at") < question.UNTIL)
    return rows.select("id", "branch_id", "created_at", "updated_at", *columns)


def settle(rows: pl.LazyFrame, since: Any = None) -> pl.LazyFrame:
    """One row per id, the one written last; of those from an instant on where one is named."""
    newest = pl.lit(value=True) if since is None else col("created_at").max() >= since
    repeated = rows.group_by("id").agg(count=pl.len(), is_asked=newest).filter(col("count") > 1, "is_asked")
    repeats = repeated.select("id").collect(engine="streaming")["id"]
    several = col("id").is_in(repeats.implode())
    latest = (rows.filter(several).sort("updated_at", "created_at", descending=True, nulls_last=True)).unique(
        "id", keep="first", maintain_order=True
    )
    both = pl.concat([rows.filter(~several), latest])
    return both if since is None else both.filter(col("created_at") >= since)


def build_purchases(
    folder: Path, orders: pl.LazyFrame, work_orders: pl.LazyFrame, all_orders: pl.LazyFrame
) -> pl.LazyFrame:
    """Every act of buying, once: orders that count, and work orders that no order speaks for."""
    kept = col("kept")
    void_order = status_in("status", question.VOID_ORDERS) | status_in(
        "payment_status", question.VOID_PAYMENTS
    )
    sales = orders.join(sum_kept(folder, orders), on="id", how="left").filter(
        kept.is_not_null() | ~void_order
    )
    void = status_in("status", (*question.VOID_WORK_ORDERS, "quote")) | status_in(
        "payment_status", ("refunded",)
    )
    alone = work_orders.filter(~void).join(
        all_orders.select("id"), left_on="pos_order_id", right_on="id", how="anti"
    )
    is_paid = status_in("payment_status", ("paid",))
    shared = ("id", "branch_id", "created_at")
    return pl.concat(
        [
            sales.select(
                *shared,
                is_recognised=kept.is_not_null() | is_paid,
                money=money_of(pl.coalesce(kept, "total_amount")),
                kind=pl.lit("order"),
            ),
            alone.select(
                *shared, is_recognised=is_paid, money=money_of(col("total_amount")), kind=pl.lit("work_order")
            ),
        ]
    )


def sum_kept(folder: Path, orders: pl.LazyFrame) -> pl.LazyFrame:
    """What is kept of each order that was refunded in part."""
    marked = orders.filter(status_in("payment_status", question.PART_REFUNDS)).select(
        "id", "payment_status", amount=col("total_amount").fill_null(0)
    )
    children = []
    for table, day in (("order_payments", "paid_at"), ("credit_notes", "created_at")):
        rows = pl.scan_parquet(folder / f"{table}.parquet")
        rows = rows.filter(col(day).is_null() | (col(day) < question.UNTIL)).select(
            "id", "order_id", "amount"
        )
        rows = rows.join(marked, left_on="order_id", right_on="id", how="semi").unique()
        children.append(rows.group_by(id="order_id").agg(col("amount").sum().alias(table)))
    payments, notes = children
    in_part = (col("payment_status") == "partially_refunded") | (col("credit_notes") > 0)
    remainder = pl.min_horizontal(col("order_payments").fill_null(0), "amount") - col(
        "credit_notes"
    ).fill_null(0)
    joined = marked.join(payments, on="id", how="left").join(notes, on="id", how="left")
    return (
        joined.filter(in_part)
        .select("id", kept=remainder.cast(pl.Decimal(18, 2)))
        .filter(col("kept") > 0)
        .unique()
    )


def status_in(name: str, values: tuple[str, ...]) -> pl.Expr:
    """Whether a column holds one of the values; nothing is none of them."""
    return col(name).is_in(values).fill_null(value=False)


def money_of(amount: pl.Expr) -> pl.Expr:
    """An amount in the report's currency; 0 where it is missing or in another."""
    code = col("currency").str.strip_chars().str.to_uppercase()
    is_ours = (code == question.CURRENCY) | code.is_null() | (code == "")
    return pl.when(is_ours).then(amount.cast(pl.Decimal(18, 2)).fill_null(0)).otherwise(0)


def build_segments(folder: Path, read: Any) -> pl.LazyFrame:
    """Every customer's purchases, money, dates and lifecycle segment."""
    orders, work_orders = settle(read("orders", ORDERS)), settle(read("lab_work_orders", WORK_ORDERS))
    customers = settle(read("customers", CUSTOMERS)).with_columns(
        email_key=email_key("email"), rut_key=rut_key("rut")
    )
    owners = attribute_orders(orders, work_orders, customers)
    purchases = build_purchases(folder, orders, work_orders, read("orders")).join(
        owners, on=("id", "kind"), how="inner"
    )
    spent = col("money").filter("is_recognised").sum()
    figures = purchases.group_by("customer_id").agg(
        purchases=pl.len(),
        recognised_sales=col("is_recognised").sum(),
        cents=(100 * spent).cast(pl.Int64),
        first_purchase=col("created_at").min(),
        last_purchase=col("created_at").max(),
    )
    local = (
        col(name).dt.convert_time_zone(question.ZONE).dt.date()
        for name in ("first_purchase", "last_purchase")
    )
    bought = col("purchases")
    days = (pl.lit(question.AS_OF) - col("last_purchase")).dt.total_days()
    return (
        customers.select("id")
        .join(figures, left_on="id", right_on="customer_id", how="left")
        .with_columns(*local, pl.col("purchases", "recognised_sales", "cents").fill_null(0))
        .with_columns(
            segment=pl.when(bought == 0)
            .then(pl.lit("new"))
            .when(days > question.AT_RISK_DAYS)
            .then(pl.lit("at-risk"))
            .when(bought > question.VIP_PURCHASES)
            .then(pl.lit("vip"))
            .when(bought > question.REGULAR_PURCHASES)
            .then(pl.lit("regular"))
            .otherwise(pl.lit("first-time"))
        )
        .sort("cents", "id", descending=(True, False))
        .select(pl.col("id").bin.encode("hex").alias("customer_id"), pl.exclude("id"))
    )


def attribute_orders(
    orders: pl.LazyFrame, work_orders: pl.LazyFrame, customers: pl.LazyFrame
) -> pl.LazyFrame:
    """Whose each order and each work order is; what is nobody's is left out or names a customer who is not here."""
    ids = customers.select("id")
    unnamed = orders.join(ids, left_on="customer_id", right_on="id", how="anti").with_columns(
        email_key=email_key("email"), rut_key=rut_key("sii_rut")
    )
    void = status_in("status", question.VOID_WORK_ORDERS) | status_in("payment_status", ("refunded",))
    links = (
        work_orders.filter(~void)
        .join(unnamed, left_on="pos_order_id", right_on="id", how="semi")
        .join(ids.with_columns(is_ours=pl.lit(value=True)), left_on="customer_id", right_on="id", how="left")
        .group_by(id="pos_order_id")
        .agg(
            linked=col("customer_id").first(),
            agree=col("is_ours").is_not_null().all() & (col("customer_id").n_unique() == 1),
        )
        .filter("agree")
        .select("id", "linked")
    )
    nameless = unnamed.filter(col("customer_id").is_null())
    keys = nameless.select("rut_key").unique().collect(engine="streaming")["rut_key"].drop_nulls()
    persons = [key for key in keys if question.is_person_rut(key)]
    is_person = col("rut_key").is_in(persons)
    is_address = ~col("email_key").str.ends_with(question.PLACEHOLDER_DOMAIN)
    sought = (
        unnamed.select("id")
        .join(links, on="id", how="left")
        .join(find_holders(nameless, customers, "rut_key", is_person), on="id", how="left")
        .join(find_holders(nameless, customers, "email_key", is_address), on="id", how="left")
        .select("id", customer_id=pl.coalesce("linked", "by_rut_key", "by_email_key"), kind=pl.lit("order"))
    )
    named = orders.join(ids, left_on="customer_id", right_on="id", how="semi")
    return pl.concat(
        [
            named.select("id", "customer_id", kind=pl.lit("order")),
            sought.drop_nulls("customer_id"),
            work_orders.select("id", "customer_id", kind=pl.lit("work_order")),
        ]
    )


def find_holders(sales: pl.LazyFrame, customers: pl.LazyFrame, key: str, condition: pl.Expr) -> pl.LazyFrame:
    """The one customer of an order's own branch who has its key."""
    holders = (
        customers.filter(condition, col("branch_id").is_not_null())
        .group_by("branch_id", key)
        .agg(col("id").first().alias(f"by_{key}"), count=pl.len())
        .filter(col("count") == 1)
    )
    return sales.filter(condition).join(holders, on=("branch_id", key), how="inner").select("id", f"by_{key}")


def email_key(name: str) -> pl.Expr:
    """An address as it is compared; a blank one is none."""
    key = col(name).str.strip_chars(" ").str.to_lowercase()
    return pl.when(key != "").then(key)


def rut_key(name: str) -> pl.Expr:
    """A RUT as it is compared."""
    key = (
        col(name)
        .str.replace_all(r"[.\p{Pd}\x{2212}\p{Z}\s]", "")
        .str.to_uppercase()
        .str.strip_chars_start("0")
    )
    return pl.when(key != "").then(key)


if __name__ == "__main__":
    main(*sys.argv[1:])
