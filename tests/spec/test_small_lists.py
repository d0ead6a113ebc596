"""Section 20: stock, labs, sellers, agreements and what is owed, each as one list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spec.harness import run, shorten, write_export

TABLES = """
branches
id | code
b1 | C
b2 | N

customers
id | branch_id | first_name | phone
c1 | b1        | Ana        | 912345678

products
id | name | status
p1 | Marco | active
p2 | Lente | active
p3 | Viejo | archived

product_branch_stock
product_id | branch_id | quantity | reserved_quantity | available_quantity | low_stock_threshold
p1         | b1        | 10       | 4                 |                    |
p1         | b2        | 2        |                   | 2                  | 1
p2         | b1        | 3        | 3                 |                    | 2
p2         | b2        | 2        | 0                 |                    | 2
p3         | b1        | 0        |                   |                    |

lab_work_orders
id | branch_id | customer_id | pos_order_id | lab_name | created_at | delivered_at | lab_estimated_delivery_date\
 | total_amount
w1 | b1 | c1 | o1 | Andes | 2026-11-01 | 2026-11-05 | 2026-11-05 | 1
w2 | b1 | c1 | o1 | ' Andes ' | 2026-11-01 | 2026-11-11 | 2026-11-10 | 1
w3 | b1 | c1 | o1 |  | 2026-11-01 | 2026-11-03 |  | 1
w4 | b2 | c1 |  | Lejos | 2026-11-20 |  |  | 70

orders
id | branch_id | customer_id | total_amount | payment_status | pos_cashier_id | discount_amount | agreement_id\
 | copago_amount | institutional_amount | created_at | order_number
o1 | b1 | c1 | 100 | paid | a1 | 10 | v1 | 30 | 70 | 2026-11-10 | 1
o2 | b2 | c1 | 300 | paid | a2 |  | v2 |  |  | 2026-11-10 | 2
o3 | b1 | c1 | 50 | paid |  | 5 |  |  |  | 2026-11-10 | 3
o4 | b2 | c1 | 500 | pending |  |  |  |  |  | 2025-11-22 | 4
o5 | b1 |  | 80 | pending |  |  |  |  |  | 2026-11-22 | 5
o6 | b1 |  | 40 | pending |  |  |  |  |  | 2026-11-22 | 6

order_payments
id | order_id | amount | paid_at
y1 | o4       | 200    | 2025-11-22
y2 | o6       | 40     | 2026-11-22

agreements
id | organization_id | name | agreement_type | institution_name
v1 | g1              | Bono | fonasa         | Fonasa

admin_users
id | email        | role
a1 | ana@shop.cl  | seller
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The rows of each list, of one load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lists"))
        patch.setenv("OPTTIUS_CACHE_FOLDER", str(tmp_path_factory.mktemp("cache")))
        folder = write_export(TABLES)
        return {name: rows(folder, name) for name in ("stock", "labs", "sellers", "agreements", "owed")}


def rows(folder: Any, name: str) -> list[dict[str, Any]]:
    """The rows that an export writes."""
    ran = run(folder, "export", name, "-o", "-")
    assert ran.code == 0, ran.stderr
    listed: list[dict[str, Any]] = shorten(json.loads(ran.stdout)["rows"])
    return listed


def values(listed: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The cells of each row."""
    return [tuple(row.values()) for row in listed]


def test_stock_lists_what_to_order_first(answers: dict[str, Any]) -> None:
    assert values(answers["stock"]) == [
        ("Lente", "C", 3, 3, 0, 2, "out"),
        ("Lente", "N", 2, 0, 2, 2, "low"),
        ("Marco", "C", 10, 4, 6, 5, "ok"),
        ("Marco", "N", 2, 0, 2, 1, "ok"),
    ]


def test_labs_by_their_deliveries(answers: dict[str, Any]) -> None:
    # 4 and 10 days: 7 on average, the 90th of them interpolated at 9.4; one of two on time.
    assert values(answers["labs"]) == [
        ("Andes", 2, 7, 7, 9.4, 50, 1),
        ("unknown", 1, 2, 2, 2, None, 0),
    ]


def test_sellers_by_the_orders_cashier(answers: dict[str, Any]) -> None:
    # The work order that stands alone names nobody; nobody wrote a discount of the second.
    assert values(answers["sellers"]) == [
        ("a2", 1, 300, 300, 0),
        ("unknown", 2, 120, 60, 5),
        ("a***@shop.cl", 1, 100, 100, 10),
    ]


def test_agreements_keep_an_id_that_nothing_names(answers: dict[str, Any]) -> None:
    assert values(answers["agreements"]) == [
        ("v2", None, None, 1, 300, 0, 0),
        ("Bono", "fonasa", "Fonasa", 1, 100, 30, 70),
    ]


def test_owed_lists_purchases_of_any_date(answers: dict[str, Any]) -> None:
    assert values(answers["owed"]) == [
        ("o4", "4", "N", "c1", "A.", "+56 9 *** 678", "2025-11-22", 365, 500, 200, 300),
        ("o5", "5", "C", None, None, None, "2026-11-22", 0, 80, 0, 80),
    ]
