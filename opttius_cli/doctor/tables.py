"""Comparison of a source with the catalog: missing tables and columns, and what they may be called now."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.errors import format_list
from opttius_cli.i18n import _, n_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opttius_cli.catalog.tables import Table
    from opttius_cli.doctor.findings import OnFinding


@dataclass(frozen=True, slots=True)
class Remedies:
    """The remedies for a missing table, with a placeholder ``{table}``, and for a missing column."""

    missing_table: str
    missing_column: str

    def format_missing_table(self, name: str) -> str:
        """Return the remedy for a missing table."""
        return self.missing_table.format(table=name)


_MIN_SIMILARITY = 0.55
"""How similar two names must be, from 0 to 1, to be suggested."""


def compare_catalog(
    columns_by_table: Mapping[str, Collection[str]], remedies: Remedies, on_finding: OnFinding
) -> None:
    """Report which tables and columns exist and which are missing.

    ``columns_by_table`` holds every table and column of the source, also those that are not in the catalog: a
    missing one may have been renamed to one of them.
    """
    _check_tables(columns_by_table, remedies, on_finding)
    is_complete = True
    for name, table in TABLES.items():
        if name in columns_by_table:
            is_complete &= _check_columns(table, columns_by_table[name], remedies, on_finding)
    if is_complete and set(columns_by_table) & set(TABLES):
        on_finding(Finding("columns", State.OK, _("Every column that is needed exists.")))


def _check_tables(
    columns_by_table: Mapping[str, Collection[str]], remedies: Remedies, on_finding: OnFinding
) -> None:
    present = [name for name in TABLES if name in columns_by_table]
    unmatched = [name for name in columns_by_table if name not in TABLES]
    for table in TABLES.values():
        if table.required and table.name not in columns_by_table:
            message = _("The table {table} is missing, which is required.", table=table.name)
            hint = _suggest_renames([table.name], unmatched) or remedies.format_missing_table(table.name)
            on_finding(Finding("tables", State.FAILED, message, hint))
    optional = [name for name, table in TABLES.items() if name not in columns_by_table and not table.required]
    if optional:
        message = n_(
            "{count} optional table is missing, so its figures stay empty: {names}.",
            "{count} optional tables are missing, so their figures stay empty: {names}.",
            len(optional),
            names=format_list(optional, len(optional)),
        )
        on_finding(Finding("tables", State.NOTE, message, _suggest_renames(optional, unmatched)))
    if present:
        message = n_(
            "{count} of {total} tables exists.",
            "{count} of {total} tables exist.",
            len(present),
            total=len(TABLES),
        )
        on_finding(Finding("tables", State.OK, message))


def _check_columns(table: Table, present: Collection[str], remedies: Remedies, on_finding: OnFinding) -> bool:
    """Report the missing columns of one table; returns whether it is complete."""
    names = {column.name for column in table.columns}
    absent = names.difference(present)
    unmatched = [name for name in present if name not in names]
    required = [name for name in table.mandatory_columns if name not in present]
    optional = [
        column.name
        for column in table.columns
        if not column.required and column.name in absent and table.is_lacking(column.name, absent)
    ]
    if required:
        message = _(
            "{table} has no column {columns}, which is required.",
            table=table.name,
            columns=format_list(required),
        )
        on_finding(
            Finding(
                "columns",
                State.FAILED,
                message,
                _suggest_renames(required, unmatched) or remedies.missing_column,
            )
        )
    if optional:
        message = _(
            "{table} has no column {columns}: the figures that need it stay empty.",
            table=table.name,
            columns=format_list(optional, len(optional)),
        )
        on_finding(Finding("columns", State.NOTE, message, _suggest_renames(optional, unmatched)))
    return not required and not optional


def _suggest_renames(missing: Iterable[str], unmatched: Collection[str]) -> str:
    """Suggest names of the source that look like the missing ones."""
    by_lower = {name.lower(): name for name in unmatched}
    pairs = [
        f"{by_lower[near[0]]} → {name}"
        for name in missing
        if (near := get_close_matches(name, by_lower, n=1, cutoff=_MIN_SIMILARITY))
    ]
    return _("Does it have another name? {pairs}.", pairs=format_list(pairs)) if pairs else ""
