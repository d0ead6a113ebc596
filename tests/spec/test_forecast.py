"""The next 364 days, and when they are not told (metrics 11)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from opttius_cli.cli import main
from opttius_cli.models.forecast import BANDS, FIRST, State, learn_curve
from opttius_cli.session.parameters.forecast import count_facts
from spec.harness import run, run_bare, uuid, write_export

AS_OF = ("--as-of", "2026-11-22")
WORKED = """
customers
id
a1
b1
c1

orders
id | customer_id | total_amount | created_at
o1 | a1          | 100000       | 2024-01-10
o2 | a1          | 120000       | 2025-02-10
o3 | a1          | 140000       | 2026-03-20
o4 | b1          | 50000        | 2025-06-01
o5 | b1          | 60000        | 2025-09-01
o6 | b1          | 55000        | 2025-12-05
o7 | b1          | 5000         | 2025-12-05
o8 | c1          | 90000        | 2025-01-15
o9 | c1          | 80000        | 2026-11-10
"""


def _spell(pace: int, size: int, seen: int, gap: int | None) -> dict[str, Any]:
    """The fact that a spell tells: the last step in which it was at risk, and whether it ended in it."""
    is_over = gap is not None and gap < seen
    step = gap if is_over else seen - 1
    return {
        "fact": "spell",
        "pace": pace,
        "count_class": size,
        "step": step,
        "reached": int(is_over),
        "occasions": 1,
        "money": None,
    }


def _fact(fact: str, pace: int, size: int, step: int, reached: int, times: int, money: int) -> dict[str, Any]:
    keys = ("fact", "pace", "count_class", "step", "reached", "occasions", "money")
    return dict(zip(keys, (fact, pace, size, step, reached, times, Decimal(money)), strict=True))


FACTS = [
    # (state, seen, gap) of the contract. c's last spell has seen no whole step and tells nothing.
    *(_spell(0, 0, 37, 14), _spell(4, 0, 23, 14), _spell(4, 1, 8, None)),
    *(_spell(0, 0, 19, 3), _spell(2, 0, 15, 3), _spell(2, 1, 12, None), _spell(0, 0, 24, 23)),
    # Out of (4, 0) and (2, 0) a third occasion led to the next class.
    _fact("move", 4, 0, 4, 1, 1, 0),
    _fact("move", 2, 0, 2, 1, 1, 0),
    # Later occasions: gap 14 is band 3, gap 3 is band 1, gap 23 is band 4.
    _fact("later", 0, 0, 3, 0, 1, 120_000),
    _fact("later", 4, 0, 3, 0, 1, 140_000),
    _fact("later", 0, 0, 1, 0, 1, 60_000),
    _fact("later", 2, 0, 1, 0, 1, 60_000),
    _fact("later", 0, 0, 4, 0, 1, 80_000),
    # First occasions: 100 000, 50 000, 90 000.
    _fact("first", 0, 0, 0, 0, 3, 240_000),
]


def test_the_curve_of_the_worked_example() -> None:
    counts = count_facts(FACTS)
    # 15 + 15 + 8 steps of a, 4 + 4 + 12 of b, 24 of c; both first returns of a, both of b, the one of c.
    assert sum(counts.at_risk.values()) == 15 + 15 + 8 + 4 + 4 + 12 + 24 == 82
    assert sum(counts.events.values()) == 5
    curve = learn_curve(counts)
    # H(-1) = 5 / 82. At step 0 there are 7 spells and no event; of the first ones 3.
    of_all = (0 + 20 * 5 / 82) / (7 + 20)
    assert (
        curve.hazards[FIRST][0]
        == pytest.approx((0 + 20 * of_all) / (3 + 20))
        == pytest.approx(0.039276, abs=5e-7)
    )
    assert curve.hazards[FIRST][3] == pytest.approx(0.123854, abs=5e-7)
    assert curve.hazards[FIRST][14] == pytest.approx(0.13542, abs=5e-6)
    # m = (120 000 + 140 000 + 60 000 + 60 000 + 80 000) / 5 = 92 000; no gap is in bands 0 and 2.
    of_band_1 = (120_000 + 20 * 92_000) / 22
    assert curve.tickets[0, 1] == pytest.approx((60_000 + 20 * of_band_1) / 21)
    tickets = [round(curve.tickets[0, band], 2) for band in range(len(BANDS) + 1)]
    assert tickets == [92_000, 87_705.63, 92_000, 96_623.38, 90_884.35]
    assert curve.opening == 240_000 / 3 == 80_000
    # Chances and purchases of a, b and c; money is before the customer's own level.
    told = [curve.predict(*one) for one in ((State(4, 1), 247), (State(2, 1), 352), (State(5, 0), 12))]
    assert [round(one.purchases, 3) for one in told] == [0.677, 0.858, 0.558]
    assert [round(one.chance, 2) for one in told] == [56.64, 66.57, 41.06]


def test_the_command_refuses_the_worked_example(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_export(WORKED)
    ran = run(folder, "forecast", *AS_OF)
    assert ran.code == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout, parse_float=Decimal)
    # Of a year ago, 2025-11-23, all three were known; a and b came back, b twice: 4 returns were never learned.
    assert list(answer)[-9:] == [
        *("horizon_days", "refused", "customers", "expected_purchases", "expected_spent"),
        *("by_branch", "by_segment", "backtest", "data_quality"),
    ]
    told = [answer[key] for key in list(answer)[-9:-2]]
    assert told == [364, "few_returns", 3, None, None, None, None]
    tested = answer["backtest"]
    # a bought on 2026-03-20, b on 2025-12-05, c on 2026-11-10; in the 364 days before a once, b twice, c once.
    assert (tested["from"], tested["to"]) == ("2025-11-24", "2026-11-22")
    assert (tested["customers"], tested["actual_purchases"], tested["naive_purchases"]) == (3, 3, 4)
    assert (tested["actual_spent"], tested["naive_spent"]) == (280_000, 320_000)
    assert tested["naive_error_pct"] == Decimal("33.33")
    assert tested["actual_buyers"] == 3
    # a came back after 14 steps of 23 over, b after 3 of 6.
    assert tested["returns_learned"] == 2
    assert [row["customers"] for row in tested["deciles"]] == [1, 1, 1]
    screen = run_bare(
        main, ["forecast", *AS_OF, "--source", str(folder), "--format", "table", "--lang", "en"]
    )
    sentence = "No prediction: 3 customers and 2 returns were known a year ago; 200 and 100 are needed. Widen"
    assert screen.code == 0
    assert sentence in " ".join(screen.stdout.split())
    rows = json.loads(run(folder, "export", "forecast", *AS_OF, "--output", "-").stdout)["rows"]
    assert [row["customer_id"] for row in rows] == sorted(uuid(one) for one in ("a1", "b1", "c1"))
    assert {row["expected_spent_12m"] for row in rows} == {None}

    from opttius_cli.session.parameters import forecast as forecast_parameters

    monkeypatch.setattr(forecast_parameters, "find_refusal", lambda *_arguments: None)
    rows = json.loads(run(folder, "export", "forecast", *AS_OF, "--output", "-").stdout, parse_float=Decimal)[
        "rows"
    ]
    keys = (
        "customer_id",
        "purchase_dates",
        "expected_purchases_12m",
        "probability_12m_pct",
        "expected_spent_12m",
    )
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (uuid("a1"), 3, Decimal("0.677"), Decimal("56.64"), Decimal("84419.52")),
        (uuid("b1"), 3, Decimal("0.858"), Decimal("66.57"), Decimal("54349.81")),
        (uuid("c1"), 2, Decimal("0.558"), Decimal("41.06"), Decimal("51008.05")),
    ]
    page = json.loads(run(folder, "customer", uuid("a1"), "--forecast", *AS_OF).stdout)["analytics"]
    assert (page["expected_purchases_12m"], page["expected_spent_12m"]) == (0.677, 84419.52)
    assert (
        "expected_purchases_12m"
        not in json.loads(run(folder, "customer", uuid("a1"), *AS_OF).stdout)["analytics"]
    )


def test_a_short_history_is_refused() -> None:
    ran = run(write_export(WORKED.replace("2024-01-10", "2025-01-10")), "forecast", *AS_OF)
    assert (ran.code, json.loads(ran.stdout)["refused"]) == (0, "short_history")
    nobody = run(write_export("customers\nid\na1\n"), "forecast", *AS_OF)
    assert (nobody.code, json.loads(nobody.stdout)["refused"]) == (0, "short_history"), nobody.stderr
