"""The figures that can be explained, and how their keys are typed: ``[report.][row.]column`` (metrics 17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError, UsageError
from opttius_cli.i18n import _
from opttius_cli.name_matching import require_name, suggest_names
from opttius_cli.reports.layouts import CUSTOMER, DASHBOARD, SCHEMES
from opttius_cli.reports.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.reports.header import Report
    from opttius_cli.reports.library import Library

_UNNAMED = ("kpis", "methods", "analytics", "dashboard", "rows")
"""Keys of an answer that the path of a figure leaves out."""
_WITHOUT_NAMES = ("trends", "top", "monthly_spending", "favourite_products")
"""Lists whose rows are days or ranks: no names by which one could ask for them."""
_MAIN_COLUMNS = {"payment_methods": "amount"}
"""The column that is meant where only a row is named, in lists of several figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its path, and the report, column and row that hold it; ``of_customer`` is of the customer's page."""

    path: tuple[str, ...]
    report: str
    column: str
    row: str | None = None
    of_customer: bool = False

    @property
    def key(self) -> str:
        """The path as a person types it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class _List:
    """A report whose rows have names: the first column names them, ``columns`` are their figures."""

    path: tuple[str, ...]
    report: str
    columns: tuple[str, ...]
    of_customer: bool

    def find(self, parts: Sequence[str], *, whole: bool) -> Iterator[Figure]:
        """Yield the figure that ``parts`` name; they begin with the ``whole`` path of this list, or with its end."""
        for skipped in (0,) if whole else range(len(self.path)):
            size = len(self.path) - skipped
            if tuple(parts[:size]) != self.path[skipped:] or len(parts) == size:
                continue
            row, column = list(parts[size:]), _MAIN_COLUMNS.get(self.path[-1], self.columns[0])
            if len(row) > 1 and row[-1] in self.columns:
                column = row.pop()
            elif len(self.columns) > 1 and self.path[-1] not in _MAIN_COLUMNS:
                continue
            name = ".".join(row)
            yield Figure((*self.path, name, column), self.report, column, name, self.of_customer)


def resolve_figure(typed: str, library: Library) -> Figure:
    """Return the figure that ``typed`` means: the dashboard's KPI of that name, else the only one.

    Raises:
        UsageError: several figures have that name.
        UnknownNameError: none has.
    """
    figures, lists = _list_figures(library)
    parts = [part for part in typed.strip().split(".") if part not in _UNNAMED]
    exact = [figure for figure in figures if list(figure.path) == parts]
    ends = [figure for figure in figures if parts and list(figure.path[-len(parts) :]) == parts]
    exact += [figure for one in lists for figure in one.find(parts, whole=True)]
    found = exact or [*ends, *(figure for one in lists for figure in one.find(parts, whole=False))]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            _(
                "“{name}” is the name of several figures. Type one of them: {paths}.",
                name=typed,
                paths=", ".join(figure.key for figure in found),
            )
        )
    known = list_keys(library)
    raise UnknownNameError(_("figure"), typed, suggest_names(typed, known) or known)


def find_row_kpi(figure: Figure, library: Library) -> Figure | None:
    """Return the KPI that the row of ``figure`` names, where its column is declared by that KPI (``of = "$row"``)."""
    source = library.load_report(figure.report).sources[figure.column]
    if not source.follows_row:
        return None
    kpis = {kpi.key: kpi for kpi in _list_figures(library)[0] if len(kpi.path) == 1}
    return kpis[require_name(figure.row or "", tuple(kpis), _("row"))]


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
    for first, slots in (((), DASHBOARD), (("customer",), CUSTOMER), ((), schemes)):
        for slot in slots:
            if not set(slot.path).isdisjoint(_WITHOUT_NAMES):
                continue
            report = library.load_report(SCHEMES.get(slot.report, slot.report))
            path = (*first, *(key for key in slot.path if key not in _UNNAMED))
            columns = _list_columns(report, slot)
            if report.shape == "record":
                figures += [
                    Figure((*path, key), report.name, name, of_customer=bool(first)) for name, key in columns
                ]
            elif columns:
                lists.append(_List(path, report.name, tuple(name for name, _key in columns), bool(first)))
    return list({figure.path: figure for figure in figures}.values()), lists


def _list_columns(report: Report, slot: Slot) -> list[tuple[str, str]]:
    """Return the columns of a place that can be explained, with their keys in the answer."""
    columns = slot.columns or [(column.name, column.name) for column in report.columns]
    return [(name, key) for name, key in columns if name in report.sources]
