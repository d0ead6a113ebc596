"""Open a lake on a cluster: the engine of a session that asks for Spark."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.engines import open_on_lake
from opttius_cli.errors import NoSourceError, UsageError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.engines.protocol import Engine
    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.open import Manifest

SPARK = "spark"


@contextmanager
def open_cluster(request: Request) -> Iterator[tuple[Engine, Manifest]]:
    """Open the lake that the request's source is on the cluster that ``remote`` names.

    Raises:
        NotALakeError: the source is not a lake.
        MissingExtraError, ClusterError: the cluster cannot be reached.
    """
    path = locate_lake(request)
    if not request.config.remote:
        raise UsageError(_("--engine spark needs a cluster: add --remote sc://HOST:15002."))
    from opttius_cli.snapshot.lake import open_lake

    lake = open_lake(path)
    request.record.source = str(path)
    engine = open_on_lake(lake, request.config.remote)
    with closing(engine), closing(request.own_sql):
        yield engine, lake.manifest


def locate_lake(request: Request) -> Path:
    """Return the folder of the request's lake."""
    if not request.config.source:
        raise NoSourceError
    return Path(request.config.source).expanduser().absolute()
