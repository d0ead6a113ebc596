"""Whatever the program prints as a name it takes as one, in both languages: generated over its catalogs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cli.run_program import MIRADOR
from opttius_cli import i18n
from opttius_cli.command_support.choice_words import resolve_choice
from opttius_cli.command_support.jobs import build_allowed_values
from opttius_cli.commands.customers import Sort
from opttius_cli.errors import AmbiguousNameError, CompositeReportError, UnknownNameError, UsageError
from opttius_cli.name_matching import find_labels
from opttius_cli.period import Clock, Window, parse_as_of, parse_period
from opttius_cli.render.answer_header import format_window
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.reports.layouts import DASHBOARD, EXPORTS
from opttius_cli.reports.library import Library
from opttius_cli.reports.own_words import (
    collect_labels,
    require_code,
    resolve_code,
    resolve_sections,
    resolve_titled,
    suggest_words,
)
from opttius_cli.reports.report_parts import map_parts
from opttius_cli.reports.vocabulary import get_vocabulary, load_vocabularies
from opttius_cli.session.finding_rows import resolve_findings
from opttius_cli.session.lookup import resolve_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.run_program import RunResult
    from opttius_cli.reports.slots import Slot

LIBRARY = Library(Path("no-reports-of-our-own"))
ZONE = ZoneInfo("America/Santiago")
CLOCK = Clock(datetime(2026, 11, 22, 15, tzinfo=UTC).astimezone(ZONE), ZONE)
DAYS = [date(2026, 1, 1) + timedelta(days=29 * number) for number in range(12)]
SLOTS = [slot for slot in DASHBOARD if not slot.columns]
TYPED = (
    "segment", "rfm_segment", "severity", "payment_status", "figure", "finding", "bridge_item", "step",
    "contact_reason", "cohort_unit", "scheme",
)  # fmt: skip
"""The vocabularies whose codes can be typed somewhere."""


def iter_labels(*names: str) -> Iterator[tuple[str, str, str]]:
    """Yield vocabulary, code and label, in every language."""
    for name in names:
        for code, labels in load_vocabularies()[name].items():
            for language in i18n.LANGUAGES:
                yield name, code, labels[language]


@pytest.mark.parametrize(("name", "code", "label"), list(iter_labels(*TYPED)))
def test_labels_are_codes(name: str, code: str, label: str) -> None:
    for typed in (code, label, label.upper(), label.replace(" ", "-"), label.partition(",")[0]):
        resolved = resolve_code(typed, name)
        # Two codes may have one label in a language; then it names neither.
        twice = [text for _name, _code, text in iter_labels(name) if text == label]
        assert resolved == code or len(twice) > len(i18n.LANGUAGES), typed


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", TYPED)
def test_suggestions_are_accepted(name: str, language: str) -> None:
    i18n.set_language(language)
    labels = collect_labels(name)
    suggested = suggest_words("~", labels)
    assert len(suggested) == len(labels)
    assert [require_code(word.strip('"'), labels, "word") for word in suggested] == list(labels)
    if language == "es":
        # Words that people of that language read, wherever only one code has them.
        texts = {code: labels[code]["es"] for code in labels}
        assert [word for word in suggested if word in labels] == [
            code for code in labels if resolve_code(texts[code][0], name) != code or texts[code] == [code]
        ]


@pytest.mark.parametrize(("name", "code", "label"), list(iter_labels(*TYPED)))
def test_a_part_of_a_label_is_its_code_unless_another_has_it(name: str, code: str, label: str) -> None:
    last = label.rpartition(" ")[2]
    labels = collect_labels(name)
    texts = {code: list(chain.from_iterable(labels[code].values())) for code in labels}
    having = find_labels(last, texts)
    assert code in having or len(last) < 3 or len(having) == 1
    if having == [code]:
        assert require_code(last.upper(), labels, "word") == code
    elif len(having) > 1:
        with pytest.raises(UnknownNameError, match="nearest: "):
            require_code(last, labels, "word")


@pytest.mark.parametrize(("name", "code", "label"), list(iter_labels("finding", "finding_one")))
def test_labels_of_findings_in_singular_and_plural(name: str, code: str, label: str) -> None:
    assert resolve_findings(label.upper()) == [code], name


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("kind", ["finding", "finding_effect"])
def test_texts_of_a_single_case_differ(kind: str, language: str) -> None:
    plural, singular = get_vocabulary(kind)[language], get_vocabulary(f"{kind}_one")[language]
    assert set(singular) <= set(plural)
    other = "es" if language == "en" else "en"
    same = {code for code in singular if singular[code] == plural[code]}
    # What is the same in one language differs in the other, or it would not be told apart.
    assert all(
        get_vocabulary(f"{kind}_one")[other][code] != get_vocabulary(kind)[other][code] for code in same
    )


@pytest.mark.parametrize(("name", "code", "label"), list(iter_labels("segment", "rfm_segment")))
def test_labels_of_segments(name: str, code: str, label: str) -> None:
    scheme = "lifecycle" if name == "segment" else "rfm"
    assert resolve_segment(label, scheme) == (code, scheme)
    assert resolve_segment(label)[0] == code


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_dates_and_windows_as_they_are_printed(locale: str) -> None:
    formatter = CellFormatter(locale.partition("-")[0], "CLP", locale)
    for day in DAYS:
        printed = formatter.format_date(day)
        assert parse_as_of(printed, ZONE, CLOCK.as_of).local_date == day, printed
        moment = datetime(day.year, day.month, day.day, 15, 30, tzinfo=ZONE)
        assert parse_as_of(formatter.format_datetime(moment), ZONE, CLOCK.as_of).as_of == moment
        if day <= CLOCK.local_date:
            assert parse_period(printed, CLOCK).full == Window(day, day)
        window = Window(day - timedelta(days=9), day)
        if window.first <= CLOCK.local_date:
            assert parse_period(format_window(window, formatter), CLOCK).full == window


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hoy", "today"), ("AYER", "yesterday"), ("esta semana", "this-week"), ("semana-pasada", "last-week"),
     ("este mes", "this-month"), ("Mes Pasado", "last-month"), ("este año", "ytd"), ("30d", "30"),
     ("30 días", "30"), ("30 D", "30"), ("last 30 days", "30"), ("los últimos 30 días", "30"),
     ("11-2026", "2026-11"), ("11/2026", "2026-11"), ("noviembre de 2026", "2026-11"),
     ("nov 2026", "2026-11"), ("2026-T3", "2026-Q3"), ("t3 2026", "2026-Q3"), ("2026", "2026"),
     ("01-10-2026..31-10-2026", "2026-10-01..2026-10-31"), ("1/10/2026 al 3/10/2026", "2026-10-01..2026-10-03")],
)  # fmt: skip
def test_periods_in_words(typed: str, meant: str) -> None:
    words, contract = parse_period(typed, CLOCK), parse_period(meant, CLOCK)
    assert words == contract
    assert words.label == meant
    assert words.is_day_count == (meant == "30")


def test_a_number_with_its_unit_is_never_a_year() -> None:
    period = parse_period("2000 días", CLOCK)
    assert (period.unit, period.window.day_count, period.is_day_count) == ("days", 2000, True)


def test_reconcile_takes_days_however_they_are_written(run: Callable[..., RunResult], shop: Path) -> None:
    def read(period: str) -> RunResult:
        return run("reconcile", "-s", shop, *MIRADOR, "-b", "CM-001", "--period", period, "--format", "json")

    assert read("últimos 7 días") == read("7")
    assert read("2026-11-16..2026-11-22").code == 2


@pytest.mark.parametrize(
    "typed", ["31-02-2026", "13-2026", "32/01/2026", "mes", "0d", "2026-T5", "x 2026", "22-11"]
)
def test_what_is_no_period_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is not a period"):
        parse_period(typed, CLOCK)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("report", LIBRARY.list_project_reports())
def test_titles_of_reports(report: str, language: str) -> None:
    title = LIBRARY.load_report(report).titles[language]
    try:
        resolved = LIBRARY.resolve_full_name(title)
    except (AmbiguousNameError, CompositeReportError) as error:
        assert report in str(error)  # noqa: PT017 - several have this title, and they are listed
    else:
        # What is the name of an export is not looked for among titles.
        is_name = title.lower().replace(" ", "-") in EXPORTS
        # A title is named by what stands before its comma, too; then what people export is meant.
        named = LIBRARY.load_report(resolved).titles[language]
        assert title in {named, named.partition(",")[0]} or is_name


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", EXPORTS)
def test_titles_of_exports(name: str, language: str) -> None:
    title = LIBRARY.load_report(EXPORTS[name]).titles[language]
    names = {export: [report] for export, report in EXPORTS.items()}
    assert resolve_titled(title, names, LIBRARY) == name
    if EXPORTS[name] not in {slot.report for slots in map_parts({}).values() for slot in slots}:
        return  # the part of this name is another answer, with titles of its own
    parts = build_allowed_values()
    assert parts.resolve_part(title) in {name, f"export/{name}", f"dashboard/{name}"}


@pytest.mark.parametrize("typed", ["ventas", "Ventas", "sales"])
def test_the_word_for_what_was_sold_is_that_list(typed: str) -> None:
    """It begins the title of the list: whoever looks for sales finds them."""
    assert resolve_titled(typed, {export: [report] for export, report in EXPORTS.items()}, LIBRARY) == "sales"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("slot", SLOTS, ids=lambda slot: slot.report)
def test_titles_of_sections(slot: Slot, language: str) -> None:
    title = LIBRARY.load_report(slot.report).titles[language]
    titled = {other.path[0] for other in SLOTS if LIBRARY.load_report(other.report).titles[language] == title}
    (resolved,) = resolve_sections([title], DASHBOARD, LIBRARY)
    assert resolved in titled


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_columns_to_sort_by(language: str) -> None:
    columns = {column.name: column for column in LIBRARY.load_report("customers/list").columns}
    choices = Sort.__args__  # type: ignore[attr-defined]
    for choice in choices:
        assert resolve_choice(columns[choice].labels[language], choices) == choice


@pytest.mark.parametrize(
    ("typed", "choices", "meant"),
    [("lentes listos", ("ready", "balance"), "ready"), ("trimestre", ("month", "quarter", "year"), "quarter"),
     ("ciclo de vida", ("lifecycle", "rfm"), "lifecycle"), ("año", ("previous", "year", "none"), "year"),
     ("Anterior", ("previous", "year", "none"), "previous"), ("advertencia", ("error", "warning"), "warning"),
     ("RFM", ("lifecycle", "rfm"), "rfm"), ("nunca", ("previous", "year", "none"), None)],
)  # fmt: skip
def test_choices(typed: str, choices: tuple[str, ...], meant: str | None) -> None:
    assert resolve_choice(typed, choices) == meant


@pytest.mark.parametrize(
    ("typed", "same"),
    [(("clientes", "--segment", "En riesgo", "--sort", "Total comprado"), ("customers", "--segment", "at-risk")),
     (("clientes", "--segment", "riesgo"), ("customers", "--segment", "at-risk")),
     (("tablero", "--section", "METAS"), ("dashboard", "--section", "goals")),
     (("sucursales", "--rank", "crecimiento"), ("branches", "--rank", "revenue_growth_pct")),
     (("explain", "Ingresos", "--left-out", "ANULADAS"), ("explain", "total_revenue", "--left-out", "void")),
     (("explain", "Sucursales.Providencia.ingresos"), ("explain", "branches.CM-001.total_revenue")),
     (("explain", "payment_methods.Efectivo"), ("explain", "payment_methods.cash")),
     (("explain", "cambios.ticket promedio.cambio"), ("explain", "changes.average_ticket.change")),
     (("tablero", "-p", "mes-pasado", "--section", "órdenes de trabajo"),
      ("dashboard", "-p", "last-month", "--section", "work_orders")),
     (("exportar", "productos vendidos", "--compare", "año", "-o", "-"),
      ("export", "top-products", "--compare", "year", "-o", "-"))],
)  # fmt: skip
def test_commands_take_them(
    run: Callable[..., RunResult], shop: Path, typed: tuple[str, ...], same: tuple[str, ...]
) -> None:
    words, names = (
        run(*typed, "-s", shop, *MIRADOR[:2], "--as-of", "22-11-2026"),
        run(*same, "-s", shop, *MIRADOR),
    )
    assert names.code == 0, names.err
    assert (words.code, words.out.replace("mes-pasado", "last-month")) == (0, names.out)


def test_a_paid_status_may_be_its_label(run: Callable[..., RunResult], shop: Path) -> None:
    def run_kpis() -> str:
        return run("dashboard", "-s", shop, *MIRADOR, "--section", "kpis", "-f", "json").out

    plain = run_kpis()
    Path("opttius.toml").write_text('[metrics]\npaid_statuses = ["Pagado", "abonado"]\n', encoding="utf-8")
    labelled = run_kpis()
    Path("opttius.toml").write_text('[metrics]\npaid_statuses = ["paid", "partial"]\n', encoding="utf-8")
    assert run_kpis() == labelled
    assert labelled != plain


def test_a_customer_goes_by_the_beginning_of_the_id_and_by_the_name(
    run: Callable[..., RunResult], shop: Path
) -> None:
    whole = run("customer", "59a1cc9f-aa72-4679-84cc-98750b4e7b15", "-s", shop, *MIRADOR)
    assert whole.code == 0, whole.err
    assert run("cliente", "59A1CC9F", "-s", shop, *MIRADOR).out == whole.out
    short = run("customer", "59a1cc9", "-s", shop, *MIRADOR)
    assert (short.code, short.out) == (6, "")


def test_an_id_that_is_no_uuid_goes_by_its_beginning_too(
    run: Callable[..., RunResult], tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "branches.csv").write_text("id,name\nCENTRO,Centro\n", encoding="utf-8")
    (folder / "customers.csv").write_text(
        "id,branch_id,first_name,created_at\nFicha-000017,CENTRO,Ana,2026-01-01\nFicha-000018,CENTRO,Eva,2026-01-01\n",
        encoding="utf-8",
    )
    (folder / "orders.csv").write_text(
        "id,branch_id,status,payment_status,total_amount,created_at\nv1,CENTRO,delivered,paid,1,2026-01-01\n",
        encoding="utf-8",
    )
    whole = run("customer", "Ficha-000017", "-s", folder, "--as-of", "2026-11-22")
    assert whole.code == 0, whole.err
    for typed in ("FICHA-000017", "ficha-000017"):
        assert run("customer", typed, "-s", folder, "--as-of", "2026-11-22").out == whole.out
    several = run("customer", "Ficha-0000", "-s", folder, "--as-of", "2026-11-22")
    assert (several.code, several.out) == (2, "")
    assert [line.split()[:3] for line in several.err.splitlines()[1:]] == [
        ["opttius", "customer", "Ficha-000017"], ["opttius", "customer", "Ficha-000018"]
    ]  # fmt: skip


def test_a_name_that_fits_several_gives_lines_to_copy(run: Callable[..., RunResult], shop: Path) -> None:
    several = run("customer", "María", "-s", shop, *MIRADOR)
    assert (several.code, several.out) == (2, "")
    head, *lines = several.err.splitlines()
    assert head == "Error: “M.” matches more than one customer. Copy one of these lines:"
    assert 2 <= len(lines) <= 12
    command = lines[0].split()
    assert command[:2] == ["opttius", "customer"]
    assert len(command[2]) == 8
    assert run(*command[1:3], "-s", shop, *MIRADOR).code == 0
