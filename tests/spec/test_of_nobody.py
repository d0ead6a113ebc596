"""Section 3: what nobody adopts is told with ids and amount by `load` and `check`, and why a branch is in no scope."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from spec.harness import AS_OF, RunResult, run, run_bare, uuid, write_export

if TYPE_CHECKING:
    from pathlib import Path

# b1 is of g1, b2 of nobody. Each order has an amount of its own, a power of ten.
SHOP = """
organizations
id | name  | slug  | metadata
g1 | Norte | norte | {first}
{others}

branches
id | organization_id
b1 | g1
b2 |

orders
id | branch_id | organization_id | total_amount | created_at
o1 | b1        |                 | 1            | 2026-11-20
o2 | b2        |                 | 10           | 2026-11-20
o3 |           |                 | 100          | 2026-11-20
o4 | b7        | g1              | 1000         | 2026-11-20
o4 | b7        | g1              | 1000         | 2026-11-20
o5 |           | g9              | 10000        | 2026-11-20
o6 | b1        |                 | 100000       | 2026-11-20
o6 | b7        |                 | 100000       | 2026-11-20

products
id | organization_id | branch_id
d1 |                 |
d2 | g1              |
d3 | g9              |
"""
ANOTHER = "g2 | Sur | sur | {}"


def export(*others: str, first: str = "{}", config: str | None = None) -> Path:
    """Write the shop and other organizations."""
    return write_export(SHOP.format(first=first, others="\n".join(others)), config=config)


def show(folder: Path, form: str) -> RunResult:
    """Run the dashboard in a format other than JSON."""
    from opttius_cli.cli import main

    return run_bare(main, ["dashboard", "-s", str(folder), "-f", form, "--lang", "en", "--as-of", AS_OF])


def rows_of_nobody(folder: Path) -> dict[str, tuple[int, Any, list[str]]]:
    """Load the whole source; return count, amount and ids by table."""
    ran = run(folder, "load")
    assert ran.code == 0, ran.stderr
    answer = json.loads(ran.stdout)
    result = {row["table_name"]: (row["count"], row["amount"], row["ids"]) for row in answer["of_nobody"]}
    assert {row["table_name"]: row["ownerless"] for row in answer["rows"] if row["ownerless"]} == {
        table: count for table, (count, *_rest) in result.items()
    }
    return result


def test_what_names_something_unknown_is_nobodys_even_where_somebody_adopts() -> None:
    """o4 came twice; of o6 one copy is of b1; o5 and d3 name an organization that is not in the data."""
    assert rows_of_nobody(export()) == {
        "orders": (4, 2 * 1000 + 10000 + 100000, sorted(map(uuid, ("o4", "o5", "o6")))),
        "products": (1, None, [uuid("d3")]),
    }


def test_what_nobody_adopts_is_nobodys() -> None:
    """With two organizations, b2, o3 and d1 could be of either."""
    assert rows_of_nobody(export(ANOTHER)) == {
        "orders": (
            6,
            10 + 100 + 2 * 1000 + 10000 + 100000,
            sorted(map(uuid, ("o2", "o3", "o4", "o5", "o6"))),
        ),
        "products": (2, None, sorted(map(uuid, ("d1", "d3")))),
    }


def test_check_tells_of_nobodys_rows_to_whoever_looks_at_the_whole_and_to_no_scope() -> None:
    folder = export(ANOTHER)
    for answer, notes in (((), [(6, 112110)]), (("-O", "norte"), [])):
        ran = run(folder, "check", *answer)
        assert ran.code == 0, ran.stderr
        result = [row for row in json.loads(ran.stdout)["rows"] if row["finding"] == "ownerless_rows"]
        assert [(row["count"], row["amount"]) for row in result if row["table_name"] == "orders"] == notes


@pytest.mark.parametrize(
    ("others", "first", "config", "reason"),
    [
        ((ANOTHER,), "{}", None, 'it could belong to any of Norte, Sur. Say to which: scope.adopt = "SLUG"'),
        ((), "{}", "[scope]\nadopt = false\n", "scope.adopt = false keeps it out of every scope."),
        ((), '{"is_platform": true}', None, "only organizations that the app uses itself."),
    ],
)
def test_a_branch_of_nobody_is_refused_with_the_reason(
    others: tuple[str, ...], first: str, config: str | None, reason: str
) -> None:
    folder = export(*others, first=first, config=config)
    for organization in ((), ("-O", "norte")):
        ran = run(folder, "dashboard", "--branch", "b2", *organization, "--lang", "en")
        assert (ran.code, ran.stdout) == (2, "")
        assert "The branch “b2” names no organization: " in ran.stderr
        assert reason in ran.stderr


def test_an_organization_that_is_only_the_apps_own_has_to_be_named() -> None:
    folder = export(first='{"is_root_testing": "true"}')
    ran = run(folder, "dashboard", "--lang", "en")
    assert (ran.code, ran.stdout) == (2, "")
    assert "The data holds 1 organization, which counts only when it is named: Norte." in ran.stderr
    assert run(folder, "dashboard", "-O", uuid("g1")).code == 0


@pytest.mark.parametrize("name", ["Norte", "NORTE", "norte", uuid("g1")])
def test_an_organization_is_named_by_id_slug_or_name(name: str) -> None:
    ran = run(export(ANOTHER), "dashboard", "-O", name)
    assert ran.code == 0, ran.stderr
    assert json.loads(ran.stdout)["scope"]["organization"]["id"] == uuid("g1")


def test_the_organization_that_adopts_must_be_in_the_data() -> None:
    ran = run(export(config='[scope]\nadopt = "oeste"\n'), "dashboard", "--lang", "en")
    assert (ran.code, ran.stdout) == (3, "")
    assert "scope.adopt = “oeste”" in ran.stderr


@pytest.mark.parametrize(("value", "revenue"), [("false", 1), ("true", 111), ("norte", 111), ("sur", 1)])
def test_adoption_may_be_set_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, value: str, revenue: int
) -> None:
    """In the third, Sur is the app's own; in the last, it is what names nobody belongs to."""
    monkeypatch.setenv("OPTTIUS_SCOPE_ADOPT", value)
    metadata = "{}" if value == "sur" else '{"is_platform": true}'
    ran = run(export(f"g2 | Sur | sur | {metadata}"), "dashboard", "-O", "norte")
    assert json.loads(ran.stdout)["kpis"]["total_revenue"] == revenue + 100000


def test_adoption_of_another_kind_is_refused() -> None:
    ran = run(export(config="[scope]\nadopt = 3\n"), "dashboard", "--lang", "en")
    assert ran.code == 3
    assert "must be true, false, or the slug of an organization" in ran.stderr


def test_what_is_adopted_is_told_in_words() -> None:
    ran = show(export(), "md")
    assert "Branches without organization, taken as of this one: b2." in ran.stdout
    assert "Rows without branch and organization, taken as of this one: orders 1, products 1." in ran.stdout


def test_a_dashboard_of_which_every_row_was_refused_says_so_first() -> None:
    folder = write_export("orders\nid | total_amount\no1 | abc\no2 | 1x\n")
    ran = show(folder, "md")
    sentence = "No row could be read, so what rests on them is 0: orders 2."
    assert sentence in ran.stdout
    assert ran.stdout.index(sentence) < ran.stdout.index("Revenue")
    ran = show(folder, "csv")
    assert sentence in ran.stderr.splitlines()[0]
    some = write_export("orders\nid | total_amount\no1 | abc\no2 | 1\n")
    assert "No row could be read" not in show(some, "md").stdout


# d is the amount whose thousandth is looked for, beside a usual of 12,990.
@pytest.mark.parametrize(
    ("amount", "notes"), [("12.99", True), ("64.95", True), ("65", False), ("1.29", False)]
)
def test_an_amount_of_a_thousandth_of_the_usual_is_a_finding(amount: str, *, notes: bool) -> None:
    lines = "".join(f"o{number} | 12990 | CLP\n" for number in range(5))
    folder = write_export(
        f"orders\nid | total_amount | currency\n{lines}o9 | {amount} | CLP\nx1 | 49 | USD\n"
    )
    rows = json.loads(run(folder, "check").stdout)["rows"]
    result = [
        (row["table_name"], row["column_name"], row["count"], row["examples"])
        for row in rows
        if row["finding"] == "small_amounts"
    ]
    assert result == ([("orders", "total_amount", 1, [uuid("o9")])] if notes else [])


@pytest.mark.parametrize(("lost", "notes"), [(1, []), (2, [2])])
def test_ids_that_match_nothing_are_a_finding_from_more_than_a_tenth_on(lost: int, notes: list[int]) -> None:
    """Of ten rows that name a customer, one or two name somebody who is not there; one row names nobody."""
    names = ["c9"] * lost + ["c1"] * (10 - lost) + [""]
    lines = "".join(f"o{number} | {name}\n" for number, name in enumerate(names))
    folder = write_export(f"customers\nid\nc1\n\norders\nid | customer_id\n{lines}")
    rows = json.loads(run(folder, "check").stdout)["rows"]
    result = [row for row in rows if row["finding"] == "unmatched_ids"]
    assert [row["count"] for row in result if row["column_name"] == "customer_id"] == notes


@pytest.mark.parametrize("rows", [999, 1000])
def test_a_table_of_exactly_a_thousand_rows_is_a_finding(rows: int) -> None:
    lines = "".join(f"c{number}\n" for number in range(rows))
    result = json.loads(run(write_export(f"customers\nid\n{lines}"), "check").stdout)["rows"]
    assert [row["table_name"] for row in result if row["finding"] == "cut"] == (
        ["customers"] if rows == 1000 else []
    )


def test_what_is_not_read_is_a_finding() -> None:
    folder = write_export("customers\nid\nc1\n")
    (folder / "quote.csv").write_text("id\n1\n")
    (folder / "photo.docx").write_bytes(b"PK\x03\x04")
    rows = json.loads(run(folder, "check").stdout)["rows"]
    result = [(row["table_name"], row["examples"]) for row in rows if row["finding"] == "unread_files"]
    assert {(table, *names) for table, names in result} == {("quotes", "quote.csv"), (None, "photo.docx")}
