"""Every report of the worked example has the same cells on a cluster as on DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opttius_cli.engines.spark.cluster import ClusterError
from opttius_cli.reports.library import Library
from spark.two_engines import KNOWN, TwoEngines, build_request, open_both

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

DATA = Path(__file__).parent.parent / "example" / "data"
REPORTS = Library(Path("none")).list_names()


@pytest.fixture(scope="module")
def engines(spark_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoEngines]:
    settings = {"organization": "Óptica Cordillera", "cache.folder": str(tmp_path_factory.mktemp("cache"))}
    request = build_request(DATA, settings, period="30", compare="year", as_of="2026-11-22T15:00:00-03:00")
    with open_both(request, spark_server) as opened:
        yield opened


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in KNOWN])
def test_a_report_has_the_same_cells(engines: TwoEngines, name: str) -> None:
    assert engines.compare(name) == []


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known_to_differ_still_does(engines: TwoEngines, name: str) -> None:
    with pytest.raises(ClusterError):
        engines.compare(name)
