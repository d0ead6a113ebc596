"""Whatever happens to the database or on the way: a sentence with the cause, and what was loaded before stays."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from cli.run_program import PROGRAM, RunResult, run_inline
from sources.snapshots import numbered_uuid

from postgres.live_database import SHOP
from postgres.server import PASSWORDS, READER, Database, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMAND = ("dashboard", "-b", "C-1", "--format", "json", "--as-of", "2026-11-22")
LONG = 60
SLOW = f"""
ALTER TABLE orders RENAME TO kept_orders;
CREATE VIEW orders AS SELECT * FROM kept_orders
WHERE CASE WHEN total_amount = 1500 THEN pg_sleep({LONG}) IS NOT NULL ELSE TRUE END;
GRANT SELECT ON orders TO {READER};
"""
"""A view that hangs in the middle of the copy."""


@dataclass(frozen=True)
class Reporter:
    """The program, asked for one branch of a database that was loaded once."""

    database: Database
    run: Callable[..., RunResult]
    before: str

    def again(self) -> RunResult:
        """Ask for fresh figures."""
        return self.run(*COMMAND, "--source", self.database.address, "--refresh")

    def still_answers(self) -> None:
        """What was loaded before is there, and nothing of what went wrong."""
        ran = self.run(*COMMAND, "--source", self.database.address, "--max-age", "7d")
        assert (ran.code, ran.out, ran.err) == (0, self.before, "")

    def started(self, **environment: str) -> subprocess.Popen[bytes]:
        """The program in a process of its own, once the server copies orders for it."""
        process = subprocess.Popen(
            [PROGRAM, *COMMAND, "--source", self.database.address, "--refresh"],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ends = time.monotonic() + 60
        while not self.backends():
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < ends
            time.sleep(0.05)
        return process

    def backends(self) -> list[int]:
        """The processes of the server that copy orders."""
        rows = self.database.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            f"AND usename = '{READER}' AND query LIKE '%total_amount%\"public\".\"orders\"%'"
        )
        return [int(row[0]) for row in rows]


def reporting(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Reporter:
    monkeypatch.setenv("OPTTIUS_POSTGRES_CONNECT_TIMEOUT", "2s")
    database, run = server.database(), run_inline(capsys)
    database.execute(SHOP)
    first = run(*COMMAND, "--source", database.address)
    assert (first.code, first.err) == (0, "")
    return Reporter(database, run, first.out)


@pytest.fixture
def reporter(server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Reporter:
    return reporting(server, capsys, monkeypatch)


@pytest.fixture
def frail() -> Iterator[Server]:
    """A server that a test may kill."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def endangered(
    frail: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Reporter:
    return reporting(frail, capsys, monkeypatch)


def refused(ran: RunResult, *words: str) -> None:
    """Nothing was answered, and the cause was said, with the way to the old figures."""
    denied(ran, *words)
    assert "add --max-age 1d" in ran.err, ran.err


def denied(ran: RunResult, *words: str) -> None:
    """Nothing was answered, and the cause was said."""
    assert (ran.code, ran.out) == (4, "")
    assert all(word in ran.err for word in words), ran.err
    assert PASSWORDS[READER] not in ran.err


def ended(process: subprocess.Popen[bytes]) -> RunResult:
    out, err = process.communicate(timeout=30)
    return RunResult(process.returncode, out.decode(), err.decode())


STATEMENTS = {
    "a column withheld": (
        f"REVOKE SELECT ON orders FROM {READER}; GRANT SELECT (id, branch_id, created_at) ON orders TO {READER}",
        "may not read status, payment_status, total_amount of public.orders",
        'GRANT SELECT ("status", "payment_status", "total_amount") ON "public"."orders" TO "lector";',
    ),
    "a table withheld": (f"REVOKE SELECT ON customers FROM {READER}", "may not read id", "public.customers"),
    "rows hidden": (
        (
            "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; "
            f"CREATE POLICY mine ON orders TO {READER} USING (branch_id = '{numbered_uuid(11)}')"
        ),
        "Row-level security hides rows of public.orders from “lector”",
        "postgres.restricted = true",
    ),
    "a table gone": ("DROP TABLE orders", "has no table public.orders, which is required", "postgres.schema"),
    "a column renamed": (
        "ALTER TABLE orders RENAME COLUMN total_amount TO total",
        "table public.orders has no column “total_amount”",
        "view with the old name",
    ),
}


@pytest.mark.parametrize("fault", STATEMENTS)
def test_missing_and_withheld_objects_are_named(reporter: Reporter, fault: str) -> None:
    statement, *words = STATEMENTS[fault]
    reporter.database.execute(statement)
    ran = reporter.again()
    denied(ran, *words)
    # A copy is no way around rights that were taken.
    assert ("--max-age" in ran.err) is (fault in {"a table gone", "a column renamed"})
    reporter.still_answers()


def test_a_wrong_password_is_reported(reporter: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "wrong")
    denied(reporter.again(), "rejects the password of “lector”", "~/.pgpass")
    monkeypatch.delenv("PGPASSWORD")
    denied(reporter.again(), "asks for a password and none was given")
    reporter.still_answers()


def test_an_unknown_host_database_or_role_is_reported(reporter: Reporter) -> None:
    place = reporter.database.address
    for wrong, words in (
        ("postgresql://lector@no-such-host.invalid/shop?sslmode=disable", "unencrypted"),
        ("postgresql://lector@no-such-host.invalid/shop", "There is no host “no-such-host.invalid”"),
        (re.sub(r"/\w+$", "/nothing", place), "no database of that name"),
        (place.replace("lector@", "nobody@"), "rejects the password of “nobody”"),
    ):
        ran = reporter.run(*COMMAND, "--source", wrong)
        assert (ran.code, ran.out) == (4, "")
        assert words in ran.err
    reporter.still_answers()


def test_a_server_that_is_gone_or_silent_is_reported(endangered: Reporter) -> None:
    server = endangered.database.server
    server.stop()
    refused(endangered.again(), "Nothing listens at 127.0.0.1")
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        silent.bind(("127.0.0.1", server.port))
        silent.listen()
        refused(endangered.again(), "does not answer", "postgres.connect_timeout")
    endangered.still_answers()


def test_a_server_that_dies_in_the_middle_is_reported(endangered: Reporter) -> None:
    endangered.database.execute(SLOW)
    process = endangered.started()
    endangered.database.server.stop(signal.SIGQUIT)
    refused(ended(process), "was lost while it was read")
    endangered.still_answers()


def test_a_backend_that_is_terminated_is_reported(reporter: Reporter) -> None:
    reporter.database.execute(SLOW)
    process = reporter.started()
    for backend in reporter.backends():
        reporter.database.execute(f"SELECT pg_terminate_backend({backend})")
    refused(ended(process), "was lost while it was read")
    reporter.still_answers()


def test_a_query_that_takes_too_long_is_reported(reporter: Reporter) -> None:
    reporter.database.execute(SLOW)
    process = reporter.started(OPTTIUS_POSTGRES_STATEMENT_TIMEOUT="2s")
    refused(ended(process), "longer than the statement timeout", "postgres.statement_timeout")
    reporter.still_answers()


def test_a_server_that_falls_silent_in_the_middle_is_reported(endangered: Reporter) -> None:
    endangered.database.execute(SLOW)
    process = endangered.started(OPTTIUS_POSTGRES_STATEMENT_TIMEOUT="1s")
    frozen = endangered.backends()
    for backend in frozen:
        os.kill(backend, signal.SIGSTOP)
    try:
        refused(ended(process), "has not answered for 6 seconds")
    finally:
        for backend in frozen:
            os.kill(backend, signal.SIGCONT)
    endangered.still_answers()


@pytest.mark.parametrize("network", ["fine", "stalled"])
def test_an_interruption_is_heard_at_once(endangered: Reporter, network: str) -> None:
    endangered.database.execute(SLOW)
    process = endangered.started()
    server = endangered.database.server
    assert server.process is not None
    # A frozen server answers neither the copy nor the request to cancel it.
    frozen = [server.process.pid, *endangered.backends()] if network == "stalled" else []
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        process.send_signal(signal.SIGINT)
        ran = ended(process)
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert (ran.code, ran.out, ran.err) == (130, "", "Error: Interrupted.\n")
    endangered.still_answers()


def test_an_interruption_is_heard_while_nobody_answers(reporter: Reporter) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        process = subprocess.Popen(
            [PROGRAM, *COMMAND, "--source", f"postgresql://ana@127.0.0.1:{silent.getsockname()[1]}/x"],
            env=os.environ | {"OPTTIUS_POSTGRES_CONNECT_TIMEOUT": "5m"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        silent.settimeout(60)
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            assert ended(process).code == 130
    reporter.still_answers()


def test_a_loader_that_is_killed_leaves_the_old_snapshot(reporter: Reporter, tmp_path: Path) -> None:
    reporter.database.execute(SLOW)
    process = reporter.started()
    process.kill()
    ended(process)
    reporter.still_answers()
    for backend in reporter.backends():
        reporter.database.execute(f"SELECT pg_terminate_backend({backend})")
    reporter.database.execute("DROP VIEW orders; ALTER TABLE kept_orders RENAME TO orders")
    ran = reporter.again()
    assert ran.code == 0
    cache = next((tmp_path / "own").glob("**/*.duckdb")).parent
    assert {path.suffix for path in cache.iterdir()} <= {".duckdb", ".lock"}


def test_a_full_disk_is_reported(reporter: Reporter) -> None:
    process = subprocess.Popen(
        [PROGRAM, *COMMAND, "--source", reporter.database.address, "--refresh"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),  # noqa: PLW1509
    )
    ran = ended(process)
    assert (ran.code, ran.out) == (7, ""), ran.err
    assert "no room left on the disk" in ran.err
    reporter.still_answers()


def test_a_role_that_is_meant_to_see_a_part_sees_it(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter.database.execute(str(STATEMENTS["rows hidden"][0]))
    monkeypatch.setenv("OPTTIUS_POSTGRES_RESTRICTED", "true")
    ran = reporter.run("dashboard", "-b", "C-2", "--source", reporter.database.address, "--format", "json")
    assert ran.code == 0
    assert '"orders_count": 0' in ran.out
