"""What is asked of the server is what may be seen: rows of the scope, columns of the catalog."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cli.run_program import DATA, MIRADOR, run_inline

from opttius_cli.catalog.tables import TABLES
from opttius_cli.scope import normalize_email
from postgres.live_database import (
    load,
    log_position,
    logged_statements,
    open_live_source,
    request_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Database, Server

SNAPSHOT = re.compile(r'"snapshot": \{[^}]*\}')
SELECTED = re.compile(r'SELECT (.*) FROM "public"\."(\w+)"')
COMMANDS = (
    ("dashboard", "--format", "json"),
    ("segments", "--format", "json"),
    ("export", "segments", "-o", "-"),
    ("export", "sales", "-o", "-"),
)
OPEN_TO_ALL = ("customers", "--format", "json")
"""What the tier of the other organization has."""
SCOPES = {
    "one branch": ("-b", "CM-001"),
    "two branches": ("-b", "CM-001", "-b", "cm-003"),
    "an organization": MIRADOR[:2],
    "the other": ("-O", "faro-del-estrecho"),
}
PERSONAL = (
    "medical",
    "insurance",
    "notes",
    "lens_data",
    "od_sphere",
    "shipping_address",
    "prescription_snapshot",
)


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    created = server.database(DATA)
    # What the exports lack, the database lacks, too: both say so.
    for table in ("credit_notes", "organization_settings"):
        if not (DATA / f"{table}.csv").exists():
            created.execute(f"DROP TABLE {table}")
    header = (DATA / "orders.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    for column in {"sii_rut", "discount_amount", "pos_cashier_id"}.difference(header):
        created.execute(f"ALTER TABLE orders DROP COLUMN {column}")
    return created


@pytest.mark.parametrize("scope", SCOPES)
def test_a_limited_load_answers_as_the_whole_does(
    database: Database, scope: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, options = run_inline(capsys), (*SCOPES[scope], "--as-of", "2026-11-22")
    before = log_position(database)
    others = (OPEN_TO_ALL,) if scope == "the other" else COMMANDS[:1]
    for command in COMMANDS if scope == "one branch" else others:
        live = run(*command, "--source", database.address, *options)
        files = run(*command, "--source", DATA, *options)
        assert (live.code, live.err) == (0, files.err)
        assert SNAPSHOT.sub("", live.out) == SNAPSHOT.sub("", files.out)
    loads = sum("set_config('row_security'" in statement for statement in logged_statements(database, before))
    assert loads == 1, "a fresh snapshot of the same scope is used again"


def test_only_rows_of_the_scope_are_queried(database: Database, tmp_path: Path) -> None:
    before = log_position(database)
    loaded = load(open_live_source(database, request_rows(None, "CM-001")), tmp_path)
    branch = loaded.tables["branches"]
    assert len(branch) == 6
    mine = {row[0] for row in branch if row[3] == "CM-001"}
    for name, table in TABLES.items():
        if table.tenancy == "branch":
            at = [column.name for column in table.columns].index("branch_id")
            assert {row[at] for row in loaded.tables[name]} == mine
    for statement in logged_statements(database, before):
        if (match := SELECTED.search(statement)) and TABLES[match[2]].tenancy not in {"directory", "none"}:
            assert mine.issuperset(re.findall(r"'([0-9a-f-]{36})'", statement.split("organization_id")[0]))
            owner = "organization_id" if match[2] == "agreements" else "branch_id"
            assert owner in statement.split("WHERE", 1)[1]


def test_of_the_admins_only_the_reader_is_queried(database: Database, tmp_path: Path) -> None:
    emails = {str(row[1]) for row in load(open_live_source(database), tmp_path / "all").tables["admin_users"]}
    assert len(emails) > 3
    someone, of_branch = min(emails), request_rows(None, "CM-001")
    of_admin = replace(of_branch, reader=normalize_email(someone.upper()))
    for request, expected in ((of_branch, set()), (of_admin, {someone})):
        loaded = load(open_live_source(database, request), tmp_path / f"{len(expected)}")
        assert {row[1] for row in loaded.tables["admin_users"]} == expected
        assert loaded.tables["orders"]


def test_no_column_is_queried_that_no_report_needs(database: Database, tmp_path: Path) -> None:
    before = log_position(database)
    load(open_live_source(database), tmp_path)
    statements = logged_statements(database, before)
    selected = {
        match[2]: re.findall(r'(?<!CASE WHEN isfinite\()(?<!round\()"(\w+)"(?=,|$)', match[1])
        for statement in statements
        if (match := SELECTED.search(statement))
    }
    # Not one of sample_data's exports lacks a column, but for stock, which has no updated_at there.
    assert selected == {
        name: [column.name for column in table.columns if (name, column.name) in present(database)]
        for name, table in TABLES.items()
        if any(expected == name for expected, _column in present(database))
    }
    text = "\n".join(statements)
    assert "*" not in text.replace("count(*)", "")
    assert not any(word in text.replace("credit_notes", "") for word in PERSONAL)
    assert "medical_records" not in text


def present(database: Database) -> set[tuple[str, str]]:
    rows = database.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    return {(str(table), str(column)) for table, column in rows}


def test_names_are_resolved_before_a_row_is_queried(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, before = run_inline(capsys), log_position(database)
    assert run("dashboard", "--source", database.address, "-b", "Providenzia").code == 6
    assert run("dashboard", "--source", database.address).code == 2
    # All that orders were asked for is to stay as they are.
    assert not any(
        'FROM "public"."orders"' in statement and "LIMIT 0" not in statement
        for statement in logged_statements(database, before)
    )


def test_a_part_cannot_be_taken_for_the_whole(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(open_live_source(database, request_rows(None, "CM-001")), tmp_path)
    (snapshot,) = tmp_path.glob("*.duckdb")
    run = run_inline(capsys)
    assert run("dashboard", "--source", snapshot, "-b", "CM-001").code == 0
    for wider in (("-b", "CM-002"), MIRADOR[:2]):
        ran = run("dashboard", "--source", snapshot, *wider)
        assert (ran.code, ran.out) == (4, "")
        assert "holds only a part of its branches" in ran.err
