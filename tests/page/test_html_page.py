"""The page as a file: whole, closed to the network, readable by those who hear it, and nothing of the data acts."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import sysconfig
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from golden import hard

from opttius_cli.installation import extras
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.render.chart_model import MAX_BARS, build_alt_text, build_chart
from opttius_cli.render.html import vega
from opttius_cli.render.html.elements import json_script, text_element
from opttius_cli.result import AnswerPart, ChartSpec, ColumnKind
from page.html_reader import ParsedPage, render_page

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.result import Answer

BOTH = pytest.mark.parametrize("answer", [hard.board(), hard.listing()], ids=["board", "listing"])
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@BOTH
def test_the_policy_names_every_script_and_style_and_nothing_else(answer: Answer) -> None:
    text = render_page(answer)
    policy = next(
        meta["content"]
        for meta in ParsedPage(text).all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    contents = [*SCRIPT.findall(text), *re.findall(r"<style>(.*?)</style>", text, re.DOTALL)]
    hashes = [base64.b64encode(hashlib.sha256(item.encode()).digest()).decode() for item in contents]
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


@BOTH
def test_nothing_in_the_page_leads_out_of_it(answer: Answer) -> None:
    read = ParsedPage(SCRIPT.sub("", render_page(answer)))
    leading = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "style"}
    links = [
        (tag, name, value)
        for tag, attributes in read.elements
        for name, value in attributes.items()
        if name in leading
    ]
    # A telephone number that is shown whole can be dialled.
    assert [item for item in links if not item[2].startswith("#")] == (
        [("a", "href", "tel:+56912345678")] if answer.masking == "revealed" else []
    )
    assert not [name for _tag, attributes in read.elements for name in attributes if name.startswith("on")]


def test_hostile_texts_are_shown_and_not_obeyed() -> None:
    hostile = [
        '"><script>x()</script>',
        "</script><b>",
        "</style>",
        "<!--",
        "' onload='x",
        "{{y}}",
        "]]>",
        "&amp;",
    ]
    columns = [
        hard.column("name", ColumnKind.TEXT, hostile[0], hostile[0] + ": " + hostile[1]),
        hard.column("amount", ColumnKind.MONEY, "Monto", "Amount", is_additive=True),
    ]
    rows: list[list[Any]] = [[text, Decimal(place + 1)] for place, text in enumerate(hostile)]
    result = hard.result(
        "x", (hostile[2], hostile[1]), "rows", columns, rows, ChartSpec("bar", "name", "amount")
    )
    answer = dataclasses.replace(
        hard.listing(), parts=(AnswerPart(("rows",), result),), source="</footer><script>x()</script>"
    )
    text = render_page(answer)
    plain = render_page(hard.board())
    read = ParsedPage(text)
    for item in hostile:
        assert item in read.text
    assert len(read.all("script")) == len(ParsedPage(plain).all("script"))
    assert not read.all("b")
    specs = json.loads(re.findall(r'id="charts">(.*?)</script>', text, re.DOTALL)[0])["specs"]
    assert [value["name"] for value in specs["chart0"]["data"]["values"]] == hostile


def test_a_script_that_holds_data_ends_only_where_it_ends() -> None:
    written = json_script({"a": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(written)
    assert json.loads(written) == {"a": "</script><!--\u2028&"}
    assert text_element("p", "<&>\"'", title='"<') == '<p title="&quot;&lt;">&lt;&amp;&gt;&quot;&#x27;</p>'


@BOTH
def test_the_page_is_readable_by_screen_readers(answer: Answer) -> None:
    read = ParsedPage(render_page(answer, "es"))
    names = [attributes.get("lang") for attributes in read.all("html")]
    assert names == ["es-CL"]
    assert [tag for tag, _attributes in read.elements if tag in {"header", "main", "footer", "h1"}] == [
        "header", "h1", "main", "footer"
    ]  # fmt: skip
    ids = {attributes["id"] for _tag, attributes in read.elements if "id" in attributes}
    named = [
        attributes["aria-labelledby"] for _tag, attributes in read.elements if "aria-labelledby" in attributes
    ]
    assert set(named) <= ids
    assert len(read.all("section")) == len(read.all("h2"))
    assert all(attributes.get("scope") in {"row", "col"} for attributes in read.all("th"))
    assert len(read.all("caption")) == len(read.all("thead"))
    links = {attributes["href"] for attributes in read.all("a") if not attributes["href"].startswith("tel:")}
    assert {link.removeprefix("#") for link in links} <= ids


def test_a_chart_says_its_numbers() -> None:
    read = ParsedPage(render_page(hard.board()))
    # The main trend stands first, beside the main figure.
    assert [attributes["id"] for attributes in read.all("figure")] == ["chart8", "chart6"]
    charts = [attributes for attributes in read.all("div") if attributes.get("role") == "img"]
    assert charts[0]["aria-label"] == (
        "Chart: Sales by day. Revenue. Total: CLP\u00a01,150. Most: Nov 22, 2026, CLP\u00a0800. "
        "Least: Nov 18, 2026, CLP\u00a00. Nov 18, 2026: CLP\u00a00; Nov 19, 2026: CLP\u00a0100; "
        "Nov 20, 2026: CLP\u00a0250; Nov 21, 2026: CLP\u00a00; Nov 22, 2026: CLP\u00a0800."
    )


def test_a_long_list_is_drawn_in_part_and_says_so() -> None:
    rows: list[list[Any]] = [[f"p{place}", Decimal(100 - place)] for place in range(MAX_BARS + 5)]
    result = hard.result(
        "x", ("x", "x"), "rows", [hard.STATUS, hard.AMOUNT], rows, ChartSpec("bar", "status", "amount")
    )
    cells = CellFormatter("en", "CLP")
    drawn = build_chart(result, cells)
    assert drawn is not None
    assert len(drawn.points) == MAX_BARS
    assert build_alt_text(drawn, cells).endswith("5 more rows are in the table.")


def test_nothing_is_drawn_of_nothing() -> None:
    cells = CellFormatter("en", "CLP")
    none = hard.result(
        "x", ("x", "x"), "rows", [hard.STATUS, hard.AMOUNT], [], ChartSpec("bar", "status", "amount")
    )
    zero = hard.result(
        "x",
        ("x", "x"),
        "rows",
        [hard.STATUS, hard.AMOUNT],
        [["a", Decimal(0)]],
        ChartSpec("bar", "status", "amount"),
    )
    assert [build_chart(item, cells) for item in (none, zero, hard.absent(hard.METHODS), hard.BY_STATUS)] == [
        None
    ] * 4
    assert "vegaEmbed" not in render_page(hard.listing())


def test_charts_keep_to_the_schema_of_vega_lite() -> None:
    import altair as alt

    cells = CellFormatter("es", "CLP")
    months = hard.result("x", ("x", "x"), "rows", [hard.STATUS, hard.COUNT], [["a", 1], ["b", -2]])
    results = [
        hard.TREND,
        hard.METHODS,
        dataclasses.replace(months, chart=ChartSpec("column", "status", "count")),
        dataclasses.replace(months, chart=ChartSpec("waterfall", "status", "count")),
    ]
    for result in results:
        drawn = build_chart(result, cells)
        assert drawn is not None
        spec = vega.build_spec(drawn, cells.locale)
        spec["config"] = {}  # colours are variables of the style sheet, which the schema does not know
        alt.Chart.from_dict(spec)
        still = vega.render_svg(spec, cells.locale)
        assert still.startswith("<svg")
        assert " style=" not in still
        # A page of several drawings would hold a name twice.
        assert " id=" not in still


def test_a_waterfall_begins_each_bar_where_the_one_before_ended() -> None:
    rows: list[list[Any]] = [["new", Decimal(150)], ["returning", Decimal("-103.5")], ["ticket", Decimal(20)]]
    result = hard.result(
        "x", ("x", "x"), "rows", [hard.STATUS, hard.AMOUNT], rows, ChartSpec("waterfall", "status", "amount")
    )
    drawn = build_chart(result, CellFormatter("en", "CLP"))
    assert drawn is not None
    values = vega.build_spec(drawn, "en_US")["data"]["values"]
    assert [(value["from"], value["y"]) for value in values] == [(0, 150), (150, -103.5), (46.5, 20)]


def test_cells_of_a_heat_map_are_darker_the_more_they_hold() -> None:
    share = hard.column("share_pct", ColumnKind.PERCENT, "Parte", "Share", has_heat=True)
    rows: list[list[Any]] = [["a", Decimal(0)], ["b", Decimal("49.99")], ["c", Decimal(100)], ["d", None]]
    result = hard.result("x", ("x", "x"), "rows", [hard.STATUS, share], rows)
    answer = dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), result),))
    cells = [cell.get("class") for cell in ParsedPage(render_page(answer)).all("td")]
    assert cells[1::2] == ["n heat0", "n heat4", "n heat9", "n empty"]


def test_figures_at_the_top_of_an_answer_are_cards() -> None:
    count = hard.result("x", ("Lista", "List"), "record", [hard.COUNT], [[7]])
    answer = dataclasses.replace(hard.listing(), parts=(AnswerPart((), count), *hard.listing().parts))
    text = render_page(answer)
    assert '<dd class="value">7</dd>' in text
    assert text.index('class="cards"') < text.index("<table")


def test_left_out_rows_stand_in_the_page() -> None:
    text = ParsedPage(render_page(hard.board())).text
    assert "What was left out" in text
    assert (
        "12 linked work orders are not counted again; they would add CLP\u00a01,234,567 of paid money."
        in text
    )
    assert "What was left out" not in ParsedPage(render_page(hard.listing())).text


def test_a_total_stands_below_columns_that_add_up() -> None:
    text = render_page(hard.board())
    assert (
        '<tfoot><tr><td>Total</td><td class="n"></td><td class="n">CLP\u00a0925,146</td></tr></tfoot>' in text
    )


def test_without_its_extra_the_page_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.RENDERERS["html"].describe_lack() is None
    monkeypatch.setattr(extras, "is_installed", lambda _module: False)
    lack = registry.RENDERERS["html"].describe_lack()
    assert lack is not None
    assert extras.build_install_command("html") in lack
    assert registry.RENDERERS["xlsx"].describe_lack() is None


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/ana/.local/share/pipx/venvs/opttius-cli", "pipx inject opttius-cli vl-convert-python"),
        (
            "/home/ana/.local/share/uv/tools/opttius-cli",
            "uv tool install opttius-cli --with vl-convert-python",
        ),
        ("/srv/shop 1/.venv", "'/srv/shop 1/.venv/bin/python' -m pip install 'opttius-cli[html]'"),
    ],
)
def test_what_to_type_fits_how_it_was_installed(prefix: str, command: str) -> None:
    assert extras.build_install_command("html", prefix, "/usr") == command


def test_what_to_type_for_the_python_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    assert (
        extras.build_install_command("html", "/usr", "/usr") == "python3 -m pip install 'opttius-cli[html]'"
    )
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    assert extras.build_install_command("html", "/usr", "/usr") == "pipx install 'opttius-cli[html]'"
