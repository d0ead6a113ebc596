"""``--watch`` on a live database that goes away and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.running import PROGRAM
from cli.terminal import terminal_in

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from postgres.server import Server


def test_the_last_good_figures_outlive_the_database(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    database = server.database()
    database.execute("INSERT INTO branches (id, name, code) VALUES (gen_random_uuid(), 'Centro', 'C-1')")
    command = f"{PROGRAM} dashboard --source {database.address} --section kpis --watch 1 --max-age 1s"
    with terminal_in(tmp_path, "sh") as terminal:
        terminal.type(f"{command}; echo ended with $?")
        assert "Not current" not in terminal.until("Looked at")

        server.stop()
        text = terminal.until("Not current since")
        assert "C-1 Centro" in text
        assert "Nothing listens at 127.0.0.1" in " ".join(text.split())

        server.start()
        database.execute("UPDATE branches SET name = 'Plaza'")
        # The screen is drawn line by line: only when the last one stands is it the new one.
        terminal.when(lambda text: "C-1 Plaza" in text and "Not current" not in text, "current figures")
        terminal.press("C-c")
        terminal.until("ended with 0")
