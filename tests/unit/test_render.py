"""Rules of every format: what is imported, what is said where there is nothing, what may not act."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from golden import hard
from rich.cells import cell_len

from opttius_cli import i18n
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.render.data_quality_notes import build_notes
from opttius_cli.render.row_batches import BATCH_SIZE
from opttius_cli.render.style import Style
from opttius_cli.render.terminal.grid import build_grid
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.sparkline import draw_bar, draw_sparkline
from opttius_cli.result import AnswerPart, Column, ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.result import Answer

HEAVY = ("babel", "rich", "openpyxl", "pyarrow.parquet", "duckdb")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


def rendered(name: str, answer: Answer, style: Style | None = None) -> bytes:
    """The bytes of an answer."""
    out = BytesIO()
    registry.RENDERERS[name].write(answer, out, style or Style("en"))
    assert not out.closed
    return out.getvalue()


def text(answer: Answer, width: int | None = None, *, color: bool = False) -> str:
    """The table of an answer."""
    return rendered("table", answer, Style("en", width, color)).decode()


def single_part(result: Result) -> Answer:
    """An answer of one list."""
    return dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), result),))


@pytest.mark.parametrize("name", ["json", "csv"])
def test_formats_for_machines_import_nothing_heavy(name: str) -> None:
    script = (
        "import sys; from io import BytesIO; from golden import hard\n"
        "from opttius_cli.render import registry; from opttius_cli.render.style import Style\n"
        f"registry.RENDERERS[{name!r}].write(hard.board(), BytesIO(), Style())\n"
        f"print([module for module in {HEAVY!r} if module in sys.modules])"
    )
    folder = hard.__file__.removesuffix("golden/hard.py")
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("answer", [hard.board(), hard.listing()], ids=["board", "listing"])
def test_no_line_is_wider_than_the_screen(answer: Answer, width: int) -> None:
    assert max(map(cell_len, text(answer, width).splitlines())) <= width


@pytest.mark.parametrize("answer", [hard.board(), hard.listing()], ids=["board", "listing"])
@pytest.mark.parametrize("width", [None, 80])
def test_nothing_of_the_data_acts_on_a_terminal(answer: Answer, width: int | None) -> None:
    plain = text(answer, width)
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", plain) == []
    # Colour adds the codes of colours and nothing else.
    assert re.sub(r"\x1b\[[0-9;]*m", "", text(answer, width, color=True)) == plain


@pytest.mark.parametrize("name", ["json", "csv", "md"])
def test_formats_that_a_terminal_shows_hold_no_escape(name: str) -> None:
    for answer in (hard.board(), hard.listing()):
        assert b"\x1b" not in rendered(name, answer, Style("en", 80))


def test_a_piped_table_is_not_cut() -> None:
    whole = text(hard.listing())
    assert "…" not in whole
    assert "do not fit" not in whole
    assert all(
        CellFormatter("en", "CLP").format_value(person[1], ColumnKind.NAME) in whole for person in hard.PEOPLE
    )


def test_hidden_columns_are_named() -> None:
    """A table of a few rows goes on below; of a long one the other columns are named."""
    assert "do not fit" not in text(hard.listing(), 80)
    many = hard.result("x", ("Personas", "People"), "rows", hard.EVERY_KIND, [*hard.PEOPLE] * 5)
    shown = " ".join(text(single_part(many), 80).split())
    assert "9 of 14 columns do not fit here: Email, Phone, RUT," in shown
    assert "--format xlsx" in shown


def test_an_empty_list_says_so() -> None:
    empty = hard.result("x", ("Cosas", "Things"), "rows", hard.EVERY_KIND, [])
    assert "Nothing to show" in text(single_part(empty), 80)
    assert "Nothing to show" in rendered("md", single_part(empty)).decode()
    assert rendered("csv", single_part(empty)).decode().count("\r\n") == 1
    assert b'"rows": []' in rendered("json", single_part(empty))


def test_an_absent_table_is_no_zero() -> None:
    people = hard.listing().parts[0].result
    answer = single_part(hard.absent(people))
    assert "No figures" in text(answer, 80)
    assert b'"rows": null' in rendered("json", answer)
    assert rendered("csv", answer).decode().count("\r\n") == 1


def test_a_trend_without_values_says_so() -> None:
    columns = [hard.DATE, hard.COUNT]
    days = [[date(2026, 11, 1), None], [date(2026, 11, 2), None]]
    trend = hard.result("t", ("Citas por día", "Appointments by day"), "rows", columns, days)
    answer = dataclasses.replace(hard.board(), parts=(AnswerPart(("trends", "appointments"), trend),))
    assert "no figures: the data lacks this table" in text(answer, 80)


def test_growth_reads_without_colour() -> None:
    shown = text(hard.board(), 120)
    assert "▼ 33.27%  before CLP\u00a07,025,465" in shown
    assert "Previous revenue" not in shown


def test_sparklines() -> None:
    assert draw_sparkline([0, 1, 50, 100], 10) == ("▁▂▅█", 1)
    assert draw_sparkline([0, 0], 10) == ("▁▁", 1)
    assert draw_sparkline([-5, None, Decimal(5)], 10) == ("▁▁█", 1)
    assert draw_sparkline([], 10) == ("", 1)


def test_a_long_sparkline_sums_so_many_days_per_sign() -> None:
    # Seven days in three signs: one day, then twice three.
    assert draw_sparkline([3, 1, 1, 1, 2, 2, 2], 3) == ("▅▅█", 3)


@pytest.mark.parametrize(
    ("part", "most", "drawn"),
    [(100, 100, "██████████"), (50, 100, "█████"), (1, 1000, "▏"), (0, 100, ""), (-5, 100, ""), (None, 1, ""),
     (Decimal("3.75"), 100, "▍"), (5, None, ""), (5, 0, "")],
)  # fmt: skip
def test_bars(part: Decimal | int | None, most: int | None, drawn: str) -> None:
    assert draw_bar(part, most, 10) == drawn


def test_texts_are_fitted_by_their_width_on_the_screen() -> None:
    assert fit_text("abc", 5, align_right=True) == "  abc"
    assert fit_text("李小龙", 7) == "李小龙 "
    assert cell_len(fit_text("李小龙", 4)) == 4
    assert fit_text("abcdef", 3) == "ab…"
    assert fit_text("abc", 0) == ""


def test_a_column_that_repeats_another_is_hidden_first() -> None:
    columns = [
        Column("name", ColumnKind.NAME, {"en": "Name"}),
        Column("total_spent", ColumnKind.MONEY, {"en": "Spent"}),
        Column("lifetime_value", ColumnKind.MONEY, {"en": "Value"}),
        Column("note", ColumnKind.TEXT, {"en": "Note"}),
        Column("purchases", ColumnKind.COUNT, {"en": "Purchases"}),
    ]
    rows = [["Ana R.", Decimal(5), Decimal(5), None, 1], ["Juan P.", Decimal(7), Decimal(7), None, 2]]
    grid = build_grid(hard.result("x", ("x", "x"), "rows", columns, rows), CellFormatter("en", "CLP"), 27)
    assert [column.column.name for column in grid.columns] == ["name", "total_spent", "purchases"]


def test_a_share_over_few_rows_is_in_parentheses_shaded_or_not() -> None:
    def show(bases: tuple[int | None, ...], *, has_heat: bool) -> list[str]:
        share = hard.column(
            "share_pct", ColumnKind.PERCENT, "Parte", "Share", has_heat=has_heat, over="decided"
        )
        result = hard.result("x", ("x", "x"), "rows", [share], [[Decimal(90)]] * len(bases))
        grid = build_grid(
            dataclasses.replace(result, bases={"decided": bases}), CellFormatter("en", "CLP"), 40
        )
        return [line.strip() for line in grid.iter_lines()]

    assert show((9, 10, None), has_heat=False) == ["(90%)", "90%", "90%"]
    assert show((9, 10, None), has_heat=True) == ["█ (90%)", "█ 90%", "█ 90%"]
    # Rows are formatted in batches: a later one has its own numbers.
    assert show((10,) * BATCH_SIZE + (9,), has_heat=False)[-2:] == ["90%", "(90%)"]


def test_left_out_rows_are_mentioned_only_where_there_are_any() -> None:
    notes = build_notes(hard.board(), CellFormatter("es", "CLP"))
    assert (
        "12 linked work orders are not counted again; they would add $1.234.567 of paid money. · --left-out linked"
        in notes
    )
    assert not [line for line in notes if line.startswith("0 ")]
    assert "Columns missing from the data: orders (notes, tax)." in notes
    assert build_notes(hard.listing(), CellFormatter("es", "CLP")) == []


def test_every_format_is_in_the_registry_once() -> None:
    assert list(registry.RENDERERS) == ["table", "json", "ndjson", "csv", "md", "xlsx", "html", "parquet"]
    extensions = [renderer.extension for renderer in registry.RENDERERS.values()]
    assert len(set(extensions)) == len(extensions)


LONG = "a reason that is told in so many words that no column of a screen could ever hold all of them at once"
WORDS = {"en": {"a": "first", "b": "second", "r": LONG}, "es": {}}


def build_reasons(*between: Column) -> Answer:
    """A list of rows with names of our own, wide figures, and a reason that is too long for any column."""
    key = Column("key", ColumnKind.TEXT, {"en": "Key", "es": "Clave"}, vocabulary=WORDS)
    why = Column("why", ColumnKind.TEXT, {"en": "Why", "es": "Por qué"}, vocabulary=WORDS)
    rows = [
        [key, *(10**9 + place for place in range(len(between))), reason]
        for key, reason in (("a", "r"), ("b", None))
    ] * 8
    return single_part(hard.result("t", ("L", "L"), "rows", [key, *between, why], rows))


def test_a_long_word_of_our_own_goes_on_below() -> None:
    shown = text(build_reasons(), 60)
    assert "…" not in shown
    assert shown.split().count("hold") == 8
    assert LONG in " ".join(shown.split()).replace("first ", "")
    assert max(map(cell_len, shown.splitlines())) <= 60


def test_words_without_room_stand_below() -> None:
    shown = text(
        build_reasons(
            *(Column(f"n{place}", ColumnKind.MONEY, {"en": "Money", "es": "Plata"}) for place in range(4))
        ),
        60,
    )
    assert "…" not in shown
    assert f"Why: · {LONG}: first, first" in " ".join(shown.split())
    assert (
        "do not fit here" not in shown or "Why" not in shown.partition("do not fit here")[2].partition(".")[0]
    )
