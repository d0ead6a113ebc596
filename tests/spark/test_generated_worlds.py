"""Reports on generated worlds have the same cells on a cluster as on DuckDB.

One world each takes a minute. `make test-spark WORLDS=10` draws ten, from a new seed.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp

import pytest
from generative.datasets import Dataset, datasets, write_dataset
from generative.worklist_data import worklist_worlds
from hypothesis import HealthCheck, Phase, given, settings

from opttius_cli.reports.library import Library
from spark.two_engines import KNOWN, build_request, open_both

pytestmark = [
    pytest.mark.cluster,
    # The world of a failure is long to print, which is no failure of its own.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

WORKLIST = ("worklist/", "dashboard/contact", "forecast/")
"""Reports whose queries are long; they are compared on a world of their own."""
REPORTS = [name for name in Library(Path("none")).list_names() if name not in KNOWN]

WORLDS = int(os.environ.get("OPTTIUS_WORLDS", "1"))
LEAST_ORDERS = 10
"""The first world that is drawn is the simplest there is, in which hardly a report has a row."""

a_few_worlds = settings(
    max_examples=WORLDS,
    derandomize=WORLDS == 1,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def has_sales(dataset: Dataset) -> bool:
    return len(dataset.tables["orders"]) >= LEAST_ORDERS


def compare(dataset: Dataset, address: str, names: list[str]) -> dict[str, list[str]]:
    """Return by report where the answers differ, for the question that a world comes with."""
    words = list(zip(dataset.scope[::2], dataset.scope[1::2], strict=True))
    scope = {
        "branches": [value for option, value in words if option == "--branch"] or None,
        "organization": next((value for option, value in words if option == "--organization"), None),
    }
    request = build_request(
        write_dataset(dataset.tables),
        {**scope, "cache.folder": mkdtemp()},
        period=dataset.period,
        compare=dataset.compare,
        as_of=dataset.as_of,
    )
    with open_both(request, address, names) as engines:
        return {name: found for name in names if (found := engines.compare(name))}


@a_few_worlds
@given(dataset=datasets().filter(has_sales))
def test_reports_of_a_world_are_the_same(dataset: Dataset, spark_server: str) -> None:
    assert compare(dataset, spark_server, [name for name in REPORTS if not name.startswith(WORKLIST)]) == {}


@a_few_worlds
@given(dataset=worklist_worlds().filter(has_sales))
def test_lists_and_predictions_of_a_world_are_the_same(dataset: Dataset, spark_server: str) -> None:
    assert compare(dataset, spark_server, [name for name in REPORTS if name.startswith(WORKLIST)]) == {}
