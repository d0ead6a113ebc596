"""What a database refuses is told as what it is: whose setting, whose right, without a value of the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from cli.run_program import run_inline

from opttius_cli.sources.postgres import source, table_locks
from opttius_cli.sources.postgres.conninfo import parse_conninfo
from opttius_cli.sources.postgres.errors import translate_error
from postgres.live_database import SHOP
from postgres.server import READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

    from postgres.server import Database, Server

COMMAND = ("dashboard", "-O", "Una", "--period", "2026", "--as-of", "2026-11-22", "--refresh", "-f", "json")


@pytest.fixture
def database(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    return new_database


@pytest.fixture
def run(database: Database, capsys: pytest.CaptureFixture[str]) -> Callable[[], RunResult]:
    inner = run_inline(capsys)
    return lambda: inner(*COMMAND, "--source", database.address)


def error_line(ran: RunResult) -> str:
    """Why nothing was answered."""
    assert (ran.code, ran.out) == (4, ""), ran.err
    assert ran.err.count("\n") == 1
    return ran.err


def figures(ran: RunResult) -> object:
    """What was answered, without when it was loaded."""
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["kpis"]


def orders_through(expression: str) -> str:
    """A view in the place of the orders, with another total."""
    return (
        "ALTER TABLE orders RENAME TO kept; "
        "CREATE VIEW orders AS SELECT id, branch_id, customer_id, status, payment_status, created_at, "
        f"{expression} AS total_amount FROM kept; GRANT SELECT ON orders TO {READER};"
    )


RAISES = """
CREATE FUNCTION total(amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN
    IF amount = 2910 THEN RAISE EXCEPTION '{words}'; END IF;
    RETURN amount;
END $$;
"""
STOPS = {
    "a cast": (
        orders_through("CASE WHEN total_amount = 2910 THEN 'Ana Rojas' ELSE total_amount::text END::numeric"),
        "invalid input syntax for type numeric",
    ),
    "a division": (orders_through("1 / (total_amount - 2910)"), "division by zero"),
    "a RAISE": (RAISES.format(words="Ana Rojas") + orders_through("total(total_amount)"), "(ERROR)"),
    "a RAISE that lies": (
        RAISES.format(words="permission denied for Ana Rojas") + orders_through("total(total_amount)"),
        "(ERROR)",
    ),
}


@pytest.mark.parametrize("stop", STOPS)
def test_an_error_about_a_value_is_reported_without_the_value(
    database: Database, run: Callable[[], RunResult], stop: str
) -> None:
    statement, words = STOPS[stop]
    database.execute(statement)
    message = error_line(run())
    assert "stops at a value of the data" in message
    assert words in message
    assert "Try again" not in message
    assert "Ana" not in message


def test_a_query_that_somebody_cancels_is_reported(database: Database, run: Callable[[], RunResult]) -> None:
    database.execute(
        "CREATE FUNCTION total(amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN "
        "IF amount = 2910 THEN PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(9); END IF; "
        "RETURN amount; END $$;" + orders_through("total(total_amount)")
    )
    assert "canceling statement due to user request. Try again in a moment." in error_line(run())


def test_a_role_that_may_not_connect_is_reported(database: Database, run: Callable[[], RunResult]) -> None:
    database.execute(f"REVOKE CONNECT ON DATABASE {database.name} FROM PUBLIC")
    assert f'Let its owner run: GRANT CONNECT ON DATABASE "{database.name}" TO "lector";' in error_line(run())


def test_a_role_that_may_not_log_in_is_reported(database: Database, run: Callable[[], RunResult]) -> None:
    database.execute(f"ALTER ROLE {READER} NOLOGIN")
    try:
        assert 'Let its owner run: ALTER ROLE "lector" LOGIN;' in error_line(run())
    finally:
        database.execute(f"ALTER ROLE {READER} LOGIN")


def test_a_schema_that_may_not_be_used_is_reported(database: Database, run: Callable[[], RunResult]) -> None:
    database.execute("REVOKE USAGE ON SCHEMA public FROM public")
    message = error_line(run())
    assert "“lector” may not use the schema public." in message
    assert 'Let the owner run: GRANT USAGE ON SCHEMA "public" TO "lector";' in message


class WrongTypeError(Exception):
    """As the driver tells it."""

    sqlstate = "42883"
    details: ClassVar = [("PG_DIAG_MESSAGE_PRIMARY", b"function isfinite(text) does not exist")]


def test_a_type_that_changes_during_the_load_is_reported() -> None:
    message = str(translate_error(WrongTypeError("IO"), parse_conninfo("postgresql://ana@127.0.0.1/x", {})))
    assert "changed its type while it was read" in message
    assert message.endswith("(function isfinite(text) does not exist)")


def test_a_database_without_a_row_is_reported(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.execute("TRUNCATE organizations, branches, customers, orders, order_items, quotes")
    message = error_line(run_inline(capsys)("dashboard", "--source", database.address))
    assert "the table branches has no visible row" in message


def test_a_timeout_of_the_role_is_reported_as_the_roles(
    database: Database, run: Callable[[], RunResult]
) -> None:
    database.execute(f"ALTER ROLE {READER} SET statement_timeout = '1ms'")
    try:
        message = error_line(run())
    finally:
        database.execute(f"ALTER ROLE {READER} RESET statement_timeout")
    assert "the statement_timeout of “lector”, of the database or of the server is too short" in message
    assert "ALTER ROLE \"lector\" SET statement_timeout = '1min';" in message
    assert "postgres.statement_timeout" not in message


def test_a_load_may_rest_longer_than_the_role_may_idle(
    database: Database, run: Callable[[], RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    def resting(*arguments: Any) -> None:
        database.execute("SELECT pg_sleep(0.5)")

    monkeypatch.setattr(table_locks, "check_privileges", resting)
    database.execute(f"ALTER DATABASE {database.name} SET idle_in_transaction_session_timeout = '100ms'")
    ran = run()
    assert (ran.code, ran.err) == (0, "")


def test_without_a_limit_of_time_nobody_is_taken_for_silent(
    database: Database, run: Callable[[], RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_GRACE_SECONDS", 0.1)
    monkeypatch.setenv("OPTTIUS_POSTGRES_STATEMENT_TIMEOUT", "0")
    monkeypatch.setenv("OPTTIUS_POSTGRES_CONNECT_TIMEOUT", "30s")
    database.execute(
        orders_through("CASE WHEN total_amount = 2910 AND pg_sleep(1) IS NULL THEN 0 ELSE total_amount END")
    )
    ran = run()
    assert (ran.code, ran.err) == (0, "")


SETTINGS = {
    "a function of the same name": (
        (
            "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO public; "
            "CREATE FUNCTION evil.isfinite(timestamptz) RETURNS boolean LANGUAGE sql AS 'SELECT false'"
        ),
        "search_path = evil, pg_catalog, public",
    ),
    "fewer digits": ("ALTER TABLE orders ALTER total_amount TYPE float8", "extra_float_digits = -10"),
    "an empty path": ("SELECT 1", "search_path = ''"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_of_the_database_change_no_figure(
    database: Database, run: Callable[[], RunResult], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("UPDATE orders SET total_amount = total_amount + 1234567.25, currency = 'CLP'")
    statement, expected = SETTINGS[setting]
    database.execute(statement)
    monkeypatch.setenv("OPTTIUS_POSTGRES_INCREMENTAL", "false")
    before = figures(run())
    database.execute(f"ALTER DATABASE {database.name} SET {expected}")
    assert figures(run()) == before


def test_a_view_still_resolves_names_by_the_search_path(
    database: Database, run: Callable[[], RunResult]
) -> None:
    database.execute(
        "CREATE FUNCTION total(amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN "
        "RETURN amount + (SELECT count(*) FROM branches); END $$;" + orders_through("total(total_amount)")
    )
    ran = run()
    assert (ran.code, ran.err) == (0, "")
