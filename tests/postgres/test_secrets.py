"""No password is anywhere but where its owner put it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli.run_program import RunResult, run_inline, run_subprocess

from opttius_cli.sources.postgres import source as live
from postgres.live_database import SHOP
from postgres.server import ENCODED, PASSWORDS, READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from postgres.server import Database, Server

SECRET = PASSWORDS[READER]
PIECES = ("s3creto", "hunter2", "s3cr", "ter2")
WRONG = (
    "postgresql://lector:hunter2@{place}",
    "postgresql://lector:hun@ter2@{place}",
    "postgresql://lector:hun/ter2@{place}",
    "postgresql://lector:hun ter2@{place}",
    "postgresql://lector:12/hunter2@{place}",
    "postgresql://lector:hunter2@{place}?sslmod=hunter2",
    "postgresql://lector:%zz%ff hunter2@{place}",
    "postgres://lector:hunter2@127.0.0.1:1/x",
    "postgres://lector:hunter2@no-such-host.invalid/x",
    "host=127.0.0.1 password=hunter2 extra hunter2",
    "host=127.0.0.1 user=lector password='hunter2",
    "password=hunter2 service=none",
)
COMMAND = ("dashboard", "-b", "C-1", "--format", "json")


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    return new_database


def must_be_clean(ran: RunResult, tmp_path: Path) -> None:
    """Nothing of a secret was said, nor kept in any file."""
    written = b"".join(file.read_bytes() for file in (tmp_path / "own").rglob("*") if file.is_file())
    for piece in PIECES:
        assert piece not in ran.out + ran.err
        assert piece.encode() not in written


@pytest.mark.parametrize("form", WRONG)
def test_a_wrong_address_is_not_repeated(
    database: Database, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run, address = run_inline(capsys), form.format(place=f"127.0.0.1:{database.server.port}/{database.name}")
    ran = run(*COMMAND, "--source", address, "--verbose")
    assert (ran.code, ran.out) == (4, "")
    assert "The password in --source can be seen by every user of this machine" in ran.err
    must_be_clean(ran, tmp_path)
    # Where it is no source but a slip of the fingers, it is not repeated, either.
    must_be_clean(run("dashboard", address), tmp_path)
    must_be_clean(run("customer", address, "--source", address), tmp_path)


def test_a_password_in_the_address_works_and_stays_nowhere(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD")
    run, place = run_inline(capsys), database.address_with_password
    pairs = (
        f"host=127.0.0.1 port={database.server.port} dbname={database.name} user={READER} password='{SECRET}'"
    )
    for address in (place, pairs):
        ran = run(*COMMAND, "--source", address, "--verbose")
        assert ran.code == 0
        assert "can be seen by every user" in ran.err
        assert f'"source": "{database.address}"' in ran.out
        must_be_clean(ran, tmp_path)
    Path("opttius.toml").write_text(f'source = "{place}"\n')
    for command in (("config", "show"), ("config", "show", "--json"), ("config", "validate"), ("doctor",)):
        ran = run(*command)
        assert ran.code == 0, ran.err
        assert "s3creto" not in ran.out + ran.err
        assert ENCODED not in ran.out + ran.err
    revealed = run(*COMMAND, "--source", place, "--reveal-pii", "--reason", "Ana asked")
    assert revealed.code == 0
    must_be_clean(revealed, tmp_path)


def test_an_unforeseen_failure_is_logged_without_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_address: object, conninfo: str, **_: object) -> None:
        raise RuntimeError(conninfo)

    monkeypatch.setattr(live, "open_connection", fails)
    ran = run_inline(capsys)(*COMMAND, "--source", database.address_with_password)
    assert ran.code == 1
    must_be_clean(ran, tmp_path)
    assert list((tmp_path / "own").rglob("error-*.log"))


def by_passfile(database: Database, home: Path, environment: dict[str, str]) -> str:
    file = home / ".pgpass"
    secret = SECRET.replace("\\", "\\\\").replace(":", "\\:")
    file.write_text(f"127.0.0.1:*:*:{READER}:{secret}\n", encoding="utf-8")
    file.chmod(0o600)
    return database.address


def by_service(database: Database, home: Path, environment: dict[str, str]) -> str:
    (home / ".pg_service.conf").write_text(
        f"[tienda]\nhost=127.0.0.1\nport={database.server.port}\ndbname={database.name}\nuser={READER}\n"
        f"password={SECRET}\n",
        encoding="utf-8",
    )
    return "service=tienda"


def by_environment(database: Database, home: Path, environment: dict[str, str]) -> str:
    environment["PGPASSWORD"] = SECRET
    return database.address


@pytest.mark.parametrize("give", [by_passfile, by_service, by_environment])
def test_a_password_is_taken_from_where_it_belongs(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    give: Callable[[Database, Path, dict[str, str]], str],
) -> None:
    monkeypatch.delenv("PGPASSWORD")
    home, environment = tmp_path / "home", dict[str, str]()
    home.mkdir()
    address = give(database, home, environment)
    environment["HOME"] = str(home)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = run_subprocess(*COMMAND, "--source", address)
    assert (ran.code, ran.err) == (0, "")
    must_be_clean(ran, tmp_path)
    if give is by_passfile:
        (home / ".pgpass").chmod(0o644)
        ran = run_subprocess(*COMMAND, "--source", address, "--refresh")
        assert ran.code == 4
        assert "which nobody else may read (chmod 600)" in ran.err
        must_be_clean(ran, tmp_path)
