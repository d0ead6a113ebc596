"""Sentences are asserted in English; the reader's password is in the environment, where it belongs."""

from __future__ import annotations

import pytest

from postgres.server import PASSWORDS, READER


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_LANGUAGE", "en")
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
