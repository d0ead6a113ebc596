"""Sentences are asserted in English, the language they are written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)
