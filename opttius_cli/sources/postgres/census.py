"""Introspection: which of the catalog's tables and columns the database has, and which the role may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, WithheldError, listed
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.role import reading, using
from opttius_cli.sources.postgres.selection import literal, literals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.postgres.address import Address
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.terms import Terms


@dataclass(frozen=True, slots=True)
class Found:
    """A table of the database.

    ``types`` maps our columns that the role may read to their PostgreSQL types; ``denied`` lists those it may
    not read. ``hides_rows`` says that row-level security hides rows from the role, ``schema_usable`` whether
    the role may use the schema. ``oid`` is the server's number for the table. ``identity`` changes when the
    table is replaced or its files are (TRUNCATE, a rewrite), or when the definition of a view changes.
    """

    table: Table
    types: Mapping[str, str]
    withheld: Sequence[str] = ()
    guarded: bool = False
    oid: int = 0
    usable: bool = True
    identity: str = ""


@dataclass(slots=True)
class _Columns:
    oid: int
    guarded: bool
    usable: bool
    identity: str
    types: dict[str, str] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)


def census(line: Line, terms: Terms) -> dict[str, Found]:
    """Read which of our tables and columns the schema has.

    A table that the role may not read has no columns.
    """
    found: dict[str, _Columns] = {}
    for row in line.rows(_question(terms)):
        columns = found.setdefault(
            row["relation"], _Columns(row["oid"], row["guarded"], row["usable"], row["identity"])
        )
        if not TABLES[row["relation"]].has(row["name"]):
            continue
        if row["readable"]:
            columns.types[row["name"]] = row["type"]
        else:
            columns.withheld.append(row["name"])
    return {
        name: Found(TABLES[name], one.types, one.withheld, one.guarded, one.oid, one.usable, one.identity)
        for name, one in found.items()
    }


def _question(terms: Terms) -> str:
    return (
        "SELECT c.oid::int8 AS oid, c.relname::text AS relation, a.attname::text AS name, t.typname::text AS type, "
        "has_schema_privilege(n.oid, 'USAGE') AS usable, "
        "(has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable, "
        "row_security_active(c.oid) AS guarded, "
        "concat_ws(' ', c.oid, c.relfilenode, (SELECT md5(r.ev_action::text) FROM pg_catalog.pg_rewrite AS r "
        "WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')) AS identity "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid "
        f"WHERE n.nspname = {literal(terms.schema)} AND c.relname IN ({literals(TABLES)}) "
        "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname, a.attnum"
    )


def must_suffice(found: Mapping[str, Found], address: Address, terms: Terms) -> None:
    """Raise SourceError naming the first required table or column that is missing or may not be read."""
    if any(not one.usable for one in found.values()):
        raise _no_schema(address, terms)
    hidden = [f"{terms.schema}.{one.table.name}" for one in readable(found).values() if one.guarded]
    if hidden and not terms.restricted:
        raise WithheldError(
            _(
                "Row-level security hides rows of {tables} from “{user}”: the figures would be too small. Read with "
                "a role that has BYPASSRLS, or say that this one is meant to see a part (postgres.restricted = true).",
                tables=listed(hidden),
                user=address.user,
            )
        )
    for table in TABLES.values():
        here = found.get(table.name)
        if here is None:
            if table.required:
                raise _no_table(address, terms, table)
            continue
        if not here.types and here.withheld and not table.required:
            continue
        kept = [name for name in table.required_columns if name in here.withheld]
        if kept:
            raise _withheld(address, terms, table, kept)
        absent = [name for name in table.required_columns if name not in here.types]
        if absent:
            raise SourceError(
                _(
                    "{place}: the table {schema}.{table} has no column {columns}, which is required. "
                    "If it was renamed, give opttius a view with the old name in a schema of its own "
                    "(postgres.schema).",
                    place=address.shown,
                    schema=terms.schema,
                    table=table.name,
                    columns=listed([f"“{name}”" for name in absent]),
                )
            )


def _no_table(address: Address, terms: Terms, table: Table) -> SourceError:
    return SourceError(
        _(
            "{place} has no table {schema}.{table}, which is required. Check the database, and the schema "
            "(postgres.schema).",
            place=address.shown,
            schema=terms.schema,
            table=table.name,
        )
    )


def _no_schema(address: Address, terms: Terms) -> SourceError:
    said = _("“{user}” may not use the schema {schema}.", user=address.user, schema=terms.schema)
    return WithheldError(f"{said} " + _("Let the owner run: {sql}", sql=using(terms.schema, address.user)))


def _withheld(address: Address, terms: Terms, table: Table, columns: Sequence[str]) -> SourceError:
    return WithheldError(
        _(
            "“{user}” may not read {columns} of {schema}.{table}, which is required. Let the owner run: {sql}",
            user=address.user,
            schema=terms.schema,
            table=table.name,
            columns=", ".join(columns),
            sql=reading(columns, terms.schema, table.name, address.user),
        )
    )


def readable(found: Mapping[str, Found]) -> dict[str, Found]:
    """Return the tables of which every required column may be read."""
    return {
        name: here
        for name, here in found.items()
        if all(one in here.types for one in here.table.required_columns)
    }
