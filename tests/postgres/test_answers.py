"""What the database answers is what its exports answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.running import DATA, MIRADOR, here

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    import pytest

    from postgres.server import Server

SOURCE = re.compile(r'"snapshot": \{[^}]*\}')


def test_the_dashboard_is_that_of_the_exports(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
    run = here(capsys)
    live = run("dashboard", "--source", server.database(DATA).address, *MIRADOR, "--format", "json")
    files = run("dashboard", "--source", DATA, *MIRADOR, "--format", "json")
    assert (live.code, live.err) == (0, "")
    assert SOURCE.sub("", live.out) == SOURCE.sub("", files.out)
    assert "lector@127.0.0.1" in live.out
