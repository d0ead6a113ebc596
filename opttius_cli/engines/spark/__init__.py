"""Spark Connect as an engine: a dialect for the project's SQL, and a session on a lake.

Only this folder knows pyspark and sqlglot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import MissingExtraError
from opttius_cli.installation.extras import is_installed

if TYPE_CHECKING:
    from opttius_cli.engines.spark.engine import SparkEngine
    from opttius_cli.snapshot.lake import Lake

EXTRA = "spark"


def open_engine(lake: Lake, address: str) -> SparkEngine:
    """Open ``lake`` on the cluster at ``address``.

    Raises:
        MissingExtraError: the packages of the extra ``spark`` are not installed.
        ClusterError: the cluster cannot be reached.
    """
    if not (is_installed("sqlglot") and is_installed("pyspark")):
        raise MissingExtraError(EXTRA)
    from opttius_cli.engines.spark.engine import open_engine as open_installed_engine

    return open_installed_engine(lake, address)
