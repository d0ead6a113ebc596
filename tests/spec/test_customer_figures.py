"""Section 7: the figures of one customer, and the page of one."""

from __future__ import annotations

from spec.harness import Ask, Record, expect, run, uuid, write_export

HISTORY = """
customers
id | email         | rut          | created_at
c1 | ana@correo.cl | 12.345.678-5 | 2026-01-01
c2 | ben@correo.cl | 7784638-1    | 2026-01-01

orders
id | customer_id | currency | status    | payment_status | total_amount | created_at
o1 | c1          |          | delivered | paid           | 100          | 2026-11-02
o2 | c1          |          | delivered | paid           | 301          | 2026-11-02
o3 | c1          | USD      | delivered | paid           | 9000         | 2026-11-05
o4 | c1          |          | pending   | pending        | 9000         | 2026-11-11
o5 | c1          |          | cancelled | paid           | 9000         | 2026-11-20

lab_work_orders
id | customer_id | pos_order_id | status    | total_amount | created_at
w1 | c1          |              | delivered | 1000         | 2026-10-23
w2 | c1          | o1           | delivered | 100          | 2026-11-02
w3 | c1          |              | quote     | 9000         | 2026-11-21
"""


def test_the_figures(ask: Ask) -> None:
    """Purchases: w1 (23 October), o1 and o2 (2 November), o3 in another currency (5), o4 unpaid (11)."""
    row = ask.segments(HISTORY)["c1"]
    expect(
        row,
        purchases=5,
        recognised_sales=4,
        total_spent=1401,  # 1000 + 100 + 301
        lifetime_value=1401,
        average_order_value=467,  # 1401 / 3: recognised sales in the report's currency
        first_purchase="2026-10-23",
        last_purchase="2026-11-11",
        days_since_last_purchase=11,
        average_days_between_purchases=6.3,  # 19 days / (4 dates - 1) = 6.33
    )


def test_a_customer_without_purchases(ask: Ask) -> None:
    row = ask.segments(HISTORY)["c2"]
    expect(
        row,
        purchases=0,
        recognised_sales=0,
        total_spent=0,
        lifetime_value=0,
        average_order_value=None,
        first_purchase=None,
        last_purchase=None,
        days_since_last_purchase=None,
        average_days_between_purchases=None,
    )


def test_under_two_dates_there_is_no_time_between(ask: Ask) -> None:
    """Two purchases on one local date: the second is on the next date in UTC."""
    row = ask.segments(
        """
        customers
        id
        c1

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-11-20 10:00:00-03
        o2 | c1          | 2026-11-20 23:00:00-03
        """
    )["c1"]
    expect(
        row,
        purchases=2,
        first_purchase="2026-11-20",
        last_purchase="2026-11-20",
        days_since_last_purchase=2,
        average_days_between_purchases=None,
    )


def test_figures_reach_up_to_as_of(ask: Ask) -> None:
    row = ask.segments(HISTORY, "--as-of", "2026-11-02")["c1"]
    expect(row, purchases=3, total_spent=1401, days_since_last_purchase=0)


def test_the_page_repeats_the_figures(ask: Ask) -> None:
    page = ask.customer(HISTORY, "c1")
    expect(
        page["analytics"],
        purchases=5,
        recognised_sales=4,
        total_spent=1401,
        lifetime_value=1401,
        average_order_value=467,
        first_purchase="2026-10-23",
        last_purchase="2026-11-11",
        days_since_last_purchase=11,
        average_days_between_purchases=6.3,
        segment="regular",
    )


def test_order_status_counts_hold_void_orders_too(ask: Ask) -> None:
    page = ask.customer(HISTORY, "c1")
    assert page["order_status_counts"] == {"cancelled": 1, "delivered": 3, "pending": 1}


def test_favourite_products(ask: Ask) -> None:
    """By quantity, then revenue, then name; of all orders that are not void, paid or not; five at most."""
    page = ask.customer(
        """
        customers
        id
        c1

        orders
        id | customer_id | status    | payment_status
        o1 | c1          | delivered | paid
        o2 | c1          | pending   | pending
        o3 | c1          | cancelled | paid

        order_items
        id | order_id | product_name | quantity | total_price
        i1 | o1       | a            | 2        | 10
        i2 | o2       | ' A '        | 2        | 10
        i3 | o1       | b            | 3        | 50
        i4 | o1       | d            | 3        | 40
        i5 | o1       | c            | 3        | 40
        i6 | o1       | e            | 1        | 900
        i7 | o1       | f            | 1        | 800
        i8 | o3       | g            | 99       | 900
        """,
        "c1",
    )
    favourites = [
        (line["name"].strip().lower(), line["quantity"], line["revenue"])
        for line in page["favourite_products"]
    ]
    assert favourites == [("a", 4, 20), ("b", 3, 50), ("c", 3, 40), ("d", 3, 40), ("e", 1, 900)]


def test_monthly_spending(ask: Ask) -> None:
    """Twelve months, November 2026 last. o2 is in October at home and in November in UTC."""
    page = ask.customer(
        """
        customers
        id | created_at
        c1 | 2020-01-01

        orders
        id | customer_id | currency | payment_status | total_amount | created_at
        o1 | c1          |          | paid           | 1            | 2026-11-20
        o2 | c1          |          | paid           | 10           | 2026-11-01 02:00:00+00
        o3 | c1          |          | pending        | 100          | 2026-10-05
        o4 | c1          | USD      | paid           | 1000         | 2026-10-05
        o5 | c1          |          | paid           | 10000        | 2025-12-05
        o6 | c1          |          | paid           | 100000       | 2025-11-30
        """,
        "c1",
    )
    months = page["monthly_spending"]
    assert [line["month"] for line in months] == [
        "2025-12",
        *(f"2026-{month:02}" for month in range(1, 12)),
    ]
    by_month: dict[str, Record] = {line["month"]: line for line in months}
    expect(by_month["2026-11"], amount=1, purchases=1)
    expect(by_month["2026-10"], amount=10, purchases=3)
    expect(by_month["2025-12"], amount=10000, purchases=1)
    expect(by_month["2026-09"], amount=0, purchases=0)


def test_quotes_appointments_and_work_orders_of_the_customer(ask: Ask) -> None:
    page = ask.customer(
        """
        customers
        id
        c1
        c2

        quotes
        id | customer_id | status
        q1 | c1          | sent
        q2 | c1          |
        q3 | c2          | sent

        appointments
        id | customer_id | status    | appointment_date
        a1 | c1          | completed | 2026-11-20
        a2 | c1          | scheduled | 2026-11-23

        lab_work_orders
        id | customer_id | status
        w1 | c1          | delivered
        w2 | c1          | delivered
        w3 | c1          | cancelled
        """,
        "c1",
    )
    expect(page["quotes"], total=2, by_status={"sent": 1, "unknown": 1})
    expect(page["appointments"], total=1, by_status={"completed": 1})
    expect(page["work_orders"], total=3, by_status={"cancelled": 1, "delivered": 2})


def test_a_customer_is_matched_by_id_email_or_rut() -> None:
    folder = write_export(HISTORY)
    for term in (uuid("c1"), "ana@correo.cl", " ANA@correo.cl", "12.345.678-5", "12345678-5", "123456785"):
        ran = run(folder, "customer", term)
        assert ran.code == 0, (term, ran.stderr)
        assert uuid("c1") in ran.stdout


def test_a_customer_who_is_not_in_scope_does_not_exist() -> None:
    tables = """
        branches
        id
        b1
        b2

        customers
        id | branch_id | email
        c1 | b1        | ana@correo.cl
        c2 | b2        | ben@correo.cl
        """
    ran = run(write_export(tables), "customer", "ben@correo.cl", "--branch", "b1")
    assert (ran.code, ran.stdout) == (6, "")
    assert ran.stderr


def test_two_matches_are_an_error_that_lists_them_masked() -> None:
    tables = """
        customers
        id | email         | first_name | last_name
        c1 | ana@correo.cl | Anastasia  | Villavicencio
        c2 | ANA@correo.cl | Anabel     | Etcheverry
        """
    ran = run(write_export(tables), "customer", "ana@correo.cl")
    assert ran.code != 0
    assert ran.stdout == ""
    for hidden in ("ana@correo.cl", "Villavicencio", "Etcheverry"):
        assert hidden.lower() not in ran.stderr.lower()


def test_active_days_is_a_setting(ask: Ask) -> None:
    """The last purchase of c1 is of 11 November; as-of is the 22nd, so 12 dates include it and 11 do not."""
    for days, active in ((365, 1), (12, 1), (11, 0), (0, 0)):
        report = ask.dashboard(HISTORY, config=f"[segments]\nactive_days = {days}\n")
        assert report["kpis"]["customers_active"] == active, days
