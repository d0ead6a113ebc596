"""What a screen calls a figure can be typed where a figure is meant, in both languages: generated over the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from opttius_cli import i18n
from opttius_cli.command_support.jobs import build_allowed_values
from opttius_cli.errors import OpttiusError, UnknownNameError, UsageError
from opttius_cli.reports.alert_figures import AlertFigure, list_figures
from opttius_cli.reports.figures import Figure, _list_figures, resolve_figure
from opttius_cli.reports.library import Library

LIBRARY = Library(Path("no-reports-of-our-own"))
FIGURES = _list_figures(LIBRARY)[0]
KPIS = [figure for figure in FIGURES if len(figure.path) == 1]
ALERTS = [figure for figure in list_figures(LIBRARY) if "CODE" not in figure.key]
ROWS = [figure for figure in list_figures(LIBRARY) if "CODE" in figure.key]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("figure", KPIS, ids=lambda figure: figure.key)
def test_labels_of_the_main_figures(figure: Figure, language: str) -> None:
    for label in figure.labels[language]:
        for typed in (label, label.upper(), label.replace(" ", "-")):
            assert resolve_figure(typed, LIBRARY) == figure, typed


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_labels_of_every_figure(figure: Figure, language: str) -> None:
    """One of several figures with a label is asked for as the answer to the label says."""
    i18n.set_language(language)
    for label in figure.labels[language]:
        try:
            resolved = resolve_figure(label, LIBRARY, of_customer=figure.of_customer)
        except UsageError as error:
            words = str(error).rpartition(": ")[2].removesuffix(".").split(", ")
            meant = [
                resolve_figure(word.strip('"'), LIBRARY, of_customer=figure.of_customer) for word in words
            ]
            assert figure in meant
        else:
            assert resolved == figure or resolved in KPIS, label


@pytest.mark.parametrize(
    ("language", "near"),
    [
        ("es", 'Lo más parecido: ingresos, "otros ingresos".'),
        ("en", "The nearest: total_revenue, other_revenue."),
    ],
)
def test_suggestions_are_words_of_the_session(language: str, near: str) -> None:
    i18n.set_language(language)
    with pytest.raises(UnknownNameError) as caught:
        resolve_figure("ingresso", LIBRARY)
    assert near in str(caught.value)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_suggestions_are_accepted(language: str) -> None:
    i18n.set_language(language)
    for typed in ("ingresso", "entrega promedio", "ticket del mes", "revenu", "quotes total"):
        with pytest.raises(OpttiusError) as caught:
            resolve_figure(typed, LIBRARY)
        for word in str(caught.value).rpartition(": ")[2].removesuffix(".").split(", "):
            if ".ROW." not in word:
                resolve_figure(word.strip('"'), LIBRARY)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("figure", ALERTS, ids=lambda figure: figure.key)
def test_labels_of_figures_of_alerts(figure: AlertFigure, language: str) -> None:
    allowed = build_allowed_values()
    title_and_label = figure.labels[language][-2]
    resolved = allowed.resolve_figure(title_and_label)
    same = [other.key for other in ALERTS if title_and_label in other.labels[language]]
    # A section repeats some figures of the KPIs, which are meant then.
    assert resolved == figure.key or resolved == same[0]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("figure", ROWS, ids=lambda figure: figure.key)
def test_labels_of_figures_of_rows(figure: AlertFigure, language: str) -> None:
    title, _mark, label = figure.labels[language][-2].partition(" · ")
    assert build_allowed_values().resolve_figure(f"{title}.CM-003.{label}") == figure.key.replace(
        "CODE", "CM-003"
    )


def test_other_words_are_no_figure() -> None:
    assert build_allowed_values().resolve_figure("nada") is None
    assert build_allowed_values().resolve_figure("Sucursales.CM-003.nada") is None
