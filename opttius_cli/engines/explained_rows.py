"""Put the rows behind one figure into the table ``explained``, each with the step at which it left.

The names of columns come from the declarations of the project's own columns; values are bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.sql import Connection


NO_ROW = "none"
"""How a row is named that has no name, such as what has no branch."""


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Which rows of a ledger a figure looks at, and by which conditions they stay.

    ``conditions`` are (column, value, step at which a row leaves that has another value). ``ignores_rules`` is for
    figures of all rows, whatever the ledger's own rules say; ``needs_money`` for figures of money. ``measure`` is the
    column that is measured.
    """

    ledger: str
    windows: Sequence[str]
    conditions: Sequence[tuple[str, str, str]]
    ignores_rules: bool
    needs_money: bool
    measure: str


def fill_explained(con: Connection, selection: RowSelection) -> None:
    """Replace the rows of ``explained`` by those behind a figure, each with the step at which it left."""
    statement, values = build_fill_sql(selection)
    con.execute("DELETE FROM explained")
    con.execute(statement, values)


def build_fill_sql(selection: RowSelection) -> tuple[str, list[str]]:
    """Return the statement that fills ``explained``, and the values to bind."""
    cases = [] if selection.ignores_rules else ["WHEN left_at IS NOT NULL THEN left_at"]
    if selection.needs_money:
        cases.append("WHEN no_money IS NOT NULL THEN no_money")
    values: list[str] = []
    for column, value, step in selection.conditions:
        values += [value, step]
        cell = f"CAST({quote_identifier(column)} AS VARCHAR)"
        test = f"coalesce({cell}, '{NO_ROW}') IS DISTINCT FROM ${len(values) - 1}"
        cases.append(f"WHEN {test} THEN ${len(values)}")
    step_sql = f"CASE {' '.join(cases)} END" if cases else "NULL"
    # Rows that no rule takes out count whole.
    amount = "gross" if selection.ignores_rules else "amount"
    where = " AND ".join(map(quote_identifier, selection.windows)) or "TRUE"
    statement = (
        "INSERT INTO explained SELECT table_name, CAST(id AS VARCHAR), number, CAST(branch_id AS VARCHAR), "
        f"CAST(customer_id AS VARCHAR), status, payment_status, date, gross, {amount}, no_money IS NULL, "
        f"{quote_identifier(selection.measure)}, kept, "
        f"{step_sql} FROM {quote_identifier(selection.ledger)} LEFT JOIN branch_codes ON branch_id = owner_id "
        f"WHERE {where}"
    )
    return statement, values
