"""Whom to contact (metrics 15): reasons, who is left out, the order, and what a list brought."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from spec.harness import run, shorten, uuid, write_export

WORKED = """
customers
id | email          | phone     | is_active | next_eye_exam_due | tags             | preferred_contact_method
c1 | ana@correo.cl  | 912345671 | t         | 2026-11-30        |                  | whatsapp
c2 | beto@correo.cl | 912345672 | t         | 2026-11-25        |                  |
c3 | caro@correo.cl |           | t         |                   |                  | whatsapp
c4 | dora@correo.cl | 912345674 | t         |                   |                  |
c5 | eva@correo.cl  | 912345675 | f         | 2026-11-30        |                  |
c6 | fito@correo.cl | 912345676 | t         | 2026-11-30        | {vip,NO-Contactar} |
c7 | gina@correo.cl | 912345677 | t         | 2026-11-30        |                  |

orders
id | customer_id | total_amount | payment_status | created_at
o1 | c1          | 200000       | paid           | 2025-11-20
o3 | c3          | 180000       | partial        | 2026-11-01
o7 | c7          | 50000        | paid           | 2026-11-01

order_payments
id | order_id | amount | paid_at
p1 | o3       | 80000  | 2026-11-01

lab_work_orders
id | customer_id | pos_order_id | status           | payment_status | total_amount | ready_at   | created_at
w3 | c3          | o3           | ready_for_pickup | pending        | 180000       | 2026-11-12 | 2026-11-01

quotes
id | customer_id | status | total_amount | expiration_date | created_at
q4 | c4          | sent   | 300000       | 2026-11-26      | 2026-11-10

appointments
id | customer_id | status    | appointment_date | created_at
a2 | c2          | scheduled | 2026-11-27       | 2026-11-20
"""
AS_OF = ("--as-of", "2026-11-22")


def ask(tables: str | Path, *argv: str) -> dict[str, Any]:
    """Run the worklist, with short names in place of ids."""
    ran = run(tables if not isinstance(tables, str) else write_export(tables), "worklist", *AS_OF, *argv)
    assert ran.code == 0, ran.stderr
    answer: dict[str, Any] = shorten(json.loads(ran.stdout, parse_float=Decimal))
    return answer


def test_the_worked_example() -> None:
    answer = ask(WORKED)
    shown = [
        (row["rank"], row["customer_id"], row["reason"], row["at_stake"], row["value"], row["channel"])
        for row in answer["rows"]
    ]
    # c3 owes 180 000 − 80 000; 300 000 × 30 % = 90 000; 200 000 × 35 % = 70 000.
    assert shown == [
        (1, "c3", "ready", 100000, 100000, "email"),
        (2, "c4", "quote", 300000, 90000, "phone"),
        (3, "c1", "exam", 200000, 70000, "whatsapp"),
    ]
    assert (answer["week"], answer["decided"]) == ("2026-W47", False)
    assert answer["candidates"] == 7
    assert answer["listed"] == 3
    # 7 = 3 + 1 + 1 + 1 + 1
    assert list(answer["left_out"].items()) == [
        ("inactive", 1),
        ("opted_out", 1),
        ("no_contact", 0),
        ("booked", 1),
        ("work_order_open", 0),
        ("bought", 1),
        ("listed_before", 0),
        ("held_back", 0),
        ("over_capacity", 0),
    ]
    assert list(answer)[-7:] == [
        "week",
        "decided",
        "rows",
        "candidates",
        "listed",
        "left_out",
        "data_quality",
    ]


STORY = (
    WORKED.replace(
        "c7 | gina@correo.cl | 912345677 | t         | 2026-11-30        |                  |",
        """c7 | gina@correo.cl | 912345677 | t         | 2026-11-30        |                  |
c8 | hugo@correo.cl | 912345678 | t         |                   |                  |""",
    )
    .replace(
        "o7 | c7          | 50000        | paid           | 2026-11-01",
        """o7 | c7          | 50000        | paid           | 2026-11-01
o8 | c8          | 50000        | pending        | 2026-09-01
o9 | c1          | 150000       | paid           | 2026-11-25""",
    )
    .replace(
        "p1 | o3       | 80000  | 2026-11-01",
        """p1 | o3       | 80000  | 2026-11-01
p8 | o8       | 50000  | 2026-11-26""",
    )
    .replace(
        "a2 | c2          | scheduled | 2026-11-27       | 2026-11-20",
        """a2 | c2          | scheduled | 2026-11-27       | 2026-11-20
a4 | c4          | confirmed | 2026-12-03       | 2026-11-24""",
    )
)


def _places(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(row["rank"], row["customer_id"], row["status"]) for row in answer["rows"]]


@pytest.fixture
def sunday(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop on the last day of a week."""
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-22T15:00:00+00:00")
    return write_export(STORY)


def _list(folder: Path, *argv: str, code: int = 0) -> tuple[dict[str, Any], str]:
    ran = run(folder, "worklist", "--lang", "en", *argv)
    assert ran.code == code, ran.stderr
    return (shorten(json.loads(ran.stdout, parse_float=Decimal)) if ran.stdout else {}), ran.stderr


def test_a_decided_week_stays_and_says_what_came_of_it(
    sunday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("OPTTIUS_STATE_DIR", str(state))
    # Looking decides nothing, nor does another day.
    looked, _ = _list(sunday, *AS_OF)
    assert looked["decided"] is False
    assert not state.exists() or not list(state.rglob("*.json"))
    for day in ("2026-11-21", "2026-11-23"):
        _, said = _list(sunday, "--decide", "--as-of", day, code=2)
        assert "for today only" in said
    decided, _ = _list(sunday, "--decide", *AS_OF)
    # Services first, by what is at stake: 100 000, 50 000; then 90 000 and 70 000.
    listed = [(1, "c3", "open"), (2, "c8", "open"), (3, "c4", "open"), (4, "c1", "open")]
    assert decided["decided"] is True
    assert _places(decided) == listed == _places(looked)
    files = [path for path in state.rglob("*.json") if path.parent.parent.parent.name == "worklist"]
    # One of the branch, one of the customers without a branch; ids only, for their owner alone.
    assert len(files) == 2
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        assert "correo.cl" not in path.read_text(encoding="utf-8")
    # A month later: c8 paid, c1 bought, c4 booked a visit.
    later, _ = _list(sunday, "--week", "2026-W47", "--as-of", "2026-12-20")
    assert _places(later) == [(1, "c3", "open"), (2, "c8", "paid"), (3, "c4", "booked"), (4, "c1", "bought")]
    counts = ("candidates", "listed", "left_out")
    assert [later[key] for key in counts] == [decided[key] for key in counts]
    # The next day is another week: who was listed is not listed again, but for services.
    monday, _ = _list(sunday, "--as-of", "2026-11-23")
    assert (monday["week"], monday["left_out"]["listed_before"]) == ("2026-W48", 2)
    assert {row["customer_id"] for row in monday["rows"]} == {"c3", "c8"}
    score = _score(sunday)
    # Two were listed to sell: c1 bought for 150 000, c4 booked.
    assert score["all"] | {"held_back": 0} == score["all"]
    assert [score["all"][key] for key in ("listed", "returned", "returned_pct", "booked", "spent_each")] == [
        *(2, 1, 50, 1, 75000)
    ]
    assert (score["exam"]["returned"], score["quote"]["booked"], score["all"]["low"]) == (1, 1, None)
    _opt_out_after_the_decision(sunday, decided)
    _damage(sunday, files[0])


def _score(folder: Path) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for day, listed in (("2026-12-19", 0), ("2026-12-20", 2)):
        # 28 days of follow-up end with 20 December.
        ran = run(folder, "worklist", "score", "--as-of", day)
        assert ran.code == 0, ran.stderr
        rows = {row["reason"]: row for row in json.loads(ran.stdout, parse_float=Decimal)["rows"]}
        assert list(rows) == ["all", "quote", "no_show", "exam", "prescription", "lapsed"]
        assert rows["all"]["listed"] == listed
    return rows


def _opt_out_after_the_decision(folder: Path, decided: dict[str, Any]) -> None:
    Path("no.txt").write_text(
        "# who called\nDORA@correo.cl  # by phone\n\nnobody@correo.cl\n", encoding="utf-8"
    )
    Path("opttius.toml").write_text('[worklist]\nopt_out = "no.txt"\n', encoding="utf-8")
    answer, said = _list(folder, *AS_OF)
    assert _places(answer) == [(1, "c3", "open"), (2, "c8", "open"), (4, "c1", "open")]
    assert answer["candidates"] == decided["candidates"]
    assert "1 line of" in said
    assert "line 4" in said
    assert "nobody" not in said
    revealed = run(folder, "customers", "--reveal-pii", "--reason", "a test", *AS_OF)
    contacts = {
        shorten(row["customer_id"]): (row["phone"], row["email"])
        for row in json.loads(revealed.stdout)["rows"]
    }
    # c4 by a line, c6 by a tag: no list has their contacts, their own page does.
    assert (contacts["c4"], contacts["c6"]) == ((None, None), (None, None))
    assert contacts["c1"] == ("912345671", "ana@correo.cl")
    page = run(folder, "customer", uuid("c4"), "--reveal-pii", "--reason", "a test", *AS_OF)
    assert json.loads(page.stdout)["customer"]["phone"] == "912345674"
    Path("no.txt").unlink()
    ran = run(folder, "worklist", "--lang", "en", *AS_OF)
    assert (ran.code, ran.stdout) == (3, "")
    assert "cannot be read" in ran.stderr
    Path("opttius.toml").unlink()


def _damage(folder: Path, file: Path) -> None:
    """A ledger that cannot be used: the list is printed, nothing is decided, and it says so."""
    whole = file.read_text(encoding="utf-8")
    for text in ("", whole[:100], whole.replace('"week": "2026-W47"', '"week": "2026-W46"'), "[" * 5000):
        file.write_text(text, encoding="utf-8")
        answer, said = _list(folder, "--decide", *AS_OF)
        assert (answer["decided"], len(answer["rows"])) == (False, 4)
        assert "Nothing is decided" in said
        assert file.read_text(encoding="utf-8") == text


def test_wrong_input_is_told(sunday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "worklist").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_STATE_DIR", str(state))
    answer, said = _list(sunday, "--decide", *AS_OF)
    assert (answer["decided"], len(answer["rows"])) == (False, 4)
    assert "Nothing is decided" in said
    (state / "worklist").unlink()
    for argv, code, expected in (
        (("--week", "2026-W40"), 6, "No list was decided for 2026-W40"),
        (("--week", "2026-W60"), 2, "is not a week"),
        (("--week", "2026-W40", "--decide"), 2, "Leave it out"),
        (("--again",), 2, "--decide --again"),
        (("score", "--limit", "3"), 2, "takes no --only"),
    ):
        _, said = _list(sunday, *argv, code=code)
        assert expected in said
    for setting, expected in (
        ("capacity = 0", "from 1 to 10000"),
        ("hold_back_pct = 91", "from 0 to 90"),
        ("chance = { exam = 101 }", "from 0 to 100"),
        ("chance = { exams = 10 }", "from 0 to 100"),
    ):
        Path("opttius.toml").write_text(f"[worklist]\n{setting}\n", encoding="utf-8")
        _, said = _list(sunday, code=3)
        assert expected in said


def test_the_interval_of_newcombe() -> None:
    # 36 of 120 listed came back, 9 of 60 held back: 30 % − 15 % = 15 points.
    import duckdb

    from opttius_cli.installation.resources import read_sql

    con = duckdb.connect()
    con.execute(read_sql("base/arithmetic"))
    low, high = con.execute(
        "SELECT round(bounds.low * 100, 2), round(bounds.high * 100, 2) "
        "FROM (SELECT newcombe_interval(36, 120, 9, 60) AS bounds)"
    ).fetchall()[0]
    assert (low, high) == (1.61, 26.12)
