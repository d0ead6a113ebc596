"""Through PgBouncer, in both of its modes: eight loads at once, every one of them right."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from external_tools import require_tool

from opttius_cli.sources.postgres.settings import PostgresSettings
from opttius_cli.sources.registry import DatabaseOptions, open_source
from postgres.live_database import SHOP, load, open_live_source
from postgres.server import ENCODED, PASSWORDS, READER, free_port, run_as_options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres.server import Database, Server

LOADS = 8


@contextmanager
def pooler(database: Database, mode: str) -> Iterator[int]:
    """A PgBouncer of fewer connections than there are loads; its port."""
    program, folder, port = require_tool("pgbouncer"), database.server.folder, free_port()
    users, settings = folder / f"users-{mode}", folder / f"bouncer-{mode}.ini"
    users.write_text(f'"{READER}" "{PASSWORDS[READER]}"\n', encoding="utf-8")
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={database.server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {users}\n"
        f"pool_mode = {mode}\ndefault_pool_size = 3\n"
    )
    if os.geteuid() == 0:
        for file in (users, settings):
            os.chown(file, pwd.getpwnam("nobody").pw_uid, -1)
    process = subprocess.Popen(
        [program, settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run_as_options()
    )
    try:
        _answers(database, port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(database: Database, port: int) -> None:
    """Wait until it does."""
    ends = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, user=READER, password=PASSWORDS[READER], dbname=database.name
            ):
                return
        except psycopg.OperationalError:
            assert time.monotonic() < ends
            time.sleep(0.05)


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_eight_loads_at_once_are_all_right(server: Server, tmp_path: Path, mode: str) -> None:
    database = server.database()
    database.execute(SHOP)
    expected = load(open_live_source(database), tmp_path / "direct")
    with pooler(database, mode) as port:
        address = f"postgresql://{READER}:{ENCODED}@127.0.0.1:{port}/{database.name}"
        pooled = open_source(address, DatabaseOptions(PostgresSettings(connect_timeout=60)))
        with ThreadPoolExecutor(LOADS) as loading:
            loads = list(loading.map(lambda number: load(pooled, tmp_path / str(number)), range(LOADS)))
    assert [contents == expected for contents in loads] == [True] * LOADS
