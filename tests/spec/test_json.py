"""Section 10: rounding, nulls, the order of keys, and the same bytes for the same data."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from oracle.compare import parse

from spec.harness import Ask, Record, expect, run, write_export

KPIS = [
    "total_revenue",
    "pos_revenue",
    "work_order_revenue",
    "other_revenue",
    "previous_revenue",
    "revenue_growth_pct",
    "sales_count",
    "average_ticket",
    "average_pos_ticket",
    "average_work_order_ticket",
    "outstanding_amount",
    "outstanding_total",
    "orders_count",
    "work_orders_count",
    "quotes_count",
    "appointments_count",
    "customers_total",
    "customers_active",
    "customers_enabled",
    "customers_new",
    "customers_new_this_month",
    "customers_buying",
    "customers_recurring",
    "average_quote_value",
    "quote_conversion_pct",
    "appointment_completion_pct",
    "average_delivery_days",
]
# Figures that are not of the window, and those that are the comparison itself.
WITHOUT_CHANGE = {
    *("previous_revenue", "revenue_growth_pct", "outstanding_total", "customers_total"),
    *("customers_active", "customers_enabled", "customers_new_this_month"),
}
ROW = [
    "customer_id",
    "branch",
    "name",
    "email",
    "phone",
    "rut",
    "is_active",
    "created",
    "purchases",
    "recognised_sales",
    "total_spent",
    "lifetime_value",
    "average_order_value",
    "first_purchase",
    "last_purchase",
    "days_since_last_purchase",
    "average_days_between_purchases",
    "segment",
    "r_score",
    "f_score",
    "m_score",
    "rfm_score",
    "rfm_segment",
    "next_eye_exam_due",
]

SOME = """
customers
id | email         | next_eye_exam_due | created_at
c1 | ana@correo.cl | 2027-01-15        | 2026-10-31 02:00:00+00
c2 |               |                   | 2026-11-02

orders
id | customer_id | total_amount | created_at
o1 | c1          | 0.10         | 2026-11-20
o2 | c1          | 0.20         | 2026-11-20
o3 | c2          | 1000.00      | 2026-11-21

lab_work_orders
id | customer_id | status    | ordered_at | delivered_at
w1 | c1          | delivered | 2026-11-01 | 2026-11-05
w2 | c2          | ordered   |            |

quotes
id | customer_id | status
q1 | c1          | sent
q2 | c1          | accepted

appointments
id | status
a1 | completed

order_items
id | order_id | total_price
i1 | o1       | 0.10
i2 | o2       | 0.20

order_payments
id | order_id | amount
p1 | o1       | 0.10
p2 | o2       | 0.20
"""


def dashboard_text(*options: str, tables: str = SOME) -> str:
    """The bytes of a dashboard, as text."""
    ran = run(write_export(tables), "dashboard", *options)
    assert ran.code == 0, ran.stderr
    return ran.stdout


def without_snapshot(text: str) -> str:
    """A report's text up to its last key, `snapshot`."""
    return text.split('"snapshot"', maxsplit=1)[0]


def test_keys_stand_in_the_contracts_order() -> None:
    report: Record = json.loads(dashboard_text())
    assert list(report) == [
        "report",
        "schema_version",
        "as_of",
        "timezone",
        "currency",
        "scope",
        "period",
        "previous",
        "kpis",
        "changes",
        "orders_by_status",
        "work_orders",
        "quotes",
        "appointments",
        "payment_methods",
        "products",
        "trends",
        "data_quality",
    ]
    assert list(report["kpis"]) == KPIS
    assert list(report["changes"]) == [name for name in KPIS if name not in WITHOUT_CHANGE]
    assert {tuple(change) for change in report["changes"].values()} == {("previous", "change")}
    assert list(report["trends"]) == ["sales", "customers", "work_orders", "quotes", "appointments"]
    assert list(report["trends"]["sales"][0]) == ["date", "value", "count"]
    assert list(report["scope"]) == ["organization", "branches", "global"]
    assert list(report["products"]) == ["top", "category_revenue", "inventory"]
    assert list(report["work_orders"]["delivery"]) == [
        "count",
        "average_days",
        "median_days",
        "p90_days",
        "on_time_pct",
        "undated",
    ]
    for section, following in (("quotes", "conversion_pct"), ("appointments", "completion_pct")):
        keys = list(report[section])
        assert keys.index("unknown") + 1 == keys.index("by_status") == keys.index(following) - 1
    assert (report["report"], report["schema_version"]) == ("dashboard", 1)


def test_the_head() -> None:
    report: Record = json.loads(dashboard_text("--period", "this-month"))
    assert report["as_of"] == "2026-11-22T15:00:00-03:00"
    assert (report["timezone"], report["currency"]) == ("America/Santiago", "CLP")
    assert report["scope"]["organization"]["name"] == "g1"
    assert [branch["code"] for branch in report["scope"]["branches"]] == ["b1"]
    assert report["period"] == {"from": "2026-11-01", "to": "2026-11-22", "days": 22, "label": "this-month"}


def test_as_of_is_written_with_the_offset_of_its_day() -> None:
    report: Record = json.loads(dashboard_text("--as-of", "2026-07-01T12:00:00"))
    assert report["as_of"] == "2026-07-01T12:00:00-04:00"


def test_rows_of_the_segments() -> None:
    ran = run(write_export(SOME), "export", "segments", "-o", "-")
    assert ran.code == 0, ran.stderr
    report: Record = json.loads(ran.stdout)
    assert [list(row) for row in report["rows"]] == [ROW, ROW]
    assert [row["lifetime_value"] for row in report["rows"]] == [2000, 1000.3]
    assert "data_quality" in report


def test_dates_and_the_branch_code(ask: Ask) -> None:
    """c1 was created on 30 October at 23:00."""
    rows = ask.segments(SOME)
    expect(rows["c1"], branch="b1", created="2026-10-30", next_eye_exam_due="2027-01-15")
    expect(rows["c2"], next_eye_exam_due=None)


def test_rows_are_ordered_by_lifetime_value_then_by_id() -> None:
    tables = """
        customers
        id
        c1
        c2
        c3
        c4

        orders
        id | customer_id | total_amount
        o1 | c3          | 1000
        o2 | c2          | 2000
        """
    ran = run(write_export(tables), "export", "segments", "-o", "-")
    rows = json.loads(ran.stdout)["rows"]
    assert [row["lifetime_value"] for row in rows] == [2000, 1000, 0, 0]
    assert rows[2]["customer_id"] < rows[3]["customer_id"]


def test_money_has_no_float_artefact() -> None:
    text = dashboard_text()
    assert parse(text)["kpis"]["other_revenue"] == 0
    assert parse(text)["products"]["category_revenue"][0]["revenue"] == parse("0.3")
    numbers = re.findall(r"(?<=[\s:\[,])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,\]}])", text)
    assert numbers
    assert [number for number in numbers if not re.fullmatch(r"-?\d+(\.\d{1,2})?", number)] == []


def test_large_money_is_exact(ask: Ask) -> None:
    """The largest numeric(12,2), three times and one cent."""
    report = ask.dashboard(
        """
        orders
        id | total_amount
        o1 | 9999999999.99
        o2 | 9999999999.99
        o3 | 9999999999.99
        o4 | 0.01
        """
    )
    assert report["kpis"]["total_revenue"] == parse("29999999999.98")


AVERAGES = [
    (("0.01", "0"), "0.01"),  # 0.005
    (("-0.01", "0"), "-0.01"),  # -0.005
    (("1.00", "0.01"), "0.51"),  # 0.505
    (("2.01", "0.34"), "1.18"),  # 1.175
    (("1", "1", "0"), "0.67"),  # 0.6667
    (("1", "0", "0"), "0.33"),  # 0.3333
]


def test_averages_round_half_away_from_zero(ask: Ask) -> None:
    """Each case is a customer."""
    customers, orders = ["customers", "id"], ["orders", "id | customer_id | total_amount"]
    for number, (amounts, _) in enumerate(AVERAGES):
        customers.append(f"c{number}")
        orders += [f"o{number}{place} | c{number} | {amount}" for place, amount in enumerate(amounts)]
    rows = ask.segments("\n".join([*customers, *orders]))
    for number, (amounts, average) in enumerate(AVERAGES):
        assert (amounts, rows[f"c{number}"]["average_order_value"]) == (amounts, parse(average))


GROWTHS = [
    ("800", "801", "0.13"),  # 0.125
    ("800", "799", "-0.13"),  # -0.125
    ("300", "400", "33.33"),
    ("300", "500", "66.67"),
    ("100", "0", "-100"),
    ("2000", "2000.10", "0.01"),  # 0.005, which no float holds
    ("2000", "2000.30", "0.02"),  # 0.015
]


def test_percentages_round_half_away_from_zero(ask: Ask) -> None:
    """Each case is a branch."""
    branches, orders = ["branches", "id"], ["orders", "id | branch_id | total_amount | created_at"]
    for number, (before, now, _) in enumerate(GROWTHS):
        branches.append(f"b{number}")
        orders.append(f"o{number}1 | b{number} | {before} | 2026-10-10")
        orders.append(f"o{number}2 | b{number} | {now} | 2026-11-10")
    folder = write_export("\n".join([*branches, *orders]))
    for number, (before, now, growth) in enumerate(GROWTHS):
        report = ask.dashboard(folder, "--branch", f"b{number}")
        assert (before, now, report["kpis"]["revenue_growth_pct"]) == (before, now, parse(growth))


# Ordered at noon UTC on 10 November.
DELIVERIES = [
    ("2026-11-10 18:00:00+00", "0.3"),  # 6 hours = 0.25 days
    ("2026-11-10 15:36:00+00", "0.2"),  # 3.6 hours = 0.15 days, which no float holds
    ("2026-11-11 20:24:00+00", "1.4"),  # 32.4 hours = 1.35 days
    ("2026-11-10 13:12:00+00", "0.1"),  # 1.2 hours = 0.05 days
    ("2026-11-10 13:11:59+00", "0"),
]


def test_days_round_half_away_from_zero(ask: Ask) -> None:
    """Each case is a branch."""
    branches, rows = ["branches", "id"], ["lab_work_orders", "id | branch_id | ordered_at | delivered_at"]
    for number, (delivered, _) in enumerate(DELIVERIES):
        branches.append(f"b{number}")
        rows.append(f"w{number} | b{number} | 2026-11-10 12:00:00+00 | {delivered}")
    folder = write_export("\n".join([*branches, *rows]))
    for number, (delivered, days) in enumerate(DELIVERIES):
        delivery = ask.dashboard(folder, "--branch", f"b{number}")["work_orders"]["delivery"]
        averages = (delivery["average_days"], delivery["median_days"])
        assert (delivered, averages) == (delivered, (parse(days), parse(days)))


def test_days_between_purchases_round_half_away_from_zero(ask: Ask) -> None:
    """Five dates over 9 days: 9 / 4 = 2.25."""
    row = ask.segments(
        """
        customers
        id
        c1

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-11-01
        o2 | c1          | 2026-11-02
        o3 | c1          | 2026-11-03
        o4 | c1          | 2026-11-04
        o5 | c1          | 2026-11-10
        """
    )["c1"]
    expect(row, average_days_between_purchases=2.3)


def test_the_order_of_rows_changes_no_byte() -> None:
    tables = SOME.strip().split("\n\n")
    turned = []
    for table in tables:
        name, header, *rows = table.splitlines()
        turned.append("\n".join([name, header, *reversed(rows)]))
    answers = [without_snapshot(dashboard_text(tables=text)) for text in (SOME, "\n\n".join(turned))]
    assert answers[0] == answers[1]


def test_the_files_change_no_byte() -> None:
    """The same orders in two files instead of one."""
    whole, parts = write_export(SOME), write_export(SOME)
    header, *rows = (parts / "orders.csv").read_text(encoding="utf-8").splitlines()
    (parts / "orders.csv").unlink()
    for name, some in (("orders-2025.csv", rows[2:]), ("orders-2026.csv", rows[:2])):
        (parts / name).write_text("\n".join([header, *some, ""]), encoding="utf-8")
    answers = [run(folder, "dashboard") for folder in (whole, parts)]
    assert [answer.code for answer in answers] == [0, 0], answers[1].stderr
    assert without_snapshot(answers[0].stdout) == without_snapshot(answers[1].stdout)


@pytest.mark.parametrize("command", [("dashboard",), ("export", "segments", "-o", "-")])
def test_neither_the_language_nor_the_machine_changes_a_byte(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_export(SOME)
    answers = []
    for language, zone in (("es", "Asia/Tokyo"), ("en", "America/Los_Angeles")):
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
        time.tzset()
        ran = run(folder, *command, "--lang", language)
        assert ran.code == 0, ran.stderr
        answers.append(without_snapshot(ran.stdout))
    monkeypatch.undo()
    time.tzset()
    assert answers[0] == answers[1]


def test_stdout_is_the_json_and_nothing_else() -> None:
    text = dashboard_text()
    assert text.startswith("{")
    assert text.endswith("}\n")
    assert not any(Path.cwd().glob("*.json"))
