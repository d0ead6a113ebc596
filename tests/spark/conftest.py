"""A Spark Connect server for the tests: Sail, which starts within this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """The address of the server. A test that asks for it fails where pysail is not installed."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start()
    _host, port = server.listening_address
    yield f"sc://127.0.0.1:{port}"
    server.stop()
