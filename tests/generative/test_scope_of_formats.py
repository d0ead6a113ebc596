"""Nothing outside the scope changes a byte: of any report, in any format, and of reports that people write.

A world is asked twice, once as it is and once without the rows outside the scope (or with still more of them),
from the same place and at the same time, so that every byte of every file must be the same.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from spec.harness import uuid

from generative.fuzz import fuzz
from generative.worlds import Row, World, inside, worlds, write_world
from opttius_cli import config, session
from opttius_cli.diagnostics import Reporter
from opttius_cli.privacy.policy import Policy
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports.layouts import (
    CUSTOMER,
    CUSTOMERS,
    DASHBOARD,
    EXPORTS,
    FINDINGS,
    SCHEMES,
    Slot,
    build_list_layout,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opttius_cli.period import Compare
    from opttius_cli.result import Answer

NOW = datetime(2027, 1, 1, tzinfo=UTC)
COMPARES: dict[str, Compare] = {"previous": "previous", "year": "year", "none": "none"}
OWN = {
    # A whole row of each table as text shows every column that a report could name.
    **{
        f"all-{table}": f"SELECT CAST(to_json(seen) AS VARCHAR) AS x FROM {table} AS seen ORDER BY x"
        for table in (
            *("branches", "customers", "orders", "lab_work_orders", "quotes", "appointments", "order_items"),
            *(
                "order_payments",
                "products",
                "product_branch_stock",
                "purchases",
                "order_facts",
                "order_lines",
            ),
        )
    },
    "counted": "SELECT table_name || rows_seen || coalesce(duplicates, 0) AS x FROM scope_rows ORDER BY x",
    "facts": "SELECT CAST(to_json(f) AS VARCHAR) AS x FROM customer_facts_at($as_of_local, $as_of_date) f ORDER BY x",
}
"""Reports of one's own, by name."""


@pytest.fixture(autouse=True)
def _own_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "settings"
    (folder / "reports").mkdir(parents=True)
    for name, sql in OWN.items():
        header = '-- ---\n-- title = "Own"\n-- history = "all"\n-- [columns]\n-- x = "text"\n-- ---\n'
        (folder / "reports" / f"{name}.sql").write_text(header + sql + "\n", encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(folder))


Asked = dict[str, tuple[tuple[Slot, ...], dict[str, Any], bool]]
"""What is asked of a world: the places of an answer, its parameters, and whether it is about a period."""


def each(world: World) -> Asked:
    """Every answer that the program gives by itself, and one with all reports of one's own."""
    every = dict(session.EVERY_CUSTOMER)
    found: Asked = {
        "dashboard": (DASHBOARD, {}, True),
        "customers": (CUSTOMERS, every | {"search": "a", "sort": "purchases"}, False),
        "check": (FINDINGS, {}, False),
        **{f"segments {name}": (build_list_layout(report), {}, True) for name, report in SCHEMES.items()},
        **{f"export {name}": (build_list_layout(report), every, True) for name, report in EXPORTS.items()},
        "own": (tuple(Slot((name,), f"user/{name}") for name in OWN), {}, False),
    }
    for customer in sorted({row["id"] for row in inside(world)["customers"]})[:1]:
        found["customer"] = (CUSTOMER, {"customer": uuid(customer)}, False)
    return found


def at_once(world: World) -> Asked:
    """The same reports in two answers, so that what every answer needs is worked out twice and no more."""
    found: Asked = {"windowed": ((), {}, True), "whole": ((), {}, False)}
    for name, (places, more, windowed) in each(world).items():
        key = "windowed" if windowed else "whole"
        moved = tuple(replace(place, path=(name, *place.path)) for place in places)
        found[key] = ((*found[key][0], *moved), found[key][1] | more, windowed)
    return found


def answers(
    tables: dict[str, list[Row]], world: World, policy: Policy, asked: Asked
) -> Iterator[tuple[str, Answer]]:
    """What is asked of a data set that lies where the one before lay."""
    source = Path.cwd() / "world"
    for old in (source, Path(os.environ["OPTTIUS_CACHE_DIR"])):
        shutil.rmtree(old, ignore_errors=True)
    write_world(tables).rename(source)
    names = [uuid(name) for name in world.scope[1::2]]
    options = {"source": str(source), ("branches" if world.scope[0] == "--branch" else "organization"): names}
    options |= {"organization": names[0]} if "organization" in options else {}
    settings = config.resolve_config(options, os.environ, Path.cwd())
    for period in (world.period, None):
        request = session.Request(
            settings,
            os.environ,
            NOW,
            Reporter(quiet=True),
            period,
            world.as_of,
            COMPARES[world.compare],
            policy=policy,
        )
        with session.open_session(request) as opened:
            for name, (places, more, windowed) in asked.items():
                if windowed == (period is not None):
                    yield name, session.run_reports(opened, name, places, more)


def written(
    tables: dict[str, list[Row]], world: World, policy: Policy, asked: Asked, forms: Iterable[str]
) -> dict[tuple[str, str], bytes]:
    """What is asked, in every one of the formats ``forms``."""
    found = {}
    for name, answer in answers(tables, world, policy, asked):
        for form in forms:
            out = BytesIO()
            RENDERERS[form].write(answer, out, Style("es"))
            found[name, form] = out.getvalue()
    assert {name for name, _form in found} == set(asked)
    return found


def in_every_format(
    tables: dict[str, list[Row]], world: World, policy: Policy
) -> dict[tuple[str, str], bytes]:
    """Every answer in every format: the workbooks and pages are what takes time."""
    return written(tables, world, policy, each(world), RENDERERS)


def in_json(tables: dict[str, list[Row]], world: World, policy: Policy) -> dict[tuple[str, str], bytes]:
    """Every report, one's own among them, in the format that shows the most."""
    return written(tables, world, policy, at_once(world), ["json"])


def differing(
    one: dict[tuple[str, str], bytes], other: dict[tuple[str, str], bytes]
) -> list[tuple[str, str]]:
    """The answers that are not the same."""
    return [key for key in one if one[key] != other.get(key)] + sorted(set(other) - set(one))


def with_strangers(world: World) -> dict[str, list[Row]]:
    """The world and, before it, another organization with a branch, whose rows are copies of everybody's."""
    tables = {name: list(some) for name, some in world.tables.items()}
    tables["organizations"].insert(0, {"id": "g0", "metadata": '{"currency": "USD"}'})
    tables["branches"].insert(0, {"id": "b0", "organization_id": "g0"})
    for name in ("customers", "orders", "lab_work_orders", "quotes", "appointments"):
        strangers = [
            row
            | {
                "id": row["id"].replace(row["id"][0], row["id"][0] + "9"),
                "branch_id": "b0",
                "organization_id": "g0",
            }
            for row in tables[name]
        ]
        tables[name] = strangers + tables[name]
    return tables


WHOLE = Policy("revealed")


@pytest.mark.slow
@fuzz(3)
@given(world=worlds())
def test_rows_outside_the_scope_change_no_byte_of_any_report(world: World) -> None:
    assert differing(in_json(world.tables, world, WHOLE), in_json(inside(world), world, WHOLE)) == []


@pytest.mark.slow
@fuzz(3)
@given(world=worlds())
def test_another_organization_changes_no_byte_of_any_report(world: World) -> None:
    masked = Policy()
    assert (
        differing(in_json(world.tables, world, masked), in_json(with_strangers(world), world, masked)) == []
    )


@pytest.mark.slow
@fuzz(1)
@given(world=worlds())
def test_rows_outside_the_scope_change_no_byte_of_any_format(world: World) -> None:
    assert (
        differing(in_every_format(world.tables, world, WHOLE), in_every_format(inside(world), world, WHOLE))
        == []
    )


@pytest.mark.slow
@fuzz(1)
@given(world=worlds())
def test_another_organization_changes_no_byte_of_any_format(world: World) -> None:
    masked = Policy()
    assert (
        differing(
            in_every_format(world.tables, world, masked),
            in_every_format(with_strangers(world), world, masked),
        )
        == []
    )
