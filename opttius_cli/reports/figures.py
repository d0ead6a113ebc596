"""The figures that can be explained, and how their keys are typed: ``[report.][row.]column`` (metrics 17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from opttius_cli.errors import UnknownNameError, UsageError
from opttius_cli.i18n import _
from opttius_cli.name_matching import find_labels, resolve_label, resolve_name
from opttius_cli.reports.figure_words import (
    OF_CUSTOMER,
    TITLE_MARK,
    Texts,
    find_labelled,
    find_worded,
    label_column,
    list_texts,
    list_words,
    suggest_words,
)
from opttius_cli.reports.layouts import CUSTOMER, DASHBOARD, SCHEMES
from opttius_cli.reports.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opttius_cli.reports.header import Report
    from opttius_cli.reports.library import Library

_Beginning = Literal["path", "end", "title"]
_UNNAMED = ("kpis", "methods", "analytics", "dashboard", "rows")
"""Keys of an answer that the path of a figure leaves out."""
_WITHOUT_NAMES = ("trends", "top", "monthly_spending", "favourite_products")
"""Lists whose rows are days or ranks: no names by which one could ask for them."""
_MAIN_COLUMNS = {"payment_methods": "amount"}
"""The column that is meant where only a row is named, in lists of several figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its path, and the report, column and row that hold it; ``of_customer`` is of the customer's page.

    ``labels`` are the words for it on a screen, by language.
    """

    path: tuple[str, ...]
    report: str
    column: str
    row: str | None = None
    of_customer: bool = False
    labels: Texts = field(default_factory=dict, compare=False)

    @property
    def key(self) -> str:
        """The path as a person types it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class _List:
    """A report whose rows have names: the first column names them, ``columns`` are their figures, with their labels."""

    path: tuple[str, ...]
    report: str
    columns: Mapping[str, Sequence[str]]
    of_customer: bool
    titles: Sequence[str]

    def find(self, parts: Sequence[str], begin: _Beginning) -> Iterator[Figure]:
        """Yield the figure that ``parts`` name.

        They begin with the whole path of this list, with the end of it, or with the title of its report.
        """
        for skipped in (0,) if begin == "path" else range(len(self.path)):
            size = len(self.path) - skipped
            if begin == "title":
                begins = size == 1 and bool(parts and find_labels(parts[0], {"": self.titles}))
            else:
                begins = tuple(parts[:size]) == self.path[skipped:]
            if not begins or len(parts) == size:
                continue
            row, column = list(parts[size:]), _MAIN_COLUMNS.get(self.path[-1], next(iter(self.columns)))
            if len(row) > 1 and (typed := resolve_label(row[-1], self.columns)):
                row.pop()
                column = typed
            elif len(self.columns) > 1 and self.path[-1] not in _MAIN_COLUMNS:
                continue
            name = ".".join(row)
            yield Figure((*self.path, name, column), self.report, column, name, self.of_customer)


def resolve_figure(typed: str, library: Library, *, of_customer: bool = False) -> Figure:
    """Return the figure that ``typed`` means: the dashboard's KPI of that name, else the only one.

    A name is a key, or what a screen calls the figure, in any language: its label, or the title of its report and it.
    The label is one of a customer's figure where ``of_customer`` says that a customer is named.

    Raises:
        UsageError: several figures have that name.
        UnknownNameError: none has.
    """
    figures, lists = _list_figures(library)
    words = [part.strip() for part in typed.replace(TITLE_MARK, ".").split(".")]
    parts = [part for part in words if part not in _UNNAMED]
    worded = [figure for figure in figures if figure.of_customer] if of_customer else figures
    exact = [figure for figure in figures if list(figure.path) == parts]
    ends = [figure for figure in figures if parts and list(figure.path[-len(parts) :]) == parts]
    exact += [figure for one in lists for figure in one.find(parts, "path")]
    found = (
        exact
        or [*ends, *(figure for one in lists for figure in one.find(parts, "end"))]
        or find_labelled(typed, worded)
        or _find_titled(parts, lists)
        or find_worded(typed, worded)
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            _(
                "“{name}” is the name of several figures. Type one of them: {paths}.",
                name=typed,
                paths=", ".join(list_words(found, figures)),
            )
        )
    raise UnknownNameError(_("figure"), typed, suggest_words(typed, figures, list_keys(library)))


def _find_titled(parts: Sequence[str], lists: Sequence[_List]) -> list[Figure]:
    """Return the figures of rows whose report has this title: the dashboard's, else a customer's."""
    found = [figure for one in lists for figure in one.find(parts, "title")]
    return [figure for figure in found if not figure.of_customer] or found


def find_row_kpi(figure: Figure, library: Library) -> Figure | None:
    """Return the KPI that the row of ``figure`` names, where its column is declared by that KPI (``of = "$row"``)."""
    source = library.load_report(figure.report).sources[figure.column]
    if not source.follows_row:
        return None
    typed = figure.row or ""
    kpis = {kpi.key: kpi for kpi in _list_figures(library)[0] if len(kpi.path) == 1}
    if name := resolve_name(typed, kpis):
        return kpis[name]
    found = find_worded(typed, list(kpis.values()))
    if len(found) == 1:
        return found[0]
    near = list_words(found, list(kpis.values())) or suggest_words(typed, list(kpis.values()), tuple(kpis))
    raise UnknownNameError(_("row"), typed, near)


def list_keys(library: Library) -> list[str]:
    """List the keys of all figures; ``ROW`` stands for the name of a row."""
    figures, lists = _list_figures(library)
    return [figure.key for figure in figures] + [
        ".".join((*one.path, "ROW", column)) for one in lists for column in one.columns
    ]


def _list_figures(library: Library) -> tuple[list[Figure], list[_List]]:
    """List the single figures, and the reports whose rows have figures."""
    figures: list[Figure] = []
    lists: list[_List] = []
    schemes = [Slot((name,), report) for name, report in (("segments", "lifecycle"), ("rfm", "rfm"))]
    for first, slots in (((), DASHBOARD), ((OF_CUSTOMER,), CUSTOMER), ((), schemes)):
        for slot in slots:
            if not set(slot.path).isdisjoint(_WITHOUT_NAMES):
                continue
            report = library.load_report(SCHEMES.get(slot.report, slot.report))
            path = (*first, *(key for key in slot.path if key not in _UNNAMED))
            columns = _list_columns(report, slot)
            if report.shape == "record":
                figures += [
                    Figure(
                        (*path, key), report.name, name, None, bool(first), label_column(report, name, key)
                    )
                    for name, key in columns
                ]
            elif columns:
                labels = {name: list_texts(label_column(report, name)) for name, _key in columns}
                titles = list(report.titles.values())
                lists.append(_List(path, report.name, labels, bool(first), titles))
    return list({figure.path: figure for figure in figures}.values()), lists


def _list_columns(report: Report, slot: Slot) -> list[tuple[str, str]]:
    """Return the columns of a place that can be explained, with their keys in the answer."""
    columns = slot.columns or [(column.name, column.name) for column in report.columns]
    return [(name, key) for name, key in columns if name in report.sources]
