"""What the environment says of a database counts as what the address says: for the rows, and for encryption."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli.run_program import RunResult, run_inline, run_subprocess
from sources.snapshots import numbered_uuid

from opttius_cli.sources.postgres.conninfo import parse_conninfo
from postgres.live_database import SHOP
from postgres.server import READER

if TYPE_CHECKING:
    from postgres.server import Database, Server

COMMAND = ("dashboard", "-O", "Una", "--format", "json", "--period", "2026", "--as-of", "2026-11-22")
GUARDED = "".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
    f"CREATE POLICY p ON {table} USING ({column}::text = current_setting('app.branch', true));"
    for table, column in (("branches", "id"), ("customers", "branch_id"), ("orders", "branch_id"))
)


@pytest.fixture
def database(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    return new_database


def branches(ran: RunResult) -> list[str]:
    assert ran.code == 0, ran.err
    return [branch["code"] for branch in json.loads(ran.out)["scope"]["branches"]]


def services(monkeypatch: pytest.MonkeyPatch, database: Database, other: str) -> None:
    """A service called ``a`` that leaves much open, and one called ``b``, which PGSERVICE names."""
    Path("services").write_text(
        f"[a]\nhost=localhost\nport={database.server.port}\nuser={READER}\n[b]\n{other}\n", encoding="utf-8"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(Path("services").absolute()))
    monkeypatch.setenv("PGSERVICE", "b")


def test_other_options_of_the_environment_are_another_source(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute(GUARDED)
    monkeypatch.setenv("OPTTIUS_POSTGRES_RESTRICTED", "true")
    run = run_inline(capsys)
    for number, code in ((11, "C-1"), (12, "C-2"), (11, "C-1")):
        monkeypatch.setenv("PGOPTIONS", f"-c app.branch={numbered_uuid(number)}")
        assert branches(run(*COMMAND, "--source", database.address)) == [code]


@pytest.mark.parametrize(
    "other", ["hostaddr=192.0.2.2", "options=-c statement_timeout=x", "sslmode=verify-full"]
)
def test_a_service_that_is_named_is_not_filled_up_from_another(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    services(monkeypatch, database, other)
    command = (*COMMAND, "--source", f"service=a dbname={database.name}")
    assert branches(run_inline(capsys)(*command)) == ["C-1", "C-2"]
    # The variable itself stays, for whoever looks again, and for the commands that we start.
    assert os.environ["PGSERVICE"] == "b"
    assert branches(run_subprocess(*command, "--refresh")) == ["C-1", "C-2"]
    monkeypatch.setenv("PGSERVICE", "none")
    assert branches(run_subprocess(*command, "--refresh")) == ["C-1", "C-2"]


def test_an_open_parameter_of_a_service_is_not_read_from_the_database_of_another(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    services(monkeypatch, database, f"dbname={database.name}")
    ran = run_subprocess(*COMMAND, "--source", "service=a")
    assert (ran.code, ran.out) == (4, "")
    assert "service=a has no database of that name" in ran.err
    assert branches(
        run_subprocess(*COMMAND, "--source", f"postgresql://{READER}@localhost:{server.port}/")
    ) == [
        "C-1",
        "C-2",
    ]


def test_every_variable_is_judged_and_handed_on() -> None:
    environment = {
        "PGHOST": "localhost",
        "PGHOSTADDR": "192.0.2.2",
        "PGPASSWORD": "hunter2",
        "PGREQUIRESSL": "1",
        "PGCHANNELBINDING": "require",
        "PGTARGETSESSIONATTRS": "read-only",
        "PGOPTIONS": "-c app.branch=1",
        "PGCLIENTENCODING": "LATIN1",
    }
    address = parse_conninfo("dbname=shop", environment)
    assert not address.is_local
    assert address.is_encrypted
    assert not parse_conninfo("dbname=shop", environment | {"PGSSLMODE": "disable"}).is_encrypted
    assert (dict(address.secrets), address.has_secret_in_text) == ({"password": "hunter2"}, False)
    assert "hunter2" not in address.identity
    assert "LATIN1" not in address.to_conninfo_string()
    without = parse_conninfo("dbname=shop", dict.fromkeys(environment, ""))
    for name in ("PGHOSTADDR", "PGCHANNELBINDING", "PGTARGETSESSIONATTRS", "PGOPTIONS"):
        conninfo = parse_conninfo("dbname=shop", {name: environment[name]})
        assert environment[name] in conninfo.to_conninfo_string()
        assert conninfo.identity != without.identity
