"""The documentation's site, opened from disk in a real browser: complete, searchable, legible, without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from page.axe import find_violations
from page.conftest import NARROW, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
PAGES = ("index.html", "metrics.html", "en/index.html", "en/commands.html", "en/own-reports.html")
SECTIONS = ("tour", "commands", "metrics", "own-reports", "scheduling", "forecast", "access")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Path:
    """The site; a link or an anchor that leads nowhere fails its build."""
    built = subprocess.run(
        [sys.executable, "-m", "tools.site"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    return SITE


def open_page(browser: Browser, file: Path, width: int) -> tuple[Page, list[str]]:
    """A page, and the addresses it asks for that are not of the site."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    remote: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith(SITE.as_uri()) else remote.append(request.url),
    )
    page.goto(file.as_uri())
    return page, remote


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_network_and_keeps_nobody_out(
    browser: Browser, site: Path, name: str, width: int
) -> None:
    page, remote = open_page(browser, site / name, width)
    assert find_violations(page) == []
    assert remote == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()


@pytest.mark.parametrize(("name", "word"), [("index.html", "ingresos"), ("en/index.html", "revenue")])
def test_search_finds_a_word_from_disk(browser: Browser, site: Path, name: str, word: str) -> None:
    page, _remote = open_page(browser, site / name, WIDE)
    page.locator(".md-search__input").fill(word)
    page.locator(".md-search-result__link").first.wait_for()
    assert page.locator(".md-search-result__link").count() > 1
    page.context.close()


def test_both_languages_have_every_page(site: Path) -> None:
    for name in SECTIONS:
        assert (site / f"{name}.html").is_file()
        assert (site / "en" / f"{name}.html").is_file()
