"""What a database refuses is told as what it is: whose setting, whose right, without a value of the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from cli.running import here

from opttius_cli.sources.postgres import source, table_locks
from opttius_cli.sources.postgres.conninfo import parse_conninfo
from opttius_cli.sources.postgres.errors import translate_error
from postgres.live import SHOP
from postgres.server import READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.running import Ran

    from postgres.server import Database, Server

ASKED = ("dashboard", "-O", "Una", "--period", "2026", "--as-of", "2026-11-22", "--refresh", "-f", "json")


@pytest.fixture
def database(server: Server) -> Database:
    made = server.database()
    made.execute(SHOP)
    return made


@pytest.fixture
def run(database: Database, capsys: pytest.CaptureFixture[str]) -> Callable[[], Ran]:
    inner = here(capsys)
    return lambda: inner(*ASKED, "--source", database.address)


def told(ran: Ran) -> str:
    """Why nothing was answered."""
    assert (ran.code, ran.out) == (4, ""), ran.err
    assert ran.err.count("\n") == 1
    return ran.err


def figures(ran: Ran) -> object:
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
def test_what_stops_at_a_value_is_told_without_the_value(
    database: Database, run: Callable[[], Ran], stop: str
) -> None:
    statement, words = STOPS[stop]
    database.execute(statement)
    said = told(run())
    assert "stops at a value of the data" in said
    assert words in said
    assert "Try again" not in said
    assert "Ana" not in said


def test_a_question_that_somebody_cancels_is_told(database: Database, run: Callable[[], Ran]) -> None:
    database.execute(
        "CREATE FUNCTION total(amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN "
        "IF amount = 2910 THEN PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(9); END IF; "
        "RETURN amount; END $$;" + orders_through("total(total_amount)")
    )
    assert "canceling statement due to user request. Try again in a moment." in told(run())


def test_a_role_that_may_not_connect_is_told(database: Database, run: Callable[[], Ran]) -> None:
    database.execute(f"REVOKE CONNECT ON DATABASE {database.name} FROM PUBLIC")
    assert f'Let its owner run: GRANT CONNECT ON DATABASE "{database.name}" TO "lector";' in told(run())


def test_a_role_that_may_not_log_in_is_told(database: Database, run: Callable[[], Ran]) -> None:
    database.execute(f"ALTER ROLE {READER} NOLOGIN")
    try:
        assert 'Let its owner run: ALTER ROLE "lector" LOGIN;' in told(run())
    finally:
        database.execute(f"ALTER ROLE {READER} LOGIN")


def test_a_schema_that_may_not_be_used_is_told(database: Database, run: Callable[[], Ran]) -> None:
    database.execute("REVOKE USAGE ON SCHEMA public FROM public")
    said = told(run())
    assert "“lector” may not use the schema public." in said
    assert 'Let the owner run: GRANT USAGE ON SCHEMA "public" TO "lector";' in said


class WrongTypeError(Exception):
    """As the driver tells it."""

    sqlstate = "42883"
    details: ClassVar = [("PG_DIAG_MESSAGE_PRIMARY", b"function isfinite(text) does not exist")]


def test_a_type_that_changes_during_the_load_is_told() -> None:
    said = str(translate_error(WrongTypeError("IO"), parse_conninfo("postgresql://ana@127.0.0.1/x", {})))
    assert "changed its type while it was read" in said
    assert said.endswith("(function isfinite(text) does not exist)")


def test_a_database_without_a_row_is_told(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.execute("TRUNCATE organizations, branches, customers, orders, order_items, quotes")
    said = told(here(capsys)("dashboard", "--source", database.address))
    assert "the table branches has no visible row" in said


def test_a_timeout_of_the_role_is_told_as_the_roles(database: Database, run: Callable[[], Ran]) -> None:
    database.execute(f"ALTER ROLE {READER} SET statement_timeout = '1ms'")
    try:
        said = told(run())
    finally:
        database.execute(f"ALTER ROLE {READER} RESET statement_timeout")
    assert "the statement_timeout of “lector”, of the database or of the server is too short" in said
    assert "ALTER ROLE \"lector\" SET statement_timeout = '1min';" in said
    assert "postgres.statement_timeout" not in said


def test_a_load_may_rest_longer_than_the_role_may_idle(
    database: Database, run: Callable[[], Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def resting(*arguments: Any) -> None:
        database.execute("SELECT pg_sleep(0.5)")

    monkeypatch.setattr(table_locks, "check_privileges", resting)
    database.execute(f"ALTER DATABASE {database.name} SET idle_in_transaction_session_timeout = '100ms'")
    ran = run()
    assert (ran.code, ran.err) == (0, "")


def test_without_a_limit_of_time_nobody_is_taken_for_silent(
    database: Database, run: Callable[[], Ran], monkeypatch: pytest.MonkeyPatch
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
    database: Database, run: Callable[[], Ran], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("UPDATE orders SET total_amount = total_amount + 1234567.25, currency = 'CLP'")
    statement, told = SETTINGS[setting]
    database.execute(statement)
    monkeypatch.setenv("OPTTIUS_POSTGRES_INCREMENTAL", "false")
    before = figures(run())
    database.execute(f"ALTER DATABASE {database.name} SET {told}")
    assert figures(run()) == before


def test_a_view_still_finds_what_it_looks_up_by_the_path(database: Database, run: Callable[[], Ran]) -> None:
    database.execute(
        "CREATE FUNCTION total(amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN "
        "RETURN amount + (SELECT count(*) FROM branches); END $$;" + orders_through("total(total_amount)")
    )
    ran = run()
    assert (ran.code, ran.err) == (0, "")
