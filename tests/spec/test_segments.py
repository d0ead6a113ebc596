"""Section 8: the lifecycle segment and the RFM scores, each customer in exactly one of either."""

from __future__ import annotations

from itertools import product

from spec.harness import Ask, Record, expect

# As-of is 22 November 2026: 540 days before it is 31 May of the year before.
DAYS_540, DAYS_541 = "2025-05-31", "2025-05-30"


LIFECYCLES = [
    (0, "", "new"),
    (1, "2026-11-20", "first-time"),
    (3, "2026-11-20", "first-time"),
    (4, "2026-11-20", "regular"),
    (10, "2026-11-20", "regular"),
    (11, "2026-11-20", "vip"),
    (1, DAYS_540, "first-time"),
    (1, DAYS_541, "at-risk"),
    (11, DAYS_540, "vip"),
    (11, DAYS_541, "at-risk"),  # the first rule that holds
]


def test_lifecycle(ask: Ask) -> None:
    customers, orders = ["customers", "id"], ["orders", "id | customer_id | created_at"]
    for number, (purchases, last, _) in enumerate(LIFECYCLES):
        customers.append(f"c{number}")
        orders += [f"o{number}{copy:02} | c{number} | {last}" for copy in range(purchases)]
    rows = ask.segments("\n".join([*customers, *orders]))
    for number, (purchases, _, segment) in enumerate(LIFECYCLES):
        expect(rows[f"c{number}"], purchases=purchases, segment=segment)


def test_the_days_are_local_dates(ask: Ask) -> None:
    """31 May 2025, 00:00 in Santiago (UTC-4), is 540 dates ago; a second before is 541."""
    rows = ask.segments(
        """
        customers
        id
        c1
        c2

        orders
        id | customer_id | created_at
        o1 | c1          | 2025-05-31 04:00:00+00
        o2 | c2          | 2025-05-31 03:59:59+00
        """
    )
    expect(rows["c1"], days_since_last_purchase=540, segment="first-time")
    expect(rows["c2"], days_since_last_purchase=541, segment="at-risk")


def test_the_start_of_at_risk_is_a_setting(ask: Ask) -> None:
    """The app says 180: 26 May is then the last day that is not at risk."""
    rows = ask.segments(
        """
        customers
        id
        c1
        c2

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-05-26
        o2 | c2          | 2026-05-25
        """,
        config="[segments]\nat_risk_days = 180\n",
    )
    assert [rows[key]["segment"] for key in ("c1", "c2")] == ["first-time", "at-risk"]


def test_vip_by_money_when_it_is_configured(ask: Ask) -> None:
    """c1 spent 999, c2 the 1000 that is asked for, c3 too, but at-risk comes first."""
    rows = ask.segments(
        f"""
        customers
        id
        c1
        c2
        c3

        orders
        id | customer_id | total_amount | created_at
        o1 | c1          | 999          | 2026-11-20
        o2 | c2          | 500          | 2026-11-20
        o3 | c2          | 500          | 2026-11-20
        o4 | c3          | 1000         | {DAYS_541}
        """,
        config="[segments]\nvip_min_spent = 1000\n",
    )
    assert [rows[key]["segment"] for key in ("c1", "c2", "c3")] == ["first-time", "vip", "at-risk"]


def test_unpaid_purchases_are_purchases(ask: Ask) -> None:
    rows = "\n".join(f"o{number} | c1 | pending" for number in range(4))
    segments = ask.segments(
        f"""
        customers
        id
        c1

        orders
        id | customer_id | payment_status
        {rows}
        """
    )["c1"]
    expect(segments, segment="regular", recognised_sales=0, total_spent=0)


def test_a_customer_without_a_purchase_is_a_prospect_and_moves_no_cut_point(ask: Ask) -> None:
    rows = ask.segments(
        """
        customers
        id
        c1
        c2
        c3

        orders
        id | customer_id
        o1 | c1
        """
    )
    expect(rows["c2"], r_score=None, f_score=None, m_score=None, rfm_score=None, rfm_segment="prospect")
    # Alone, c1's value is every cut point, and no cut point is below it: R 5, F 1, M 1, FM 1.
    expect(rows["c1"], r_score=5, f_score=1, m_score=1, rfm_score="511", rfm_segment="new-customer")


def test_cut_points_are_interpolated(ask: Ask) -> None:
    """Money 0, 100, 200, 300, 1000: position 4 x share: the cuts are 80, 160, 240, 300 + 0.2 x 700."""
    rows = ask.segments(
        """
        customers
        id
        c1
        c2
        c3
        c4
        c5

        orders
        id | customer_id | total_amount
        o1 | c1          | 0
        o2 | c2          | 100
        o3 | c3          | 200
        o4 | c4          | 300
        o5 | c5          | 1000
        """
    )
    assert {key: row["m_score"] for key, row in rows.items()} == {"c1": 1, "c2": 2, "c3": 3, "c4": 4, "c5": 5}
    # All bought once, on one day.
    assert {row["f_score"] for row in rows.values()} == {1}
    assert {row["r_score"] for row in rows.values()} == {5}


def test_a_value_equal_to_a_cut_point_is_not_above_it(ask: Ask) -> None:
    """Money 1, 2, 3, 4, 5, 6: position 5 x share is 1, 2, 3, 4: the cuts are 2, 3, 4, 5."""
    rows = ask.segments(
        "customers\nid\n"
        + "\n".join(f"c{value}" for value in range(1, 7))
        + "\norders\nid | customer_id | total_amount\n"
        + "\n".join(f"o{value} | c{value} | {value}" for value in range(1, 7))
    )
    assert {key: row["m_score"] for key, row in rows.items()} == {
        "c1": 1,
        "c2": 1,
        "c3": 2,
        "c4": 3,
        "c5": 4,
        "c6": 5,
    }


def test_equal_values_share_a_score(ask: Ask) -> None:
    """Money 1, 1, 1, 1, 10: the cuts are 1, 1, 1 and 1 + 0.2 x 9 = 2.8."""
    rows = ask.segments(
        "customers\nid\n"
        + "\n".join(f"c{number}" for number in range(1, 6))
        + "\norders\nid | customer_id | total_amount\n"
        + "\n".join(f"o{number} | c{number} | {10 if number == 3 else 1}" for number in range(1, 6))
    )
    assert {key: row["m_score"] for key, row in rows.items()} == {"c1": 1, "c2": 1, "c3": 5, "c4": 1, "c5": 1}


def test_the_more_recent_the_higher_r(ask: Ask) -> None:
    """Days 2, 12, 22, 32, 42: the cuts are 10, 18, 26, 34."""
    rows = ask.segments(
        """
        customers
        id
        c1
        c2
        c3
        c4
        c5

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-11-20
        o2 | c2          | 2026-11-10
        o3 | c3          | 2026-10-31
        o4 | c4          | 2026-10-21
        o5 | c5          | 2026-10-11
        """
    )
    assert {key: row["r_score"] for key, row in rows.items()} == {"c1": 5, "c2": 4, "c3": 3, "c4": 2, "c5": 1}


# The table of the contract: FM down, R5 to R1 across.
TABLE = """
5 | champions       | champions       | loyal           | cant-lose   | cant-lose
4 | champions       | loyal           | loyal           | at-risk     | at-risk
3 | potential-loyal | potential-loyal | needs-attention | at-risk     | at-risk
2 | potential-loyal | potential-loyal | about-to-sleep  | hibernating | lost
1 | new-customer    | promising       | about-to-sleep  | hibernating | lost
"""


def table() -> dict[tuple[int, int], str]:
    """Segments by R and FM."""
    by_scores = {}
    for line in TABLE.strip().splitlines():
        fm, *segments = (cell.strip() for cell in line.split("|"))
        by_scores.update({(5 - place, int(fm)): segment for place, segment in enumerate(segments)})
    return by_scores


def everyone() -> str:
    """125 customers, one for each triple of scores.

    Each value of R, F and M is held by 25 of 125, so every 20 % cut falls between two of them. The last
    purchase is 10 days ago for R 5 and 50 for R 1; F is the number of purchases; all but one of them are
    unpaid, and the paid one brings M x 1000.
    """
    last = {5: "2026-11-12", 4: "2026-11-02", 3: "2026-10-23", 2: "2026-10-13", 1: "2026-10-03"}
    customers = ["customers", "id"]
    orders = ["orders", "id | customer_id | payment_status | total_amount | created_at"]
    for r, f, m in product(range(1, 6), repeat=3):
        customers.append(f"c{r}{f}{m}")
        for number in range(f):
            paid = "pending" if number else "paid"
            orders.append(f"o{r}{f}{m}{number} | c{r}{f}{m} | {paid} | {m * 1000} | {last[r]}")
    return "\n".join([*customers, *orders])


def test_all_125_scores_have_exactly_1_segment(ask: Ask) -> None:
    rows: dict[str, Record] = ask.segments(everyone())
    assert len(rows) == 125
    for r, f, m in product(range(1, 6), repeat=3):
        row = rows[f"c{r}{f}{m}"]
        assert row["rfm_score"] == f"{r}{f}{m}"
        assert (row["r_score"], row["f_score"], row["m_score"]) == (r, f, m)
        assert row["rfm_segment"] == table()[r, (f + m + 1) // 2], row["rfm_score"]
