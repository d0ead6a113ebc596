"""What a snapshot stores of an organization's sales serves the sessions that see the same, and no other."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from opttius_cli.engines import duckdb as engine
from opttius_cli.engines.stored_sales import RULES, find_stored_sales
from opttius_cli.reports.shared_views import list_stored_views, read_rules
from opttius_cli.session import store_sales
from spec.harness import run, write_export

if TYPE_CHECKING:
    from pathlib import Path

LOADED = "2026-11-22T18:00:00+00:00"
SALES = """
branches
id
b1
b2

customers
id | branch_id | email          | first_name | created_at
c1 | b1        | ana@example.cl | Ana        | 2026-01-01 10:00+00

orders
id | branch_id | customer_id | created_at
o1 | b1        | c1          | 2026-11-20 10:00+00
o2 | b2        |             | 2026-11-22 12:00+00
o3 | b2        |             | 2026-11-23 12:00+00
"""
"""Two sales before the load, the last of them at noon, and one that is dated later."""
COMMANDS = (
    ["dashboard"],
    ["dashboard", "--section", "kpis"],
    ["branches"],
    ["customer", "ana@example.cl"],
    ["customers"],
    ["customers", "--search", "ana"],
    ["segments"],
    ["segments", "--movement"],
    ["drivers"],
    ["cohorts"],
    ["forecast"],
    ["worklist"],
    ["reconcile", "--branch", "b1"],
    ["explain", "total_revenue"],
    ["check"],
    ["sql", "SELECT count(*) AS orders FROM orders"],
)
OTHER_RULES = {
    "OPTTIUS_TIMEZONE": "Asia/Tokyo",
    "OPTTIUS_CURRENCY_CODE": "USD",
    "OPTTIUS_CURRENCY_ALIASES": "USD=CLP",
    "OPTTIUS_METRICS_PAID_STATUSES": "paid,partial",
    "OPTTIUS_METRICS_PLACEHOLDER_EMAILS": "caja@tienda.cl",
    "OPTTIUS_METRICS_PLACEHOLDER_RUTS": "1-9",
}


def is_served(folder: Path, *argv: str, **settings: str) -> bool:
    """Whether the dashboard of the whole organization is answered from what is stored."""
    found = []

    def spy(*arguments: Any) -> int | None:
        found.append(find_stored_sales(*arguments))
        return found[-1]

    with (
        patch.dict(os.environ, {"OPTTIUS_NOW": LOADED, **settings}),
        patch.object(engine, "find_stored_sales", spy),
    ):
        assert run(folder, "dashboard", "--section", "kpis", *argv).code == 0
    return any(number is not None for number in found)


def test_they_serve_who_sees_the_same() -> None:
    folder = write_export(SALES)
    with patch.dict(os.environ, {"OPTTIUS_NOW": LOADED}), patch.object(store_sales, "FEWEST_ORDERS", 0):
        assert run(folder, "load", "--refresh").code == 0
    # No row lies between these instants and the load.
    for as_of in (LOADED, "2026-11-22T12:00:00+00:00", "2026-11-23T11:59:59+00:00"):
        assert is_served(folder, "--as-of", as_of)
    for as_of in ("2026-11-22T11:59:59+00:00", "2026-11-23T12:00:00+00:00"):
        assert not is_served(folder, "--as-of", as_of)
    assert not is_served(folder, "--as-of", LOADED, "--branch", "b1")
    for name, value in OTHER_RULES.items():
        assert not is_served(folder, "--as-of", LOADED, **{name: value}), name


def test_a_small_organization_is_worked_out_anew() -> None:
    folder = write_export(SALES)
    orders = 3
    for fewest, is_stored in ((orders + 1, False), (orders, True)):
        with (
            patch.dict(os.environ, {"OPTTIUS_NOW": LOADED}),
            patch.object(store_sales, "FEWEST_ORDERS", fewest),
        ):
            assert run(folder, "load", "--refresh").code == 0
        assert is_served(folder, "--as-of", LOADED) is is_stored


def test_every_command_answers_from_them() -> None:
    """Whatever follows the first statement of a session: a result that was not read to its end blocks relations."""
    folder = write_export(SALES)
    with patch.dict(os.environ, {"OPTTIUS_NOW": LOADED}):
        with patch.object(store_sales, "FEWEST_ORDERS", 0):
            assert run(folder, "load", "--refresh").code == 0
        for command in COMMANDS:
            ran = run(folder, *command, "--as-of", LOADED)
            assert (ran.code, command) == (0, command), ran.stderr
            assert "ya no se puede leer" not in ran.stderr, command


def test_every_rule_that_the_views_read_decides() -> None:
    files = list_stored_views()
    views = "".join(file.sql for file in files if re.search("TEMP (VIEW|TABLE)", file.sql))
    macros = dict(
        re.findall(r"TEMP MACRO (\w+)(.*?);\n", read_rules() + "".join(file.sql for file in files), re.DOTALL)
    )
    called: set[str] = set()
    read = views
    while new := {name for name in macros if f"{name}(" in read} - called:
        called |= new
        read += "".join(macros[name] for name in new)
    of_scope_and_instant = {"orders_from", "from_at", "until_at"}
    variables = set(re.findall(r"getvariable\('(\w+)'\)", read))
    assert {"currency", "paid_statuses", "placeholder_ruts"} <= variables
    assert variables - of_scope_and_instant - set(RULES) == set()
