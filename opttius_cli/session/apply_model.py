"""Finish the rows of a report with its model: exact numbers out of the few rows that its SQL returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    import pyarrow as pa

    from opttius_cli.reports.header import Report


def apply_model(report: Report, table: pa.Table) -> pa.Table:
    """Return the rows that the report's model makes of ``table``, typed by the kinds of its columns."""
    import pyarrow as pa

    from opttius_cli.models import load_model

    rows = load_model(report.model or "")(table.to_pylist())
    fields = [pa.field(column.name, _choose_type(column.kind)) for column in report.columns]
    values = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [pa.array(list(column), field.type) for column, field in zip(values, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _choose_type(kind: ColumnKind) -> pa.DataType:
    import pyarrow as pa

    if kind in {ColumnKind.MONEY, ColumnKind.NUMBER}:
        return pa.decimal128(38, 2)
    if kind is ColumnKind.COUNT:
        return pa.int64()
    return pa.string()
