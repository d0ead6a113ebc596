"""``opttius check --rows FINDING`` lists the rows that a finding counts, in the words that any screen prints."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from spec.harness import uuid, write_export

from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.reports.layouts import FINDINGS
from opttius_cli.session.finding_rows import list_finding_rows
from opttius_cli.session.open_session import open_session, open_unscoped_session
from opttius_cli.session.run_reports import run_reports
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

EXAMPLE = Path(__file__).parents[1] / "example" / "data"

ROWS = """
branches
id
b1
b2

products
id
p1

product_branch_stock
product_id | branch_id | quantity | low_stock_threshold
p1         | b1        | 1        | few
p1         | b2        | 1        | few

appointments
id | branch_id | status  | appointment_date | created_at
a1 | b1        | strange | 2026-11-20       | 2026-11-01

customers
id | branch_id
c1 | b1

prescriptions
id | branch_id | customer_id | prescription_date | expiration_date
r1 | b1        | c1          | 2026-11-04        | never
"""


def read_rows(ran: RunResult) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    rows: list[dict[str, Any]] = json.loads(ran.out)["rows"]
    return rows


@pytest.mark.parametrize("organization", [None, "cordillera"])
def test_the_rows_of_every_finding_add_up_to_its_count(organization: str | None) -> None:
    """Every finding of the example, of the whole source and of a scope."""
    values = {"source": str(EXAMPLE), "organization": organization}
    settings = config.resolve_config(values, os.environ, Path.cwd())
    request = Request(settings, os.environ, datetime(2026, 11, 22, 18, tzinfo=UTC), Reporter(quiet=True))
    with open_session(request) if organization else open_unscoped_session(request) as opened:
        findings = run_reports(opened, "check", FINDINGS).parts[0].result.table.to_pylist()
        names = sorted({row["finding"] for row in findings})
        rows = list_finding_rows(opened, names).parts[0].result.table.to_pylist()
    counts: Counter[tuple[str, str | None]] = Counter()
    cases: Counter[tuple[str, str | None]] = Counter()
    for row in findings:
        counts[row["finding"], row["table_name"]] += row["count"]
    for row in rows:
        cases[row["finding"], row["table_name"]] += row["cases"]
    assert len(counts) > 30
    assert cases == counts


def test_a_finding_is_named_by_its_label_too(run: Callable[..., RunResult]) -> None:
    options = ("-s", EXAMPLE, "-O", "cordillera", "--as-of", "2026-11-22", "--format", "json")
    by_code = read_rows(run("check", "--rows", "no_match", *options))
    assert by_code == read_rows(run("check", "--rows", "venta sin cliente conocido", *options))
    everything = read_rows(run("check", "--rows", "unattributed", *options))
    assert by_code == [row for row in everything if row["finding"] == "no_match"]
    assert {row["finding"] for row in everything} > {"no_match"}


def test_a_row_has_its_whole_key_and_the_day_by_which_reports_date_it(run: Callable[..., RunResult]) -> None:
    folder = write_export(ROWS)
    options = ("-s", folder, "--as-of", "2026-11-22", "--format", "json")
    cells = read_rows(run("check", "--rows", "unreadable_cells", *options))
    assert {(row["table_name"], row["id"], row["date"]) for row in cells} == {
        ("prescriptions", uuid("r1"), "2026-11-04"),
        ("product_branch_stock", f"{uuid('p1')} {uuid('b1')}", None),
        ("product_branch_stock", f"{uuid('p1')} {uuid('b2')}", None),
    }
    (visit,) = read_rows(run("check", "--rows", "unknown_status", *options))
    assert (visit["table_name"], visit["date"]) == ("appointments", "2026-11-20")


def test_rows_and_fail_on_are_two_questions(run: Callable[..., RunResult]) -> None:
    ran = run("check", "--rows", "no_match", "--fail-on", "error", "-s", EXAMPLE)
    assert (ran.code, "--fail-on" in ran.err) == (2, True)
    ran = run("check", "--rows", "no_mach", "-s", EXAMPLE)
    assert (ran.code, "no_match" in ran.err) == (6, True)
