"""The page in a real browser without a network: nothing fails, nothing leaves, charts are drawn, tables sort."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import pytest
from golden import hard

from opttius_cli.installation import extras
from opttius_cli.result import AnswerPart, ChartSpec, ColumnKind
from page.axe import find_violations
from page.conftest import NARROW, WIDE
from page.html_reader import render_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@dataclasses.dataclass(slots=True)
class OpenPage:
    """An open page, what its console said, and what it asked of a network."""

    page: Page
    console_messages: list[str]
    requested_urls: list[str]


def opened(
    browser: Browser,
    file: Path,
    width: int = WIDE,
    scheme: Literal["light", "dark"] = "light",
    *,
    scripts: bool = True,
    charts: str = ".live",
) -> OpenPage:
    """The page of ``file``, with every request written down and all but the file itself refused."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    open_page = OpenPage(context.new_page(), [], [])
    open_page.page.on(
        "console", lambda message: open_page.console_messages.append(f"{message.type}: {message.text}")
    )
    open_page.page.on("pageerror", lambda error: open_page.console_messages.append(str(error)))
    open_page.page.on("request", lambda request: open_page.requested_urls.append(request.url))
    address = file.as_uri()
    open_page.page.route(
        "**/*", lambda route: route.continue_() if route.request.url == address else route.abort()
    )
    open_page.page.goto(address)
    if scripts:
        open_page.page.wait_for_function(
            f"[...document.querySelectorAll('figure')].every(one => one.querySelector('{charts} svg'))"
        )
    return open_page


def board(days: int = 30) -> Any:
    """An answer with cards, a line, bars, columns and a list of every kind."""
    first = date(2026, 10, 24)
    rows: list[list[Any]] = [
        [first + timedelta(day), Decimal(day * 7919 % 500_000), day % 7] for day in range(days)
    ]
    trend = dataclasses.replace(
        hard.result("t", ("Ventas por día", "Sales by day"), "rows", list(hard.TREND.columns), rows),
        chart=hard.TREND.chart,
    )
    months = hard.result(
        "m", ("Meses", "Months"), "rows", [hard.STATUS, hard.COUNT],
        [["2026-09", 10], ["2026-10", 9], ["2026-11", 120]], ChartSpec("column", "status", "count"),
    )  # fmt: skip
    people = hard.listing().parts[0]
    parts = (*hard.board().parts, AnswerPart(("trends", "x"), trend), AnswerPart(("months",), months), people)
    return dataclasses.replace(hard.board(), parts=parts)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page_file: Path = tmp_path_factory.mktemp("page") / "board.html"
    page_file.write_text(render_page(board()), encoding="utf-8")
    return page_file


@pytest.fixture(scope="module")
def list_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page_file: Path = tmp_path_factory.mktemp("page") / "list.html"
    page_file.write_text(render_page(hard.listing()), encoding="utf-8")
    return page_file


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_fails_nothing_leaves_and_charts_are_drawn(
    browser: Browser, file: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    open_page = opened(browser, file, width, scheme)
    assert open_page.console_messages == []
    assert open_page.requested_urls == [file.as_uri()]
    drawn = open_page.page.eval_on_selector_all(
        "figure .live svg", "all => all.map(one => [one.querySelectorAll('path').length, one.clientWidth])"
    )
    assert len(drawn) == 4
    assert all(paths > 1 and 200 < taken <= width for paths, taken in drawn)
    # Nothing is wider than the screen: only tables scroll, inside their frame.
    assert open_page.page.evaluate("document.documentElement.scrollWidth") == width
    open_page.page.context.close()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["board", "listing"])
def test_nobody_is_kept_out(
    browser: Browser, file: Path, list_file: Path, width: int, scheme: Literal["light", "dark"], kind: str
) -> None:
    """axe-core checks contrast, names of controls, the order of headings, and a hundred rules more."""
    open_page = opened(browser, file if kind == "board" else list_file, width, scheme)
    assert find_violations(open_page.page) == []
    open_page.page.context.close()


def test_a_switch_shows_the_chart_or_its_table(browser: Browser, file: Path) -> None:
    for scripts in (True, False):
        open_page = opened(browser, file, scripts=scripts)
        section = open_page.page.locator("section:has(.toggle)").nth(1)
        chart, table = section.locator("figure"), section.locator("table")
        assert (chart.is_visible(), table.is_visible()) == (True, False)
        section.locator("label").click()
        assert (chart.is_visible(), table.is_visible()) == (False, True)
        open_page.page.context.close()


def test_a_wide_list_is_a_card_per_row_on_a_telephone(browser: Browser, list_file: Path) -> None:
    open_page = opened(browser, list_file, NARROW)
    cells = open_page.page.locator("tbody tr").first.locator("td")
    shown = cells.evaluate_all(
        """all => all.filter((one) => one.offsetParent).map((one) =>
        [getComputedStyle(one, '::before').content, one.getBoundingClientRect().right])"""
    )
    assert len(shown) == len(hard.EVERY_KIND)
    assert shown[1][0] == '"Email"'
    assert all(right <= NARROW for _label, right in shown)
    open_page.page.context.close()


def test_the_first_column_stays_where_a_list_is_wider_than_the_screen(
    browser: Browser, list_file: Path
) -> None:
    open_page = opened(browser, list_file, 700)
    open_page.page.locator(".scroll").evaluate("one => { one.scrollLeft = 400; }")
    first = open_page.page.locator("tbody td").first
    box, frame = first.bounding_box(), open_page.page.locator(".scroll").bounding_box()
    assert box is not None
    assert frame is not None
    assert (first.inner_text(), box["x"]) == ("Ana R.", frame["x"])
    open_page.page.context.close()


def test_a_page_without_the_extra_has_charts_of_rectangles(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "is_installed", lambda _module: False)
    page_file = tmp_path / "plain.html"
    page_file.write_text(render_page(board()), encoding="utf-8")
    open_page = opened(browser, page_file, NARROW, charts=".still")
    assert open_page.console_messages == []
    assert open_page.page.locator("figure .columns rect").count() > 30
    bars = open_page.page.locator("figure .bars rect").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().width))"
    )
    assert bars[0] > bars[1] > 0
    assert open_page.page.evaluate("document.documentElement.scrollWidth") == NARROW
    assert len(page_file.read_bytes()) < 100_000
    open_page.page.context.close()


def test_light_and_dark_differ_and_both_can_be_read(browser: Browser, file: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        open_page = opened(browser, file, scheme=scheme)
        pairs = open_page.page.evaluate(CONTRASTS)
        assert pairs, "no text was measured"
        assert {name: ratio for name, ratio in pairs.items() if ratio < 4.5} == {}
        grounds.append(open_page.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        open_page.page.context.close()
    assert grounds[0] != grounds[1]


CONTRASTS = """() => {
  const parts = (color) => color.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = parts(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const lowest = {};
  const texts = "h1, header p, h2, h3, dt, dd, caption, th, td, summary, nav a, .left-out li, footer p";
  for (const one of document.querySelectorAll(texts)) {
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    const name = one.tagName + "." + one.className;
    lowest[name] = Math.min(lowest[name] ?? 21, (a + 0.05) / (b + 0.05));
  }
  for (const one of document.querySelectorAll("figure .live svg text")) {
    const fill = parts(getComputedStyle(one).fill);
    const [a, b] = [light(fill), light(ground(one.closest("figure")))].sort((x, y) => y - x);
    lowest.chart = Math.min(lowest.chart ?? 21, (a + 0.05) / (b + 0.05));
  }
  return lowest;
}"""


def column(page: Page, place: int) -> list[str]:
    """The texts of a column of the list of people."""
    texts: list[str] = page.eval_on_selector_all(
        f"section:has(th[data-sort]) table:has(th:nth-child(14)) tbody td:nth-child({place})",
        "all => all.map(one => one.textContent)",
    )
    return texts


@pytest.mark.parametrize(
    ("header", "place", "up"),
    [
        ("Purchases", 6, ["0", "1", "12", "1,000,000", "—"]),
        ("Last purchase", 11, ["Dec 31, 1899", "Sep 6, 2026", "Nov 2, 2026", "Feb 29, 2028", "—"]),
        ("Id", 14, ["-5", "0001", "1e5", "李小龙", "—"]),
    ],
)
def test_tables_are_sorted_by_their_headers(
    browser: Browser, file: Path, header: str, place: int, up: list[str]
) -> None:
    open_page = opened(browser, file)
    button = open_page.page.locator("table:has(th:nth-child(14)) th button", has_text=header).first
    header_cell = open_page.page.locator("table:has(th:nth-child(14)) th", has_text=header).first
    assert header_cell.get_attribute("aria-sort") == "none"
    button.focus()
    open_page.page.keyboard.press("Enter")
    assert (header_cell.get_attribute("aria-sort"), column(open_page.page, place)) == ("ascending", up)
    button.click()
    # What is empty stays last, whichever way.
    assert (header_cell.get_attribute("aria-sort"), column(open_page.page, place)) == (
        "descending",
        [*up[-2::-1], "—"],
    )
    assert open_page.console_messages == []
    open_page.page.context.close()


def test_a_row_about_all_rows_opens_the_page_and_stays_last(browser: Browser, tmp_path: Path) -> None:
    revenue = hard.column("total_revenue", ColumnKind.MONEY, "Ingresos", "Revenue")
    growth = hard.column("revenue_growth_pct", ColumnKind.PERCENT, "Crecimiento", "Growth")
    branch = hard.column("branch", ColumnKind.TEXT, "Sucursal", "Branch")
    result = hard.result(
        "branches/branches", ("Sucursales", "Branches"), "rows", [branch, revenue, growth],
        [["SCL-01", Decimal(300), Decimal(50)], ["b-2", Decimal(100), Decimal(-50)],
         ["total", Decimal(400), Decimal(0)]],
    )  # fmt: skip
    page_file = tmp_path / "branches.html"
    page_file.write_text(
        render_page(dataclasses.replace(hard.board(), parts=(AnswerPart(("rows",), result),))), "utf-8"
    )
    open_page = opened(browser, page_file)
    assert open_page.page.locator(".hero .value").inner_text() == "CLP\u00a0400"
    assert open_page.page.locator(".finding").inner_text() == (
        "Revenue stayed the same: CLP\u00a0400. b-2 fell most: 50%."
    )
    open_page.page.locator("th button", has_text="Revenue").click()
    firsts = open_page.page.locator("tbody td:first-child").all_inner_texts()
    assert firsts == ["b-2", "SCL-01", "total"]
    open_page.page.context.close()


def test_a_chart_tells_its_points(browser: Browser, file: Path) -> None:
    open_page = opened(browser, file)
    box = open_page.page.locator("figure .live svg").first.bounding_box()
    assert box is not None
    open_page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = open_page.page.locator("#tip")
    tip.wait_for(state="visible")
    assert tip.inner_text().startswith("Nov 20, 2026\n\nCLP")
    assert open_page.console_messages == []
    open_page.page.context.close()


def test_without_scripts_the_charts_are_still_there(browser: Browser, file: Path) -> None:
    open_page = opened(browser, file, scripts=False)
    assert open_page.page.locator("figure .still svg").count() == 4
    assert open_page.page.locator("figure .still svg").first.is_visible()
    assert open_page.page.locator("th button").count() == 0
    open_page.page.context.close()


def test_on_paper_it_is_light_and_its_charts_stand_still(browser: Browser, file: Path) -> None:
    open_page = opened(browser, file, scheme="dark")
    open_page.page.emulate_media(media="print", color_scheme="dark")
    assert open_page.page.locator("figure .still svg").first.is_visible()
    assert not open_page.page.locator("figure .live svg").first.is_visible()
    assert not open_page.page.locator("nav").is_visible()
    assert open_page.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = open_page.page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    # A4, in points.
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
    open_page.page.context.close()


def test_a_page_of_many_rows_opens_and_sorts(browser: Browser, tmp_path: Path) -> None:
    rows: list[list[Any]] = [[f"c{place:05}", place * 7919 % 10_007] for place in range(10_000)]
    many = hard.result("x", ("Cosas", "Things"), "rows", [hard.STATUS, hard.COUNT], rows)
    page_file = tmp_path / "many.html"
    page_file.write_text(
        render_page(dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), many),))),
        encoding="utf-8",
    )
    open_page = opened(browser, page_file)
    open_page.page.locator("th button", has_text="Count").click()
    first = open_page.page.locator("tbody tr").first.inner_text()
    assert first.split() == ["c00000", "0"]
    assert open_page.console_messages == []
    assert ColumnKind.COUNT in {column.kind for column in many.columns}
    open_page.page.context.close()
