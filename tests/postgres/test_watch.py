"""``--watch`` on a live database that goes away and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.run_program import PROGRAM
from cli.terminal import open_terminal

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Server


def test_the_last_good_figures_outlive_the_database(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    database = server.database()
    database.execute("INSERT INTO branches (id, name, code) VALUES (gen_random_uuid(), 'Centro', 'C-1')")
    command = f"{PROGRAM} dashboard --source {database.address} --section kpis --watch 1 --max-age 1s"
    with open_terminal(tmp_path, "sh") as terminal:
        terminal.type(f"{command}; echo ended with $?")
        assert "Not current" not in terminal.wait_for("Looked at")

        server.stop()
        text = terminal.wait_for("Not current since")
        assert "C-1 Centro" in text
        assert "Nothing listens at 127.0.0.1" in " ".join(text.split())
        # The old figures stand there already.
        assert "The data loaded before" not in " ".join(text.split())

        server.start()
        database.execute("UPDATE branches SET name = 'Plaza'")
        # The screen is drawn line by line: only when the last one stands is it the new one.
        terminal.wait_until(lambda text: "C-1 Plaza" in text and "Not current" not in text, "current figures")
        terminal.press("C-c")
        terminal.wait_for("ended with 0")


@pytest.mark.parametrize("taken", ["REVOKE SELECT ON orders FROM {role}", "ALTER ROLE {role} NOLOGIN"])
def test_a_watch_ends_when_the_rights_are_taken(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    database = server.database()
    database.execute(
        "INSERT INTO branches (id, name, code) VALUES (gen_random_uuid(), 'Centro', 'C-1');"
        "CREATE ROLE ana LOGIN PASSWORD 'suya'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ana"
    )
    try:
        monkeypatch.setenv("PGPASSWORD", "suya")
        address = database.address.replace(READER, "ana")
        command = f"{PROGRAM} dashboard --source {address} --section kpis --watch 1 --max-age 1s"
        with open_terminal(tmp_path, "sh") as terminal:
            terminal.type(f"{command}; echo ended with $?")
            terminal.wait_for("Looked at")
            database.execute(taken.format(role="ana"))
            text = terminal.wait_for("ended with 4")
            assert "“ana” may not" in " ".join(text.split())
            assert "C-1 Centro" not in text
            assert "--max-age" not in text.split("ended with $?")[1]
    finally:
        database.execute("DROP OWNED BY ana; DROP ROLE ana")
