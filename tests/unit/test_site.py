"""The pages of the site: every page of docs/ is one, and a link leads to a page or is only its text."""

from __future__ import annotations

from posixpath import dirname, normpath

import pytest

from tools import site

PLACES = site.list_places()


def test_every_page_and_picture_has_a_place_of_its_own() -> None:
    assert len(set(PLACES.values())) == len(PLACES)
    assert PLACES["docs/es/metrics.md"] == "es/metrics.md"
    assert PLACES["docs/metrics.md"] == "en/metrics.md"
    assert PLACES["README.es.md"] == "es/index.md"


@pytest.mark.parametrize("source", [source for source in PLACES if source.endswith(".md")])
def test_links_lead_to_pages_of_the_site(source: str) -> None:
    text = site.move_links((site.ROOT / source).read_text(encoding="utf-8"), source, PLACES)
    links = [link["target"] for link in site.LINK.finditer(text) if link["target"]]
    local = {normpath(f"{dirname(PLACES[source])}/{link}") for link in links if "://" not in link}
    assert local <= set(PLACES.values())


def test_a_link_to_what_is_no_page_becomes_its_text() -> None:
    text = "[a](../sql/dashboard/sales.sql) [b](metrics.md#x) [c](https://example.com) ![d](dashboard.png)"
    assert site.move_links(text, "docs/tour.md", PLACES) == (
        "a [b](metrics.md#x) [c](https://example.com) ![d](dashboard.png)"
    )
