"""What a snapshot stores of an organization's sales changes no answer: by any scope, instant, zone and rules."""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

from hypothesis import event, given
from hypothesis import strategies as st
from oracle.compare import parse
from spec.harness import run

from generative.datasets import Dataset, datasets, write_dataset
from generative.fuzz import fuzz
from opttius_cli.engines import duckdb as engine
from opttius_cli.engines.stored_sales import find_stored_sales
from opttius_cli.session import store_sales

COMMANDS = (
    ("dashboard",),
    ("dashboard", "--period", "365", "--compare", "year", "--section", "payment_methods"),
    ("segments", "--movement"),
    ("worklist",),
    ("cohorts",),
    ("branches",),
    ("drivers",),
    ("export", "owed", "-o", "-"),
    ("export", "customers", "-o", "-"),
    ("explain", "outstanding_total"),
    ("explain", "total_revenue", "--period", "365"),
)
# While rows are still to come, and after all of them.
LOADED = ("2026-04-04T15:00:00+00:00", "2026-11-22T18:00:00+00:00", "2027-01-31T12:00:00+00:00")
SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"OPTTIUS_TIMEZONE": "Asia/Tokyo"},
    {"OPTTIUS_CURRENCY_CODE": "USD"},
    {"OPTTIUS_METRICS_PAID_STATUSES": "paid,partial"},
)


@fuzz(40)
@given(
    dataset=datasets(),
    command=st.sampled_from(COMMANDS),
    loaded=st.sampled_from(LOADED),
    settings=st.sampled_from(SETTINGS),
    asks_now=st.sampled_from([True, True, False]),
    whole=st.sampled_from([True, True, False]),
)
def test_stored_sales_change_no_answer(
    *,
    dataset: Dataset,
    command: tuple[str, ...],
    loaded: str,
    settings: dict[str, str],
    asks_now: bool,
    whole: bool,
) -> None:
    folder = write_dataset(dataset.tables)
    scope = ("--organization", "g1") if whole else dataset.scope
    argv = (*command, *scope, "--as-of", loaded if asks_now else dataset.as_of)
    found = []

    def spy(*arguments: Any) -> int | None:
        found.append(find_stored_sales(*arguments))
        return found[-1]

    with patch.dict(os.environ, {"OPTTIUS_NOW": loaded}):
        with patch.object(store_sales, "FEWEST_ORDERS", 0):
            run(folder, "load", "--refresh")
        with patch.dict(os.environ, settings):
            with patch.object(engine, "find_stored_sales", spy):
                stored = run(folder, *argv)
            with patch.object(engine, "find_stored_sales", lambda *_arguments: None):
                computed = run(folder, *argv)
    event(f"stored: {any(number is not None for number in found)}")
    assert (stored.code, stored.stderr) == (computed.code, computed.stderr)
    if stored.code == 0:
        assert parse(stored.stdout) == parse(computed.stdout)
