"""Spark Connect servers for the tests: Sail, which starts within this process, or Apache Spark, a process of its own.

``OPTTIUS_SPARK_HOME``, the folder of an installed ``pyspark``, asks for Apache Spark.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = "SAIL_EXECUTION__CHECKPOINT__PATH"
"""Where Sail keeps the tables of a session."""
MASTERS = ("local-cluster[2,1,1024]", "local[2]")
"""Two executors that are processes of their own; where these do not start, two threads of one process."""
MASTER = pytest.StashKey[str]()
"""Which of them the server of the tests is."""
PATIENCE = 90
"""Seconds until a server of Apache Spark that does not listen counts as not started."""
SERVER_CLASS = "org.apache.spark.sql.connect.service.SparkConnectServer"


@pytest.fixture(scope="session")
def spark_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server. A test that asks for it fails where no server is installed."""
    folder, home = tmp_path_factory.mktemp("server"), os.environ.get("OPTTIUS_SPARK_HOME")
    if not home:
        with start_sail(folder.as_uri()) as address:
            yield address
        return
    with start_spark(Path(home), folder) as (address, master):
        request.config.stash[MASTER] = master
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how Apache Spark ran."""
    if MASTER in config.stash:
        terminalreporter.write_line(f"Apache Spark ran as {config.stash[MASTER]}")


@pytest.fixture
def forgetful_sail() -> Iterator[str]:
    """The address of a server that has no place for tables."""
    if os.environ.get("OPTTIUS_SPARK_HOME"):
        pytest.skip("Apache Spark always has a place for tables")
    with start_sail(None) as address:
        yield address


@contextmanager
def start_sail(place: str | None) -> Iterator[str]:
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


@contextmanager
def start_spark(home: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Start Apache Spark of the package folder ``home``, which works in ``folder``; give its address and its master.

    It is stopped at the end.
    """
    for master in MASTERS:
        port = _find_free_port()
        server = _start_process(home, folder, master, port)
        try:
            if _wait_until_listening(server, port):
                yield f"sc://127.0.0.1:{port}", master
                return
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)
    pytest.fail(f"Apache Spark did not start; see {folder / 'server.log'}")


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start_process(home: Path, folder: Path, master: str, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "1g",
        # A world of the tests has few rows: hundreds of tasks for each query would only take time.
        "spark.sql.shuffle.partitions": 2,
        "spark.ui.enabled": "false",
    }
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    program = [str(home / "bin" / "spark-submit"), "--class", SERVER_CLASS, "--master", master]
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [*program, "--driver-memory", "2g", *options, "spark-internal"],
            cwd=folder,
            env=os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
            stdout=log,
            stderr=log,
        )


def _wait_until_listening(server: subprocess.Popen[bytes], port: int) -> bool:
    """Return whether a server listens; False when it ended, or takes too long."""
    for _second in range(PATIENCE):
        if server.poll() is not None:
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(1)
    return False
