"""``opttius doctor`` on a real server: each step well, each step wrong, and the role that it makes."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import threading
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from cli.run_program import DATA, MIRADOR, run_inline
from external_tools import require_tool

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor import STEPS, State
from opttius_cli.doctor.database import check_database
from opttius_cli.sources.postgres.conninfo import parse_conninfo
from opttius_cli.sources.postgres.settings import PostgresSettings
from postgres.server import CHIEF, PASSWORDS, READER, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.run_program import RunResult

    from postgres.server import Database, Server


Findings = dict[str, list[tuple[str, str, str | None]]]
"""(state, what was said, remedy) of every finding, by step."""


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def database(server: Server) -> Database:
    """The app's tables without a row, and one of each that is required."""
    new_database = server.database()
    new_database.execute(
        "INSERT INTO branches (id, name) VALUES (gen_random_uuid(), 'Centro');"
        "INSERT INTO customers (id, branch_id) SELECT gen_random_uuid(), id FROM branches;"
        "INSERT INTO orders (id, branch_id, status, payment_status, total_amount) "
        "SELECT gen_random_uuid(), id, 'delivered', 'paid', 1000 FROM branches"
    )
    return new_database


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., RunResult]:
    """Run the program; whatever it says, it says no password."""
    inner = run_inline(capsys)

    def run(*arguments: str | Path) -> RunResult:
        ran = inner(*arguments)
        for secret in (*PASSWORDS.values(), "s3creto"):
            assert secret not in ran.out + ran.err
        return ran

    return run


@pytest.fixture
def checked(run: Callable[..., RunResult]) -> Callable[..., Findings]:
    """(state, what was said, remedy) of every finding, by step; the exit code must agree with them."""

    def checked(*arguments: str) -> Findings:
        ran = run("doctor", *arguments, "--format", "json")
        document: dict[str, Any] = json.loads(ran.out)
        findings: Findings = {}
        for check in document["checks"]:
            assert check["check"] in STEPS
            findings.setdefault(check["check"], []).append(
                (check["state"], check["message"], check["remedy"])
            )
        failed = any(check["state"] == "failed" for check in document["checks"])
        assert document["usable"] is not failed
        assert ran.code == (4 if failed else 0)
        assert ("The source cannot be used" in ran.err) is failed
        return findings

    return checked


def states(findings: Findings) -> dict[str, set[str]]:
    return {step: {state for state, _message, _remedy in listed} for step, listed in findings.items()}


def only(findings: Findings, step: str, state: str) -> tuple[str, str]:
    """What the one finding of a step in a state says, and its remedy."""
    (finding,) = [(message, remedy or "") for has, message, remedy in findings[step] if has == state]
    return finding


@pytest.fixture
def minimal(run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch) -> Callable[[Database], str]:
    """Make the role that ``opttius doctor --role-sql`` prints for a database; returns the address for it."""

    def minimal(database: Database) -> str:
        role = f"probe_{database.name}"
        sql_run = run("doctor", "--source", database.address, "--role-sql", "--role", role)
        assert (sql_run.code, sql_run.err) == (0, "")
        database.execute(sql_run.out)
        database.execute(f"ALTER ROLE {role} PASSWORD 'una clave'")
        monkeypatch.setenv("PGPASSWORD", "una clave")
        return database.address.replace(READER, role)

    return minimal


def test_all_is_well(
    database: Database, run: Callable[..., RunResult], minimal: Callable[[Database], str]
) -> None:
    address = minimal(database)
    ran = run("doctor", address)
    assert (ran.code, ran.err) == (0, "")
    marks = {line.split()[1]: line[0] for line in ran.out.splitlines()}
    assert marks.pop("Encryption") == "!"
    assert set(marks.values()) == {"✓"}
    assert "19 of 19 tables exist." in ran.out
    assert "branches 1, customers 1, orders 1, lab_work_orders 0," in ran.out
    spanish = run("doctor", address, "--lang", "es")
    assert (spanish.code, spanish.err) == (0, "")
    assert "✓ Tablas" in spanish.out
    assert "sucursal" not in spanish.out


def test_findings_for_programs_are_the_same_in_every_language(
    database: Database, run: Callable[..., RunResult]
) -> None:
    english, spanish = (
        run("doctor", database.address, "-f", "json", "--lang", code) for code in ("en", "es")
    )
    assert english == spanish


def test_an_address_that_does_not_parse_is_not_repeated(run: Callable[..., RunResult]) -> None:
    ran = run("doctor", "postgresql://lector:s3creto:/@h:5432:x/db")
    assert ran.code == 4
    assert ran.out.startswith("✗ Address")


def test_a_password_in_the_address_is_a_matter_of_note(
    database: Database, checked: Callable[..., Findings]
) -> None:
    message, remedy = only(checked(database.address_with_password), "address", "note")
    assert "where everybody on this machine can see it" in message
    assert "PGPASSWORD" in remedy


def test_a_name_that_nobody_has(checked: Callable[..., Findings]) -> None:
    findings = checked("postgresql://lector@nobody.invalid/tienda")
    assert "There is no host “nobody.invalid”" in only(findings, "name", "failed")[0]
    assert list(findings) == ["address", "name"]


def test_a_port_where_nobody_listens(checked: Callable[..., Findings]) -> None:
    port = free_port()
    findings = checked(f"postgresql://lector@127.0.0.1:{port}/tienda")
    assert f"Nothing listens at 127.0.0.1, port {port}." in only(findings, "port", "failed")[0]


def test_a_server_that_says_nothing(
    checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_POSTGRES_CONNECT_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        findings = checked(f"postgresql://lector@127.0.0.1:{silent.getsockname()[1]}/tienda")
    assert "is not PostgreSQL, or it answers too late" in only(findings, "encryption", "failed")[0]


def test_a_port_that_is_left_open_is_the_default_port(
    database: Database, checked: Callable[..., Findings]
) -> None:
    findings = checked(f"postgresql://lector@127.0.0.2,localhost:{database.server.port}/{database.name}")
    assert "127.0.0.2:5432,localhost:" in only(findings, "address", "ok")[0]
    assert "Nothing listens at 127.0.0.2, port 5432." in only(findings, "port", "note")[0]
    assert states(findings)["login"] == {"ok"}


def test_an_ip_address_decides_before_a_name(database: Database, checked: Callable[..., Findings]) -> None:
    place = f"port={database.server.port} dbname={database.name} user=lector"
    for host in ("host=db.invalid ", ""):
        findings = checked(f"{host}hostaddr=127.0.0.1 {place}")
        assert "127.0.0.1 is an IP address." in only(findings, "name", "ok")[0]
        assert states(findings)["login"] == {"ok"}


def test_a_port_that_is_no_number(checked: Callable[..., Findings], run: Callable[..., RunResult]) -> None:
    message, _remedy = only(checked("host=127.0.0.1 port=abc"), "address", "failed")
    assert "The port must be a number" in message
    ran = run("dashboard", "--source", "host=127.0.0.1 port=abc")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("Error: The port must be a number from 1 to 65535. Check the address")


def test_any_of_several_servers_is_enough(database: Database, checked: Callable[..., Findings]) -> None:
    at = database.address.partition("@")[2]
    host, _slash, name = at.partition("/")
    findings = checked(f"postgresql://lector@127.0.0.1:{free_port()},{host}/{name}")
    assert states(findings)["port"] == {"note", "ok"}
    assert states(findings)["login"] == {"ok"}


def test_encryption_that_is_demanded_and_not_there(
    database: Database, checked: Callable[..., Findings]
) -> None:
    findings = checked(database.address + "?sslmode=require")
    assert "offers no encryption" in only(findings, "encryption", "failed")[0]
    assert "login" not in findings


def test_a_wrong_password(
    database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "guess")
    findings = checked(database.address)
    assert "rejects the password of “lector”" in only(findings, "login", "failed")[0]
    assert "guess" not in str(findings)


def test_a_database_that_is_not_there(server: Server, checked: Callable[..., Findings]) -> None:
    findings = checked(server.address("nada", READER, password=False))
    assert "has no database of that name" in only(findings, "login", "failed")[0]


def test_a_superuser_is_a_matter_of_note(
    server: Server, database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[CHIEF])
    findings = checked(server.address(database.name, password=False))
    assert "superuser" in only(findings, "read_only", "note")[0]
    assert "can read and change nothing" in only(findings, "read_only", "ok")[0]


def test_a_role_that_may_more_than_read_is_a_matter_of_note(
    database: Database, checked: Callable[..., Findings]
) -> None:
    database.execute(f"GRANT UPDATE ON orders TO {READER}")
    messages = [
        message for state, message, _remedy in checked(database.address)["privileges"] if state == "note"
    ]
    assert "“lector” could also change orders." in messages
    assert [message for message in messages if "may also read" in message and "medical_records" in message]


def test_a_schema_that_is_not_there(
    database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_POSTGRES_SCHEMA", "tenant1")
    message, remedy = only(checked(database.address), "schema", "failed")
    assert message == "There is no schema “tenant1”."
    assert "The tables are in public" in remedy


def test_a_schema_that_may_not_be_used(database: Database, checked: Callable[..., Findings]) -> None:
    database.execute("REVOKE USAGE ON SCHEMA public FROM public")
    message, remedy = only(checked(database.address), "schema", "failed")
    assert message == "“lector” may not use the schema public."
    assert remedy == 'Let the owner run: GRANT USAGE ON SCHEMA "public" TO "lector";'


def test_tables_in_another_schema(database: Database, checked: Callable[..., Findings]) -> None:
    database.execute("CREATE SCHEMA tenant1; ALTER TABLE orders SET SCHEMA tenant1")
    findings = checked(database.address)
    assert "orders" in only(findings, "tables", "failed")[0]
    message, remedy = only(findings, "schema", "note")
    assert "tenant1" in message
    assert remedy.endswith('postgres.schema = "tenant1"')


def test_missing_tables(database: Database, checked: Callable[..., Findings]) -> None:
    database.execute("ALTER TABLE orders RENAME TO orders_2024; DROP TABLE quotes, agreements")
    findings = checked(database.address)
    message, remedy = only(findings, "tables", "failed")
    assert message == "The table orders is missing, which is required."
    assert remedy == "Does it have another name? orders_2024 → orders."
    assert "2 optional tables are missing" in only(findings, "tables", "note")[0]
    assert "quotes, agreements" in only(findings, "tables", "note")[0]
    assert only(findings, "tables", "ok")[0] == "16 of 19 tables exist."


def test_missing_and_renamed_columns(database: Database, checked: Callable[..., Findings]) -> None:
    database.execute(
        'ALTER TABLE orders RENAME total_amount TO "Total"; ALTER TABLE customers RENAME phone TO phone_number;'
        "ALTER TABLE quotes DROP COLUMN sent_at"
    )
    findings = checked(database.address)
    message, remedy = only(findings, "columns", "failed")
    assert message == "orders has no column total_amount, which is required."
    assert "Total → total_amount" in remedy
    notes = {message: remedy for state, message, remedy in findings["columns"] if state == "note"}
    assert notes == {
        "customers has no column phone: the figures that need it stay empty.": (
            "Does it have another name? phone_number → phone."
        ),
        "quotes has no column sent_at: the figures that need it stay empty.": None,
    }


def test_columns_that_may_not_be_read(database: Database, checked: Callable[..., Findings]) -> None:
    grants = "REVOKE SELECT ON {t} FROM lector; GRANT SELECT ({c}) ON {t} TO lector;"
    database.execute(
        grants.format(t="orders", c="id, status, payment_status, created_at, email")
        + grants.format(t="branches", c="id, organization_id, name, is_active")
        + "REVOKE SELECT ON categories FROM lector"
    )
    findings = checked(database.address)
    message, remedy = only(findings, "privileges", "failed")
    assert message == "“lector” may not read total_amount of orders, which is required."
    assert remedy.startswith('Let the owner run: GRANT SELECT ("order_number", "branch_id",')
    assert remedy.endswith(' ON "public"."orders" TO "lector";')
    notes = [message for state, message, _remedy in findings["privileges"] if state == "note"]
    assert "“lector” may not read code of branches: its figures stay empty." in notes
    assert "“lector” may not read id, name of categories: its figures stay empty." in notes
    database.execute(remedy.removeprefix("Let the owner run: "))
    assert "failed" not in states(checked(database.address))["privileges"]


def test_row_level_security(
    database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute(
        "INSERT INTO orders (id, status) SELECT gen_random_uuid(), 'pending' FROM generate_series(1, 4);"
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY pending ON orders USING (status = 'pending')"
    )
    findings = checked(database.address)
    message, remedy = only(findings, "row_security", "failed")
    assert message == "Row-level security hides rows of orders from “lector”."
    assert "postgres.restricted = true" in remedy
    assert "orders 4," in only(findings, "rows", "ok")[0]
    monkeypatch.setenv("OPTTIUS_POSTGRES_RESTRICTED", "true")
    assert "That is intended" in only(checked(database.address), "row_security", "note")[0]


def test_required_tables_without_a_row(database: Database, checked: Callable[..., Findings]) -> None:
    database.execute("TRUNCATE orders, customers")
    message, remedy = only(checked(database.address), "rows", "note")
    assert message == "customers, orders have no visible rows."
    assert "right database" in remedy


def test_days_without_data_are_told(database: Database, checked: Callable[..., Findings]) -> None:
    """The newest order counts, and none that lies ahead of the server's now."""
    database.execute("UPDATE orders SET created_at = now() - interval '5 days'")
    message, remedy = only(checked(database.address), "freshness", "note")
    assert message.endswith(": 5 days without data since.")
    assert remedy.endswith("--as-of latest")
    database.execute("UPDATE orders SET created_at = now() + interval '9 days'")
    assert only(checked(database.address), "freshness", "note")[0].startswith("There is no order")


@pytest.mark.parametrize("kind", ["timestamp", "date", "text", "timestamptz"])
def test_a_sale_is_dated_as_a_load_dates_it(
    database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Times without a zone are of naive_timezone; what no time is, and what no calendar shows, is no error."""
    monkeypatch.setenv("OPTTIUS_NAIVE_TIMEZONE", "America/Santiago")
    written = "2024-01-20 00:30:00" + ("-03" if kind == "timestamptz" else "")
    odd = "'infinity'), ('0044-03-15 BC'" if kind != "text" else "'soon'"
    database.execute(
        f"ALTER TABLE orders ALTER created_at DROP DEFAULT, ALTER created_at TYPE {kind} USING NULL::{kind};"
        "ALTER TABLE orders ALTER status DROP NOT NULL, ALTER payment_status DROP NOT NULL, "
        "ALTER total_amount DROP NOT NULL, ALTER id SET DEFAULT gen_random_uuid();"
        f"INSERT INTO orders (created_at) VALUES ('{written}'), ({odd})"
    )
    findings = checked(database.address)
    assert all("failed" not in found for found in states(findings).values())
    told = [message for _state, message, _remedy in findings.get("freshness", [])]
    assert [message.partition(":")[0] for message in told] == (
        [] if kind == "text" else ["The last sale is of Jan 20, 2024"]
    )


@pytest.mark.parametrize(("ahead", "message"), [(3600, "behind"), (-3600, "ahead")])
def test_clocks_that_differ(database: Database, ahead: int, message: str) -> None:
    findings: list[Any] = []
    check_database(
        parse_conninfo(database.address, os.environ), PostgresSettings(),
        lambda: datetime.now(UTC) + timedelta(seconds=ahead), findings.append, zone=ZoneInfo("UTC"),
        naive_zone=ZoneInfo("UTC"),
    )  # fmt: skip
    (clock,) = [finding for finding in findings if finding.step == "clock"]
    assert clock.state is State.NOTE
    assert f"seconds {message} " in clock.message
    assert "3600" in clock.message or "3599" in clock.said or "3601" in clock.said


@contextmanager
def forwarded(port: int, certificate: ssl.SSLContext | None = None) -> Iterator[int]:
    """Another port of this machine behind which the same server answers, encrypted where there is a certificate."""

    def pump(incoming: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := incoming.recv(65536):
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def answer(plain: socket.socket) -> None:
        with ExitStack() as stack, suppress(OSError):
            client = stack.enter_context(plain)
            if certificate:
                if len(client.recv(8)) < 8:
                    return
                client.sendall(b"S")
                client = stack.enter_context(certificate.wrap_socket(client, server_side=True))
            other = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            back = threading.Thread(target=pump, args=(other, client), daemon=True)
            back.start()
            pump(client, other)
            back.join()

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                answering.append(threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True))
                answering[-1].start()

    answering: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve, args=(listening,), daemon=True)
        serving.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        for thread in (serving, *answering):
            thread.join()


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that vouches for itself, and who presents it."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = [
        require_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context


def test_encryption_and_whom_it_trusts(
    server: Server, database: Database, checked: Callable[..., Findings], tmp_path: Path
) -> None:
    trusted, presented = certificate(tmp_path, "trusted")
    stranger, _none = certificate(tmp_path, "stranger")
    with forwarded(server.port, presented) as port:
        address = database.address.replace(f"127.0.0.1:{server.port}", f"localhost:{port}")
        findings = checked(f"{address}?sslmode=verify-full&sslrootcert={trusted}")
        assert only(findings, "encryption", "ok")[0] == "The server offers encryption."
        assert states(findings)["login"] == {"ok"}
        findings = checked(f"{address}?sslmode=verify-full&sslrootcert={stranger}")
        assert "The certificate of localhost cannot be trusted." in only(findings, "encryption", "failed")[0]
        assert "login" not in findings


def test_something_in_between(server: Server, database: Database, checked: Callable[..., Findings]) -> None:
    with forwarded(server.port) as port:
        findings = checked(database.address.replace(str(server.port), str(port)))
    assert f"the server itself listens at {server.port}" in only(findings, "pooler", "note")[0]
    assert states(findings)["rows"] == {"ok"}


def test_the_role_reads_the_needed_columns_and_nothing_else(
    server: Server, run: Callable[..., RunResult], minimal: Callable[[Database], str]
) -> None:
    database = server.database(DATA)
    database.execute("ALTER TABLE quotes DROP COLUMN sent_at; DROP TABLE agreements")
    address = minimal(database)

    examined = run("doctor", address)
    assert (examined.code, examined.err) == (0, "")
    assert "Privileges" in examined.out
    assert "may also" not in examined.out
    shown = run("dashboard", "-s", address, *MIRADOR, "--section", "kpis")
    assert shown.code == 0, shown.err
    assert "CLP" in shown.out

    with psycopg.connect(address, autocommit=True) as con:
        assert con.execute("SELECT count(email) FROM customers").fetchone()
        for forbidden in (
            "SELECT medical_notes FROM customers", "SELECT * FROM customers", "SELECT 1 FROM medical_records",
            "SELECT od_sphere FROM prescriptions", "SELECT internal_notes FROM orders",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                con.execute(forbidden.encode())
        for change in ("DELETE FROM orders", "CREATE TABLE mine (a int)"):
            with pytest.raises(psycopg.Error):
                con.execute(change.encode())
            with pytest.raises(psycopg.Error):
                con.execute(b"SET default_transaction_read_only = off; " + change.encode())


def test_the_role_passes_row_level_security(database: Database, run: Callable[..., RunResult]) -> None:
    database.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
    role_sql = run("doctor", database.address, "--role-sql")
    assert role_sql.out.startswith('CREATE ROLE "opttius_reader" LOGIN BYPASSRLS;\n')


def test_without_a_database_the_role_may_read_the_whole_catalog(run: Callable[..., RunResult]) -> None:
    role_sql = run("doctor", "--role-sql", "--role", "Mi Óptica")
    assert role_sql.code == 0
    assert 'CREATE ROLE "Mi Óptica" LOGIN;' in role_sql.out
    assert role_sql.out.count("GRANT SELECT (") == len(TABLES)
    assert "Leave out those that your database does not have" in role_sql.err


def test_row_level_security_below_a_view(
    database: Database, run: Callable[..., RunResult], checked: Callable[..., Findings]
) -> None:
    database.execute(
        "ALTER TABLE orders RENAME TO kept; ALTER TABLE kept ENABLE ROW LEVEL SECURITY;"
        f"CREATE VIEW orders WITH (security_invoker) AS SELECT * FROM kept; GRANT SELECT ON orders TO {READER}"
    )
    findings = checked(database.address)
    assert (
        only(findings, "row_security", "failed")[0]
        == "Row-level security hides rows of orders from “lector”."
    )
    assert "orders 0," in only(findings, "rows", "ok")[0]
    role_sql = run("doctor", database.address, "--role-sql")
    assert role_sql.out.startswith('CREATE ROLE "opttius_reader" LOGIN BYPASSRLS;\n')


@pytest.mark.parametrize("name", ["select", "end", "desc", "analyse", "default", "primary", 'My "Role; --'])
def test_the_role_and_the_schema_may_be_called_anything(
    database: Database, run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    role, schema = (f'"{quoted}"' for quoted in (name.replace('"', '""'), name.replace('"', '""')))
    database.execute(f"ALTER SCHEMA public RENAME TO {schema}")
    database.execute(f"DROP ROLE IF EXISTS {role}")
    monkeypatch.setenv("OPTTIUS_POSTGRES_SCHEMA", name)
    role_sql = run("doctor", database.address, "--role-sql", "--role", name)
    assert role_sql.code == 0
    database.execute(role_sql.out)
    query = f"SELECT has_column_privilege('{name}', '{schema}.orders', 'total_amount', 'SELECT')"
    assert database.execute(query) == [(True,)]
    database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("name", ["public", "none", "pg_reader", ""])
def test_a_name_that_no_role_can_have_is_refused(run: Callable[..., RunResult], name: str) -> None:
    ran = run("doctor", "--role-sql", "--role", name)
    assert (ran.code, ran.out) == (2, "")
    assert f"--role “{name}” cannot be used" in ran.err


def test_suggested_commands_can_be_run_whatever_the_names_are(
    database: Database, checked: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute(
        'ALTER SCHEMA public RENAME TO "Default"; CREATE ROLE "My ""Role;" LOGIN PASSWORD \'x\';'
        'GRANT SELECT ON ALL TABLES IN SCHEMA "Default" TO "My ""Role;"; REVOKE ALL ON SCHEMA "Default" FROM public;'
        'REVOKE SELECT ON "Default".branches FROM "My ""Role;"'
    )
    monkeypatch.setenv("OPTTIUS_POSTGRES_SCHEMA", "Default")
    monkeypatch.setenv("PGPASSWORD", "x")
    address = database.address.replace(READER, "My%20%22Role%3B")
    for step in ("schema", "privileges"):
        remedy = only(checked(address), step, "failed")[1]
        database.execute(remedy.removeprefix("Let the owner run: "))
    assert "failed" not in {
        state for step_states in states(checked(address)).values() for state in step_states
    }
    database.execute('DROP OWNED BY "My ""Role;"; DROP ROLE "My ""Role;"')
