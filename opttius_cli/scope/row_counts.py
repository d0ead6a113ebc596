"""How many rows of each table a scope sees, and how many it does not see, by reason (metrics 9).

The loader has counted the rows of every owner per time slice (``meta.tallies``). Counted here, row by row,
are only the slices that as-of falls into, and the few rows that have no owner or were deferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.scope.row_conditions import (
    build_key_text,
    cutoff_variable,
    names_nobody,
    owner_condition,
    time_condition,
)
from opttius_cli.scope.views import SCOPED_TABLES, build_deferred_sql
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opttius_cli.scope.views import ScopedViews
    from opttius_cli.sql import Connection

EMPTIED_CELLS = "scope_emptied_cells"
"""The view of the cells of the scope's rows that could not be read."""

ROW_COUNTS = frozenset(
    {"scope_rows", "scope_rejects", "scope_emptied", "scope_unowned", "scope_cut", EMPTIED_CELLS}
)
"""The tables and views that :func:`create_row_counts` makes."""


def create_row_counts(scoped: ScopedViews) -> None:
    """Make ``scope_rows``, a line per table, and what could not be read: ``scope_rejects``, ``scope_emptied``.

    ``scope_unowned`` are the rows of no scope, for whoever looks at the whole data. A row whose branch could not be
    read is told where every branch of the data is in the scope. ``scope_cut`` are the tables of exactly as many rows
    as the app's interface gives: as they lie in the data for whoever sees everything, else as the scope has them.
    """
    con = scoped.con
    con.execute(
        "CREATE OR REPLACE TEMP VIEW scope_rejects AS SELECT * FROM meta.rejects WHERE is_held(tenant) "
        f"OR (strayed AND getvariable('whole_directory')) OR list_contains({_OWNERLESS_TABLES}, table_name) "
        f"OR getvariable('sees_everything')"
    )
    emptied = _list_emptied_tables(con)
    scoped.settle({*scoped.deferred.difference(_CHILD_TABLES), *(table.name for table in emptied)})
    scoped.settle_orders()
    rows = _build_row_counts_sql(scoped.deferred, _find_split_slices(con))
    con.execute(f"CREATE OR REPLACE TEMP TABLE scope_rows AS {rows}")
    cells = _build_emptied_cells_sql(emptied, scoped.deferred)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {EMPTIED_CELLS} AS {cells}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE scope_emptied AS SELECT table_name, column_name, count(*) AS cells "
        f"FROM {EMPTIED_CELLS} GROUP BY table_name, column_name"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW scope_unowned AS {_UNOWNED}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW scope_cut AS {_CUT}")


def _list_emptied_tables(con: Connection) -> list[Table]:
    """List the tables in which cells could not be read."""
    rows = con.execute(
        "SELECT DISTINCT table_name FROM meta.rejects WHERE NOT refused ORDER BY ALL"
    ).fetchall()
    return [TABLES[row[0]] for row in rows if TABLES[row[0]] in SCOPED_TABLES]


def _build_emptied_cells_sql(emptied: Iterable[Table], deferred: Collection[str]) -> str:
    """Select the cells of the scope's rows that could not be read: table, column and id."""
    cells = ["SELECT '' AS table_name, '' AS id, '' AS emptied WHERE FALSE"]
    for table in emptied:
        strayed = "getvariable('sees_everything')"
        if table.has_column("branch_id"):
            strayed += " OR (getvariable('whole_directory') AND contains(emptied, 'branch_id'))"
        row = f"SELECT '{table.name}', {build_key_text(table)}, emptied FROM"
        cells.append(
            f"{row} raw.{quote_identifier(table.name)} "
            f"WHERE emptied IS NOT NULL AND ({owner_condition(table)} OR {strayed}) AND {time_condition(table)}"
        )
        if table.name in deferred:
            cells.append(f"{row} {quote_identifier(table.name + '_settled')} WHERE emptied IS NOT NULL")
    return (
        f"SELECT table_name, id, unnest(string_split(emptied, ',')) AS column_name "
        f"FROM ({' UNION ALL '.join(cells)})"
    )


_OWNERLESS_TABLES = [table.name for table in SCOPED_TABLES if table.tenancy == "none"]


def _build_unowned_sql(table: Table, kind: str) -> str:
    """Select the rows of a raw table that no scope can hold; children are counted with their order."""
    amount = "total_amount" if table.has_column("total_amount") else "CAST(NULL AS DECIMAL(18, 2))"
    return (
        f"SELECT '{table.name}' AS table_name, {build_key_text(table)} AS id, "
        f"{amount} AS amount, "
        f"copies FROM raw.{quote_identifier(kind)} WHERE getvariable('sees_everything') "
        f"AND NOT coalesce({owner_condition(table)}, FALSE)"
    )


_UNOWNED = " UNION ALL ".join(
    _build_unowned_sql(table, kind)
    for table in SCOPED_TABLES
    if table.tenancy in {"branch", "organization"}
    for kind in (table.name, table.name + "_contested")
)
_CUT = (
    "SELECT table_name, CAST(rows AS BIGINT) AS rows FROM ("
    "SELECT stored.table_name, CASE WHEN getvariable('sees_everything') THEN loaded.rows_read "
    "ELSE stored.copies + stored.refused END AS rows FROM scope_rows AS stored INNER JOIN meta.loaded AS loaded "
    "ON stored.table_name = loaded.table_name) WHERE rows = 1000"
)
_COUNTED_TABLES = [table for table in SCOPED_TABLES if table.has_owner]
_TABLES_BY_DATE = [table.name for table in _COUNTED_TABLES if cutoff_variable(table) == "as_of_date"]
_CHILD_TABLES = [table.name for table in _COUNTED_TABLES if table.tenancy == "parent"]
_ADOPTED = (
    f"getvariable('adopts') AND NOT list_contains({_CHILD_TABLES}, table_name) AND tenant IN "
    "(SELECT tenant FROM meta.tenants WHERE branch_id IS NULL AND organization_id IS NULL)"
)
_LOADER_COUNTS = (
    f"(SELECT *, {_ADOPTED} AS is_adopted, epoch_us(CASE WHEN list_contains({_TABLES_BY_DATE}, table_name) "
    "THEN CAST(getvariable('as_of_date') AS TIMESTAMP) ELSE CAST(getvariable('as_of') AS TIMESTAMP) END) AS now "
    "FROM meta.tallies WHERE is_held(tenant)) AS tally"
)
"""The loader's counts of the scope's rows, with as-of in microseconds. The session's zone is UTC."""


@dataclass(frozen=True, slots=True)
class _SplitSlices:
    """The time slices of a table that as-of falls into, and the instants (microseconds) that bound it."""

    first: int
    last: int
    begins: int
    ends: int

    def build_condition(self, table: Table) -> str:
        """Return the SQL condition of those rows; other row groups are skipped by it."""
        column = quote_identifier(table.sort_column or "")
        kind = "DATE" if table.name in _TABLES_BY_DATE else "TIMESTAMPTZ"
        begins, ends = (
            f"CAST(make_timestamptz({instant}) AS {kind})" for instant in (self.begins, self.ends)
        )
        return f"{column} BETWEEN {begins} AND {ends}"


def _find_split_slices(con: Connection) -> dict[str, _SplitSlices]:
    """Find the time slices that as-of falls into, per table."""
    rows = con.execute(
        f"WITH divided AS (SELECT table_name, min(part) AS first, max(part) AS last FROM {_LOADER_COUNTS} "
        f"WHERE begins <= now AND latest > now GROUP BY table_name) "
        f"SELECT table_name, first, last, min(begins), max(ends) FROM {_LOADER_COUNTS} INNER JOIN divided "
        f"USING (table_name) WHERE part BETWEEN first AND last GROUP BY table_name, first, last"
    ).fetchall()
    return {name: _SplitSlices(*numbers) for name, *numbers in rows}


def _build_row_counts_sql(deferred: Collection[str], split: Mapping[str, _SplitSlices]) -> str:
    """Select per table the rows that the scope sees, that repeat another, lie after as-of, or were refused.

    ``copies`` are the scope's rows as they lie in the data: repeated ones, and those of later. ``adopted`` are those
    of the rows seen that name neither a branch nor an organization. ``oldest`` and ``newest`` are the dates of the
    rows seen; NULL for children, which have those of their order.
    """
    counts = [_build_whole_slices_sql(split)]
    counts += [
        _build_table_count_sql(TABLES[name], slices.build_condition(TABLES[name]))
        for name, slices in sorted(split.items())
    ]
    counts += [_build_table_count_sql(table, "TRUE") for table in SCOPED_TABLES if not table.has_owner]
    counts += [_build_deferred_count_sql(TABLES[name]) for name in sorted(deferred)]
    return (
        f"WITH counted AS ({' UNION ALL '.join(counts)}), refusals AS (SELECT table_name, "
        f"count(*) AS refused FROM (SELECT DISTINCT table_name, ordinal FROM scope_rejects WHERE refused) "
        f"GROUP BY table_name) "
        f"SELECT counted.table_name, sum(rows_seen) AS rows_seen, sum(duplicates) AS duplicates, "
        f"sum(rows_after) AS rows_after, sum(copies) AS copies, sum(adopted) AS adopted, "
        f"make_timestamptz(min(oldest)) AS oldest, make_timestamptz(max(newest)) AS newest, "
        f"coalesce(any_value(refusals.refused), 0) AS refused "
        f"FROM counted LEFT JOIN refusals ON counted.table_name = refusals.table_name "
        f"WHERE is_present(counted.table_name) GROUP BY counted.table_name"
    )


def _build_whole_slices_sql(split: Mapping[str, _SplitSlices]) -> str:
    """Return SQL for the slices wholly on one side of as-of; a table without rows has a row too."""
    names = [table.name for table in _COUNTED_TABLES]
    outside_split = "".join(
        f" AND NOT (table_name = '{name}' AND coalesce(part BETWEEN {slices.first} AND {slices.last}, FALSE))"
        for name, slices in sorted(split.items())
    )
    # Rows without a date always exist. A child of an order that does not exist yet is not counted at all.
    is_seen = "coalesce(latest <= now, TRUE)"
    is_own = f"NOT list_contains({_CHILD_TABLES}, table_name)"
    is_after = f"begins > now AND {is_own}"
    return (
        f"SELECT unnest({names}) AS table_name, 0 AS rows_seen, 0 AS duplicates, 0 AS rows_after, 0 AS copies, "
        f"0 AS adopted, CAST(NULL AS BIGINT) AS oldest, CAST(NULL AS BIGINT) AS newest "
        f"UNION ALL SELECT table_name, coalesce(sum(rows) FILTER ({is_seen}), 0), "
        f"coalesce(sum(copies - rows) FILTER ({is_seen}), 0), coalesce(sum(rows) FILTER ({is_after}), 0), "
        f"coalesce(sum(copies), 0), coalesce(sum(rows) FILTER ({is_seen} AND is_adopted), 0), "
        f"min(begins) FILTER ({is_own} AND {is_seen}), max(ends) FILTER ({is_own} AND {is_seen}) "
        f"FROM {_LOADER_COUNTS} WHERE TRUE{outside_split} GROUP BY table_name"
    )


def _build_table_count_sql(table: Table, condition: str) -> str:
    """Return SQL that counts one by one the rows that meet ``condition``."""
    exists = time_condition(table)
    return (
        f"SELECT '{table.name}', count(*) FILTER ({exists}), coalesce(sum(copies - 1) FILTER ({exists}), 0), "
        f"count(*) FILTER ({later_condition(table)}), coalesce(sum(copies), 0), "
        f"count(*) FILTER ({exists} AND {is_adopted(table)}), "
        f"min({_build_instant(table)}) FILTER ({exists}), max({_build_instant(table)}) FILTER ({exists}) "
        f"FROM raw.{quote_identifier(table.name)} WHERE {owner_condition(table)} AND {condition}"
    )


def _build_instant(table: Table) -> str:
    """Return the SQL of a row's own date, in microseconds."""
    if table.tenancy == "parent" or not table.date_column:
        return "CAST(NULL AS BIGINT)"
    return f"epoch_us({quote_identifier(table.date_column)})"


def _build_deferred_count_sql(table: Table) -> str:
    """Return SQL that counts deferred rows: several of them may be one row of this scope."""
    key, exists = ", ".join(quote_identifier(name) for name in table.key), time_condition(table)
    settled = f"FROM {quote_identifier(table.name + '_settled')}"
    chosen = [
        f"(SELECT count(*) {settled} WHERE {is_adopted(table)})",
        *(f"(SELECT {function}({_build_instant(table)}) {settled})" for function in ("min", "max")),
    ]
    if table.tenancy == "parent":
        chosen = ["0", "NULL", "NULL"]
    return (
        f"SELECT '{table.name}', count(*) FILTER (seen), coalesce(sum(copies), 0) - count(*) FILTER (seen), "
        f"count(*) FILTER (later), coalesce(sum(all_copies), 0), "
        f"{', '.join(chosen)} "
        f"FROM (SELECT bool_or({exists}) AS seen, bool_or({later_condition(table)}) AS later, "
        f"sum(copies) FILTER ({exists}) AS copies, sum(copies) AS all_copies "
        f"FROM {build_deferred_sql(table)} WHERE {owner_condition(table)} "
        f"GROUP BY {key})"
    )


def is_adopted(table: Table) -> str:
    """Return which rows name nobody, and are the organization's all the same."""
    return f"getvariable('adopts') AND {names_nobody(table)}"


def later_condition(table: Table) -> str:
    """Return the condition of rows after as-of; a child of an order that does not exist yet is not one."""
    if not table.date_column:
        return "FALSE"
    later = f"{quote_identifier(table.date_column)} > getvariable('{cutoff_variable(table)}')"
    return f"order_created_at <= getvariable('as_of') AND {later}" if table.tenancy == "parent" else later
