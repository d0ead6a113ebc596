"""Spark Connect servers for the tests: Sail, which starts within this process."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = "SAIL_EXECUTION__CHECKPOINT__PATH"
"""Where Sail keeps the tables of a session."""


@pytest.fixture(scope="session")
def sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server. A test that asks for it fails where pysail is not installed."""
    with start_server(tmp_path_factory.mktemp("kept").as_uri()) as address:
        yield address


@pytest.fixture
def forgetful_sail() -> Iterator[str]:
    """The address of a server that has no place for tables."""
    with start_server(None) as address:
        yield address


@contextmanager
def start_server(place: str | None) -> Iterator[str]:
    """Start a server that keeps tables at ``place``, and stop it at the end."""
    from pysail.spark import SparkConnectServer

    # The main module of a worker of pytest-xdist has no file; then pyspark would look for its own doctests.
    vars(sys.modules["__main__"]).setdefault("__file__", __file__)
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(PLACE, raising=False)
        if place:
            environment.setenv(PLACE, place)
        server = SparkConnectServer(ip="127.0.0.1", port=0)
        server.start()
    _host, port = server.listening_address
    yield f"sc://127.0.0.1:{port}"
    server.stop()
