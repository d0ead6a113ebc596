"""Validate a report: its SQL must return the columns of its header, in order, each of a type for its kind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.reports.shared_columns import load_shared_columns
from opttius_cli.result import KEY_COLUMNS, ColumnKind

if TYPE_CHECKING:
    import pyarrow as pa

    from opttius_cli.reports.header import Report

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_ARROW_TYPES = {
    ColumnKind.MONEY: ("decimal", "int"),
    ColumnKind.NUMBER: ("decimal", "int"),
    ColumnKind.COUNT: ("int", "uint", "decimal128(38, 0)"),
    ColumnKind.PERCENT: ("decimal",),
    ColumnKind.DAYS: ("decimal",),
    ColumnKind.DATE: ("date32",),
    ColumnKind.FLAG: ("bool",),
    ColumnKind.LIST: ("list<l: string", "list<element: string", "list<item: string", "list<child: string"),
}
"""Prefixes of the Arrow types that a kind may have; every other kind is text."""


def find_schema_mismatches(report: Report, table: pa.Table) -> list[str]:
    """Return the differences between a report's header and the rows that its SQL returned."""
    schema = table.schema
    kinds = [(column.name, column.kind) for column in report.columns]
    # After the columns stand the counts and weights that figures are over, which no reader sees.
    kinds += [(name, ColumnKind.NUMBER) for name in report.bases]
    declared = [name for name, _kind in kinds]
    if declared != schema.names:
        return [
            _(
                "the header lists {declared}, the SQL returns {actual}",
                declared=", ".join(declared),
                actual=", ".join(schema.names),
            )
        ]
    mismatches = []
    for (name, kind), field in zip(kinds, schema, strict=True):
        if not fits_kind(kind, field.type):
            mismatches.append(_describe_kind(report, name, kind, field.type))
    return mismatches or find_odd_dates(table) or _find_shape_faults(report, table)


def _describe_kind(report: Report, name: str, kind: ColumnKind, data_type: pa.DataType) -> str:
    """Say that a column has another type than its kind; of a shared one, how a report declares its own."""
    sentence = _(
        "column {name} is declared as {kind}, the SQL returns {actual}",
        name=name,
        kind=kind.value,
        actual=str(data_type),
    )
    fitting = [one.value for one in ColumnKind if fits_kind(one, data_type)]
    if not report.is_user_report or not fitting or load_shared_columns().get(name, {}).get("kind") != kind:
        return sentence
    return sentence + _(
        "; {name} is the name of a shared column, so declare it under [column], for example: {example}",
        name=name,
        example=f'{name} = "{fitting[0]}"',
    )


def _find_shape_faults(report: Report, table: pa.Table) -> list[str]:
    """Return why JSON could not hold all rows: a record is one row, and keys are there, each once."""
    if report.shape == "record" and table.num_rows > 1:
        return [_("a record is one row, the SQL returns {count}", count=table.num_rows)]
    keys = table.select(range(KEY_COLUMNS.get(report.shape, 0)))
    if keys.num_columns and (
        any(column.null_count for column in keys.columns)
        or keys.group_by(keys.column_names).aggregate([]).num_rows < keys.num_rows
    ):
        names = ", ".join(keys.column_names)
        return [_("the keys of a map are there and differ; those of {names} do not", names=names)]
    return []


def fits_kind(kind: ColumnKind, data_type: pa.DataType) -> bool:
    """Return whether a column of ``kind`` may have this type of Arrow."""
    return str(data_type).startswith(_ARROW_TYPES.get(kind, ("string", "large_string")))


def find_odd_dates(table: pa.Table) -> list[str]:
    """Return the columns with dates outside the years 1 to 9999, such as infinity, which no format can write."""
    import pyarrow.compute as pc

    faults = []
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if str(column.type) == "date32[day]":
            bounds = pc.min_max(column.cast("int32"))
            if bounds["max"].is_valid and not (
                bounds["min"].as_py() >= _FIRST_DAY and bounds["max"].as_py() <= _LAST_DAY
            ):
                faults.append(_("column {name} has a date outside the years 1 to 9999", name=name))
    return faults
