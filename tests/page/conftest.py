"""One headless Chromium for all pages, and the two widths at which they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from external_tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE, NARROW = 1280, 390


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=require_tool("chromium"), args=FLAGS)
        yield chromium
        chromium.close()
