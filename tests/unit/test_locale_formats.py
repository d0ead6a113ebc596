"""Numbers, money and dates as each place writes them, in every format that people read; programs see none of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from golden import hard

from opttius_cli import config, i18n
from opttius_cli.errors import ConfigError, UsageError
from opttius_cli.language import detect_language
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import build_formatter
from opttius_cli.render.style import Style
from opttius_cli.result import ColumnKind
from opttius_cli.session.load_progress import describe_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2026, 9, 6)
BLANK = "\u00a0"


@pytest.fixture(autouse=True)
def _spoken() -> Iterator[None]:
    before = i18n.get_locale()
    yield
    i18n.set_language(before)


WRITTEN = {
    #         pesos of Chile              pesos of Argentina              percent              count          date
    "es-CL": ("$1.234.568", f"ARS{BLANK}1.234.567,50", "-12,5%", "12.345.678", "06-09-2026"),
    "es-AR": (f"CLP{BLANK}1.234.568", "$1.234.567,50", "-12,5%", "12.345.678", "6 sept 2026"),
    "es-ES": (
        f"1.234.568{BLANK}CLP",
        f"1.234.567,50{BLANK}ARS",
        f"-12,5{BLANK}%",
        "12.345.678",
        "6 sept 2026",
    ),
    "en-US": (f"CLP{BLANK}1,234,568", f"ARS{BLANK}1,234,567.50", "-12.5%", "12,345,678", "Sep 6, 2026"),
}


def test_every_place_is_written_here() -> None:
    assert tuple(WRITTEN) == i18n.LOCALES


@pytest.mark.parametrize("place", WRITTEN)
def test_values(place: str) -> None:
    cells = build_formatter(place, hard.board())
    amount = Decimal("1234567.50")
    assert (
        cells.format_money(amount),
        cells.format_money(amount, "ARS"),
        cells.format_value(Decimal("-12.50"), ColumnKind.PERCENT),
        cells.format_value(12_345_678, ColumnKind.COUNT),
        cells.format_date(DAY),
    ) == WRITTEN[place]


@pytest.mark.parametrize(("bare", "place"), [("es", "es-CL"), ("en", "en-US")])
def test_a_bare_language_is_its_first_place(bare: str, place: str) -> None:
    for name in ("table", "md", "html", "xlsx"):
        assert rendered(name, bare) == rendered(name, place)


def rendered(name: str, locale: str) -> bytes:
    """A hard answer as a format, for a reader of a place."""
    i18n.set_language(locale)
    out = BytesIO()
    registry.RENDERERS[name].write(hard.board(), out, Style(locale))
    return out.getvalue()


@pytest.mark.parametrize(
    ("place", "money", "growth", "day"),
    [
        ("es-CL", "$7.025.465", "-33,27%", "22-11-2026"),
        ("es-AR", f"CLP{BLANK}7.025.465", "-33,27%", "22 nov 2026"),
        ("es-ES", f"7.025.465{BLANK}CLP", f"-33,27{BLANK}%", "22 nov 2026"),
        ("en-US", f"CLP{BLANK}7,025,465", "-33.27%", "Nov 22, 2026"),
    ],
)
@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_formats_for_people(name: str, place: str, money: str, growth: str, day: str) -> None:
    text = rendered(name, place).decode()
    assert money in text
    # An arrow stands in place of the sign.
    assert f"▼ {growth.removeprefix('-')}" in text
    assert day in text
    if name == "html":
        assert f'<html lang="{place}">' in text


@pytest.mark.parametrize(
    ("place", "money", "day"),
    [
        ("es-CL", "[$$-340A]#,##0", "[$-340A]dd-mm-yyyy"),
        ("es-AR", f'[$CLP-2C0A]"{BLANK}"#,##0', "[$-2C0A]d/m/yyyy"),
        ("es-ES", f'#,##0"{BLANK}"[$CLP-C0A]', "[$-C0A]d/m/yyyy"),
        ("en-US", f'[$CLP-409]"{BLANK}"#,##0', "[$-409]m/d/yyyy"),
    ],
)
def test_a_workbook_bears_the_formats_of_the_place(place: str, money: str, day: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(rendered("xlsx", place))).worksheets[-3]
    row = next(iter(sheet.iter_rows(min_row=2, max_row=2)))
    assert (row[0].number_format, row[1].number_format.partition(";")[0]) == (day, money)
    # The value behind is the same everywhere.
    assert row[1].value == 0


@pytest.mark.parametrize("name", ["json", "csv"])
def test_programs_read_the_same_in_every_place(name: str) -> None:
    assert len({rendered(name, place) for place in i18n.LOCALES}) == 1


def test_a_place_is_set_in_the_settings_or_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.resolve_config({"language": "ES_ar"}, {}, tmp_path).language == "es-AR"
    with pytest.raises(UsageError, match="es-CL, es-AR, es-ES, en-US"):
        config.resolve_config({"language": "es-MX"}, {}, tmp_path)
    (tmp_path / config.FILE_NAME).write_text('language = "fr"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="language = 'fr'"):
        config.resolve_config({}, {}, tmp_path)
    (tmp_path / config.FILE_NAME).write_text('language = "es-ES"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert detect_language(["dashboard"]) == "es-ES"
    assert detect_language(["dashboard", "--lang", "es-AR"]) == "es-AR"
    i18n.set_language("es-AR")
    assert (i18n.get_language(), i18n._("Total")) == ("es", "Total")
    assert i18n._("Key figures") == "Cifras principales"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "Cargando orders: 1.234.567 filas, 98.765 por segundo"),
        ("en", "Loading orders: 1,234,567 rows, 98,765 a second"),
    ],
)
def test_progress_is_told_in_the_numbers_of_the_language(
    language: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(i18n._state, "language", language)
    assert describe_progress("orders", 1_234_567, 98_765.4) == sentence
