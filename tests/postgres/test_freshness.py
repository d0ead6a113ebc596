"""How old the figures of a live database may be, and when the server is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.run_program import run_inline

from postgres.live_database import SHOP, log_position, logged_statements

if TYPE_CHECKING:
    import pytest

    from postgres.server import Server

COMMAND = ("dashboard", "-b", "C-1", "--format", "json", "--as-of", "2026-11-22")
STEPS = (
    # minutes after the first answer, options, what the server is asked for
    (0, (), "everything"),
    (4, (), "nothing"),
    (6, (), "changes"),
    (10, (), "nothing"),
    (12, ("--max-age", "10m"), "nothing"),
    (13, ("--max-age", "1m"), "changes"),
    (14, ("--refresh",), "everything"),
    (15, (), "nothing"),
)


def test_a_live_database_is_queried_again_after_five_minutes(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, run = server.database(), run_inline(capsys)
    database.execute(SHOP)
    queried = []
    for minutes, options, _expected in STEPS:
        monkeypatch.setenv("OPTTIUS_NOW", f"2026-11-25T15:{minutes:02}:00+00:00")
        before = log_position(database)
        ran = run(*COMMAND, "--source", database.address, *options)
        assert (ran.code, ran.err) == (0, "")
        statements = "\n".join(logged_statements(database, before))
        kind = "changes" if "updated_at >=" in statements else "everything" if statements else "nothing"
        queried.append((minutes, options, kind))
    assert queried == list(STEPS)


def test_a_setting_allows_fresher_or_older_snapshots(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, run = server.database(), run_inline(capsys)
    database.execute(SHOP)
    monkeypatch.setenv("OPTTIUS_CACHE_MAX_AGE", "1h")
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-25T15:00:00+00:00")
    first = run(*COMMAND, "--source", database.address)
    database.execute("DELETE FROM orders")
    for now, same in (("15:59", True), ("16:01", False)):
        monkeypatch.setenv("OPTTIUS_NOW", f"2026-11-25T{now}:00+00:00")
        assert (run(*COMMAND, "--source", database.address).out == first.out) is same
