"""Validate a report: its SQL must return the columns of its header, in order, each of a type for its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    import pyarrow as pa

    from opttius_cli.reports.header import Report

_ARROW_TYPES = {
    ColumnKind.MONEY: ("decimal", "int"),
    ColumnKind.NUMBER: ("decimal", "int"),
    ColumnKind.COUNT: ("int", "uint", "decimal128(38, 0)"),
    ColumnKind.PERCENT: ("decimal",),
    ColumnKind.DAYS: ("decimal",),
    ColumnKind.DATE: ("date32",),
    ColumnKind.FLAG: ("bool",),
    ColumnKind.LIST: ("list",),
}
"""Prefixes of the Arrow types that a kind may have; every other kind is text."""


def find_schema_mismatches(report: Report, schema: pa.Schema) -> list[str]:
    """Return the differences between a report's header and the columns that its SQL returns."""
    kinds = [(column.name, column.kind) for column in report.columns]
    # After the columns stand the counts that percentages are over, which no reader sees.
    kinds += [(name, ColumnKind.COUNT) for name in report.bases]
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
        actual = str(field.type)
        if not actual.startswith(_ARROW_TYPES.get(kind, ("string", "large_string"))):
            mismatches.append(
                _(
                    "column {name} is declared as {kind}, the SQL returns {actual}",
                    name=name,
                    kind=kind.value,
                    actual=actual,
                )
            )
    return mismatches


def describe_undeclared_pii(name: str, kind: ColumnKind) -> str:
    """Describe a column that carries personal data of ``kind`` although its header says otherwise."""
    return _(
        'column {name} shows personal data: declare it kind = "{kind}", so that it can be masked',
        name=name,
        kind=kind.value,
    )
