"""The tables and views of a session, each known by what it computes: here on the client, or on the cluster.

A view of DuckDB reads variables when it is queried, a temporary table when it is created. So a view is kept as it
was written, and turned into *sources* when a query needs it: a source has its values and its own sources written
out, and its name is a digest of its text. What reads nothing of the cluster is computed by DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from opttius_cli.engines.spark.dialect import write_spark_sql
from opttius_cli.engines.spark.literals import replace_infinity
from opttius_cli.engines.spark.source_sql import write_source_sql

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """The values of the session's variables at one time, as literals."""

    values: Mapping[str, exp.Expr] = field(default_factory=dict)

    def replace_call(self, node: exp.Expr) -> exp.Expr:
        """Return the value in place of ``getvariable('name')``, every other node as it is."""
        if isinstance(node, exp.Anonymous) and node.name.lower() == "getvariable":
            return self.values.get(node.expressions[0].name, exp.null()).copy()
        return node


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view: its query, and the values of variables that it was created with (None: those of its reader)."""

    query: exp.Expr
    variables: Variables | None = None
    is_fetched: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A query without variables, on other sources. ``query`` is None for rows that lie under this name."""

    name: str
    is_local: bool
    query: exp.Expr | None = None


class RowSource(Protocol):
    """Where rows are: the tables of the lake, results that are kept on the client, and what DuckDB computes."""

    def find_table(self, schema: str, name: str) -> Source:
        """Return a table of the lake."""

    def fetch(self, source: Source) -> None:
        """Run a source on the cluster and keep its few rows on the client, under its name."""

    def keep(self, source: Source) -> bool:
        """Run a source on the cluster and keep its rows there, under its name; return whether the cluster can."""

    def list_columns(self, source: Source) -> list[str]:
        """Return the names of a source's columns."""

    def compute(self, expression: exp.Expr) -> exp.Expr:
        """Return the value of a constant expression, as a literal."""

    def upload(self, source: Source) -> None:
        """Give the cluster the rows of a source of the client."""


@dataclass(slots=True)
class Relations:
    """The relations of a session by name, and the sources that queries have needed so far."""

    rows: RowSource
    by_name: dict[str, Relation] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    _resolved: dict[tuple[str, Variables], str] = field(default_factory=dict)
    _texts: dict[tuple[str, bool], str] = field(default_factory=dict)

    def define(self, name: str, relation: Relation) -> None:
        """Define a relation, in place of an earlier one of that name."""
        self.by_name[name] = relation
        # Views on it read the new one from here on.
        self._resolved.clear()

    def intern(self, query: exp.Expr, variables: Variables) -> Source:
        """Return the source of ``query``, whose macros are expanded; ``variables`` are the values that it reads."""
        prepared = query.copy().transform(variables.replace_call).transform(replace_infinity)
        self._compute_constants(prepared)
        return self._store(self._intern(prepared, {}, variables))

    def _compute_constants(self, query: exp.Expr) -> None:
        """Replace what is read out of JSON by its value; the JSON is a parameter, no column."""
        for reading in list(query.find_all(exp.FromJson)):
            value: exp.Expr = reading
            while isinstance(value.parent, (exp.Dot, exp.Bracket, exp.Paren, exp.Cast)):
                value = value.parent
            if not isinstance(value.parent, exp.Explode) and not value.find(exp.Column):
                value.replace(self.rows.compute(value))

    def assemble(self, source: Source, *, for_cluster: bool) -> str:
        """Return the SQL of a source, with the sources that it reads as common table expressions.

        It is Spark's when it is for the cluster, to which sources of the client are then uploaded.
        """
        names: dict[str, None] = {}
        self._collect(source, names, for_cluster=for_cluster)
        blocks = [
            f"{name} AS ({self._write(name, for_cluster=for_cluster)})"
            for name in names
            if name != source.name and self.sources[name].query is not None
        ]
        text = self._write(source.name, for_cluster=for_cluster)
        return f"WITH {', '.join(blocks)} {text}" if blocks else text

    def _write(self, name: str, *, for_cluster: bool) -> str:
        """Return the SQL of one source, written once."""
        query, key = self.sources[name].query, (name, for_cluster)
        if query is None:
            return f"SELECT * FROM {name}"
        if key not in self._texts:
            self._texts[key] = write_spark_sql(query) if for_cluster else write_source_sql(query)
        return self._texts[key]

    def _collect(self, source: Source, names: dict[str, None], *, for_cluster: bool) -> None:
        """Collect the sources that a query needs, each after those that it reads."""
        if source.name in names:
            return
        if source.is_local and for_cluster:
            self.rows.upload(source)
            return
        for name in _list_names(source.query) if source.query else ():
            self._collect(self.sources[name], names, for_cluster=for_cluster)
        names[source.name] = None

    def _intern(self, node: exp.Expr, ctes: Mapping[str, str], variables: Variables) -> exp.Expr:
        """Replace every name of a table in ``node`` by that of its source, and take out common table expressions."""
        if isinstance(node, exp.Query) and (block := node.args.get("with_")):
            ctes = dict(ctes)
            node.set("with_", None)
            for cte in block.expressions:
                ctes[cte.alias] = self._store(self._intern(cte.this, ctes, variables)).name
        if isinstance(node, exp.Table):
            self._replace_table(node, ctes, variables)
        for child in list(node.iter_expressions()):
            self._intern(child, ctes, variables)
        if isinstance(node, exp.Select):
            self._expand_stars(node)
        return node

    def _expand_stars(self, select: exp.Select) -> None:
        """Write the columns of ``* EXCLUDE (…)`` by name, and of ``*`` beside QUALIFY, around which a query comes."""
        for item in list(select.expressions):
            star = item.this if isinstance(item, exp.Column) else item
            if not isinstance(star, exp.Star):
                continue
            excluded = star.args.get("except_") or ()
            if not excluded and not select.args.get("qualify"):
                continue
            parts = [select.args["from_"], *select.args.get("joins", [])]
            tables = {part.this.alias: part.this for part in parts}
            alias = item.table if isinstance(item, exp.Column) else next(iter(tables))
            left_out = {column.name for column in excluded}
            table = tables[alias]
            is_query = isinstance(table, exp.Subquery)
            source = self._store(table.this.copy()) if is_query else self.sources[table.name]
            names = self.rows.list_columns(source)
            item.replace([exp.column(name, alias or None) for name in names if name not in left_out])

    def _replace_table(self, node: exp.Table, ctes: Mapping[str, str], variables: Variables) -> None:
        if not isinstance(node.this, exp.Identifier):
            # A table function of DuckDB: it reads no rows.
            return
        if not node.args.get("alias"):
            node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
        name = ctes.get(node.name) if not node.db else None
        name = name or self._resolve(node.db, node.name, variables)
        node.set("this", exp.to_identifier(name))
        node.set("db", None)

    def _resolve(self, schema: str, name: str, variables: Variables) -> str:
        """Return the name of the source that a table or view is now."""
        relation = self.by_name.get(name) if not schema else None
        if relation is None:
            source = self.rows.find_table(schema, name)
            self.sources[source.name] = source
            return source.name
        variables = relation.variables if relation.variables is not None else variables
        key = (name, variables)
        if key not in self._resolved:
            self._resolved[key] = self._fill(relation, self.intern(relation.query, variables)).name
        return self._resolved[key]

    def _fill(self, relation: Relation, source: Source) -> Source:
        """Compute the rows of a table that is read for the first time, so that no reader computes them again."""
        if source.is_local or source.query is None:
            return source
        if relation.is_fetched:
            self.rows.fetch(source)
        elif relation.variables is None or not self.rows.keep(source):
            return source
        filled = Source(source.name, is_local=relation.is_fetched)
        self.sources[source.name] = filled
        return filled

    def _store(self, query: exp.Expr) -> Source:
        """Keep a query as a source; parts of it that read nothing of the cluster become sources of their own."""
        is_local = self._is_local(query)
        if not is_local:
            query = self._take_out_local(query)
        name = f"q_{sha256(write_source_sql(query).encode()).hexdigest()[:16]}"
        if name not in self.sources:
            self.sources[name] = Source(name, is_local, query)
        return self.sources[name]

    def _is_local(self, query: exp.Expr) -> bool:
        return all(self.sources[name].is_local for name in _list_names(query))

    def _take_out_local(self, query: exp.Expr) -> exp.Expr:
        """Replace the branches and derived tables of ``query`` that read nothing of the cluster."""
        if isinstance(query, exp.SetOperation):
            query.set("this", self._take_out(query.this))
            query.set("expression", self._take_out(query.expression))
            return query
        for subquery in list(query.find_all(exp.Subquery)):
            if isinstance(subquery.parent, (exp.From, exp.Join)) and isinstance(subquery.this, exp.Query):
                subquery.set("this", self._take_out(subquery.this))
        return query

    def _take_out(self, query: exp.Expr) -> exp.Expr:
        """Return ``query``, or a query on a source of its own if it reads nothing of the cluster."""
        return _select_all(self._store(query).name) if self._is_local(query) else self._take_out_local(query)


def _list_names(query: exp.Expr) -> list[str]:
    """Return the names of the tables that a query reads, without table functions of DuckDB."""
    tables = query.find_all(exp.Table)
    return list(dict.fromkeys(table.name for table in tables if isinstance(table.this, exp.Identifier)))


def _select_all(name: str) -> exp.Select:
    return exp.select("*").from_(exp.Table(this=exp.to_identifier(name)))
