"""Comparison of a source with the catalog: missing tables and columns, and what they may be called now."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.errors import listed
from opttius_cli.i18n import _, n_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opttius_cli.catalog.tables import Table
    from opttius_cli.doctor.findings import Tell


@dataclass(frozen=True, slots=True)
class Remedies:
    """The remedies for a missing table, with a placeholder ``{table}``, and for a missing column."""

    a_table: str
    a_column: str

    def table(self, name: str) -> str:
        """Return the remedy for a missing table."""
        return self.a_table.format(table=name)


_ALIKE = 0.55
"""How similar two names must be, from 0 to 1, to be suggested."""


def compare(found: Mapping[str, Collection[str]], remedies: Remedies, tell: Tell) -> None:
    """Report which tables and columns exist and which are missing.

    ``columns_by_table`` holds every table and column of the source, also those that are not in the catalog: a
    missing one may have been renamed to one of them.
    """
    _tables(found, remedies, tell)
    whole = True
    for name, table in TABLES.items():
        if name in found:
            whole &= _columns(table, found[name], remedies, tell)
    if whole and set(found) & set(TABLES):
        tell(Finding("columns", State.GOOD, _("Every column that is needed exists.")))


def _tables(found: Mapping[str, Collection[str]], remedies: Remedies, tell: Tell) -> None:
    here = [name for name in TABLES if name in found]
    strange = [name for name in found if name not in TABLES]
    for table in TABLES.values():
        if table.required and table.name not in found:
            said = _("The table {table} is missing, which is required.", table=table.name)
            hint = _alike([table.name], strange) or remedies.table(table.name)
            tell(Finding("tables", State.FAILED, said, hint))
    optional = [name for name, table in TABLES.items() if name not in found and not table.required]
    if optional:
        said = n_(
            "{count} optional table is missing, so its figures stay empty: {names}.",
            "{count} optional tables are missing, so their figures stay empty: {names}.",
            len(optional),
            names=listed(optional, len(optional)),
        )
        tell(Finding("tables", State.NOTE, said, _alike(optional, strange)))
    if here:
        said = n_(
            "{count} of {total} tables exists.",
            "{count} of {total} tables exist.",
            len(here),
            total=len(TABLES),
        )
        tell(Finding("tables", State.GOOD, said))


def _columns(table: Table, there: Collection[str], remedies: Remedies, tell: Tell) -> bool:
    """Report the missing columns of one table; returns whether it is complete."""
    names = {column.name for column in table.columns}
    strange = [name for name in there if name not in names]
    required = [name for name in table.required_columns if name not in there]
    optional = [
        column.name
        for column in table.columns
        if not column.required and not column.quiet and column.name not in there
    ]
    if required:
        said = _(
            "{table} has no column {columns}, which is required.", table=table.name, columns=listed(required)
        )
        tell(Finding("columns", State.FAILED, said, _alike(required, strange) or remedies.a_column))
    if optional:
        said = _(
            "{table} has no column {columns}: the figures that need it stay empty.",
            table=table.name,
            columns=listed(optional, len(optional)),
        )
        tell(Finding("columns", State.NOTE, said, _alike(optional, strange)))
    return not required and not optional


def _alike(missing: Iterable[str], strange: Collection[str]) -> str:
    """Suggest names of the source that look like the missing ones."""
    by_lower = {name.lower(): name for name in strange}
    pairs = [
        f"{by_lower[near[0]]} → {name}"
        for name in missing
        if (near := get_close_matches(name, by_lower, n=1, cutoff=_ALIKE))
    ]
    return _("Does it have another name? {pairs}.", pairs=listed(pairs)) if pairs else ""
