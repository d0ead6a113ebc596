"""Texts arrive as they are, whatever encoding somebody else asked for; what is no text is told with its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest
from cli.run_program import run_inline

from opttius_cli.sources.postgres.fetch import fetch_rows
from postgres.live_database import SHOP
from postgres.server import HERE, READER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres.server import Database, Server

COMMAND = (
    "export",
    "customers",
    "-O",
    "Una",
    "-b",
    "Óptica Ñuñoa",
    "-f",
    "csv",
    "-o",
    "-",
    "--as-of",
    "2026-11-22",
)
NAMED = r"""
UPDATE customers SET first_name = U&'\00D1and\00FA', last_name = 'Ruiz';
UPDATE branches SET name = U&'\00D3ptica \00D1u\00F1oa' WHERE code = 'C-1';
"""
"""Written so that it reaches a database of any encoding."""


@pytest.fixture
def database(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP + NAMED)
    return new_database


@pytest.fixture
def stubborn(server: Server, database: Database) -> Iterator[None]:
    server.execute(f"ALTER ROLE {READER} SET client_encoding = 'LATIN1'")
    yield
    server.execute(f"ALTER ROLE {READER} RESET client_encoding")


def encoded(server: Server, name: str, encoding: str, statement: str) -> str:
    """The address of a database in ``encoding``."""
    server.database()
    server.execute(f"DROP DATABASE IF EXISTS {name}")
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    for part in ((HERE / "app.sql").read_text(), SHOP, statement):
        server.execute(part, name)
    server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", name)
    return server.address(name, READER, password=False)


@pytest.mark.usefixtures("stubborn")
def test_no_other_encoding_can_be_chosen(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    options = (
        "",
        "?client_encoding=LATIN1",
        "?client_encoding=KLINGON",
        "?options=-c%20client_encoding%3DLATIN1",
    )
    for option in options:
        ran = run_inline(capsys)(*COMMAND, "--source", database.address + option, "--refresh")
        assert ran.code == 0, ran.err
        assert "Ñandú R." in ran.out


def test_a_database_of_another_encoding_is_read(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    place = encoded(server, "latin", "LATIN1", NAMED)
    ran = run_inline(capsys)(*COMMAND, "--source", place)
    assert ran.code == 0, ran.err
    assert "Ñandú R." in ran.out


def test_undecodable_text_is_reported_with_its_table(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    place = encoded(server, "bytes", "SQL_ASCII", "UPDATE customers SET first_name = E'Nand\\372'")
    ran = run_inline(capsys)("dashboard", "-O", "Una", "--source", place)
    assert (ran.code, ran.out) == (4, "")
    assert f"Table public.customers of {place} holds a text that is not of the database's encoding" in ran.err
    assert '(invalid byte sequence for encoding "UTF8": 0xfa)' in ran.err


class Garbled:
    """A line on which a text comes that is none."""

    def stream_batches(self, _query: str) -> Iterator[object]:
        """The schema, and one batch."""
        offsets = pa.array([0, 5], pa.int32()).buffers()[1]
        texts = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"Nand\xfa")])
        batch = pa.RecordBatch.from_arrays([texts], ["name"])
        yield batch.schema
        yield batch


def test_cleaning_up_does_not_hide_the_error() -> None:
    with duckdb.connect() as con, pytest.raises(duckdb.InvalidInputException, match=r"(?i)unicode|utf-?8"):
        fetch_rows(con, Garbled(), "SELECT", "there", lambda _rows: None)  # type: ignore[arg-type]
