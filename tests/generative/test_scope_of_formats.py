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

from generative.datasets import Dataset, Row, datasets, inside, write_dataset
from generative.fuzz import fuzz
from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.errors import UsageError
from opttius_cli.privacy.policy import Policy
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports.layouts import (
    CUSTOMER,
    CUSTOMERS,
    EXPORTS,
    FINDINGS,
    LAYOUTS,
    SCHEMES,
    build_list_layout,
)
from opttius_cli.reports.slots import Slot
from opttius_cli.session.open_session import open_session
from opttius_cli.session.run_reports import run_reports
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opttius_cli.period import Compare
    from opttius_cli.result import Answer

READABLE = datasets(unreadable=False)
"""Worlds without refused rows: an answer tells the line of each in its file, which holds other rows too."""
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


Questions = dict[str, tuple[tuple[Slot, ...], dict[str, Any], bool]]
"""What is asked of a world: the places of an answer, its parameters, and whether it is about a period."""


def each(dataset: Dataset) -> Questions:
    """Every answer that the program gives by itself, and one with all reports of one's own."""
    every: dict[str, Any] = {}
    questions: Questions = {
        **{
            name: (slots, every, True) for name, slots in LAYOUTS.items() if name not in {"customer", "check"}
        },
        "customers": (CUSTOMERS, every | {"search": "a", "sort": "purchases"}, False),
        "check": (FINDINGS, {}, False),
        **{f"segments {name}": (build_list_layout(report), {}, True) for name, report in SCHEMES.items()},
        **{f"export {name}": (build_list_layout(report), every, True) for name, report in EXPORTS.items()},
        "own": (tuple(Slot((name,), f"user/{name}") for name in OWN), {}, False),
    }
    for customer in sorted({row["id"] for row in inside(dataset)["customers"]})[:1]:
        questions["customer"] = (CUSTOMER, {"customer": uuid(customer)}, False)
    return questions


def at_once(dataset: Dataset) -> Questions:
    """The same reports in two answers, so that what every answer needs is worked out twice and no more."""
    questions: Questions = {"windowed": ((), {}, True), "whole": ((), {}, False)}
    for name, (places, more, windowed) in each(dataset).items():
        key = "windowed" if windowed else "whole"
        moved = tuple(replace(place, path=(name, *place.path)) for place in places)
        questions[key] = ((*questions[key][0], *moved), questions[key][1] | more, windowed)
    return questions


def answers(
    tables: dict[str, list[Row]], dataset: Dataset, policy: Policy, questions: Questions
) -> Iterator[tuple[str, Answer]]:
    """What is asked of a data set that lies where the one before lay."""
    source = Path.cwd() / "world"
    for old in (source, Path(os.environ["OPTTIUS_CACHE_FOLDER"])):
        shutil.rmtree(old, ignore_errors=True)
    write_dataset(tables).rename(source)
    names = [uuid(name) for name in dataset.scope[1::2]]
    options: dict[str, Any] = {"source": str(source)}
    if dataset.scope:
        options |= {"branches": names} if dataset.scope[0] == "--branch" else {"organization": names[0]}
    settings = config.resolve_config(options, os.environ, Path.cwd())
    for period in (dataset.period, None):
        request = Request(
            settings,
            os.environ,
            NOW,
            Reporter(quiet=True),
            period,
            dataset.as_of,
            COMPARES[dataset.compare],
            policy=policy,
        )
        with open_session(request) as opened:
            for name, (places, more, windowed) in questions.items():
                if windowed == (period is not None):
                    yield name, run_reports(opened, name, places, more)


def written(
    tables: dict[str, list[Row]], dataset: Dataset, policy: Policy, questions: Questions, forms: Iterable[str]
) -> dict[tuple[str, str], bytes]:
    """What is asked, in every one of the formats ``forms``."""
    outputs = {}
    for name, answer in answers(tables, dataset, policy, questions):
        for form in forms:
            out = BytesIO()
            try:
                RENDERERS[form].write(answer, out, Style("es"))
            except UsageError as refusal:
                # A format of lists refuses an answer of several parts, always alike.
                out.write(str(refusal).encode())
            outputs[name, form] = out.getvalue()
    assert {name for name, _form in outputs} == set(questions)
    return outputs


def in_every_format(
    tables: dict[str, list[Row]], dataset: Dataset, policy: Policy
) -> dict[tuple[str, str], bytes]:
    """Every answer in every format: the workbooks and pages are what takes time."""
    return written(tables, dataset, policy, each(dataset), RENDERERS)


def in_json(tables: dict[str, list[Row]], dataset: Dataset, policy: Policy) -> dict[tuple[str, str], bytes]:
    """Every report, one's own among them, in the format that shows the most."""
    return written(tables, dataset, policy, at_once(dataset), ["json"])


def differing(
    first: dict[tuple[str, str], bytes], other: dict[tuple[str, str], bytes]
) -> list[tuple[str, str]]:
    """The answers that are not the same."""
    return [key for key in first if first[key] != other.get(key)] + sorted(set(other) - set(first))


def with_strangers(dataset: Dataset) -> dict[str, list[Row]]:
    """The world and, before it, an organization of the app's own, whose rows are copies of everybody's.

    A second shop would end the adoption of what names nobody, as it must.
    """
    tables = {name: list(some) for name, some in dataset.tables.items()}
    tables["organizations"].insert(0, {"id": "g0", "metadata": '{"currency": "USD", "is_platform": true}'})
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


@fuzz(3)
@given(dataset=READABLE)
def test_rows_outside_the_scope_change_no_byte_of_any_report(dataset: Dataset) -> None:
    assert differing(in_json(dataset.tables, dataset, WHOLE), in_json(inside(dataset), dataset, WHOLE)) == []


@fuzz(3)
@given(dataset=READABLE)
def test_another_organization_changes_no_byte_of_any_report(dataset: Dataset) -> None:
    masked = Policy()
    assert (
        differing(in_json(dataset.tables, dataset, masked), in_json(with_strangers(dataset), dataset, masked))
        == []
    )


@fuzz(1)
@given(dataset=READABLE)
def test_rows_outside_the_scope_change_no_byte_of_any_format(dataset: Dataset) -> None:
    assert (
        differing(
            in_every_format(dataset.tables, dataset, WHOLE), in_every_format(inside(dataset), dataset, WHOLE)
        )
        == []
    )


@fuzz(1)
@given(dataset=READABLE)
def test_another_organization_changes_no_byte_of_any_format(dataset: Dataset) -> None:
    masked = Policy()
    assert (
        differing(
            in_every_format(dataset.tables, dataset, masked),
            in_every_format(with_strangers(dataset), dataset, masked),
        )
        == []
    )
