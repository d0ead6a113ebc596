"""The statements of a session, executed as DuckDB's connection would: views are kept, queries run where rows are.

Every statement also runs in DuckDB, on the lake's small tables and on empty ones in place of the large: so the
client knows the schema of every answer, and answers itself what needs no row of the cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from opttius_cli.engines.spark.literals import build_literal
from opttius_cli.engines.spark.macros import Macros
from opttius_cli.engines.spark.relations import Relation, Relations, Source, Variables

from opttius_cli.engines.spark.source_sql import parse_statements, write_source_sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.engines.spark.cluster import Cluster
    from opttius_cli.engines.spark.lake_tables import LakeTables


FETCHED = frozenset(
    {"sale_sums", "clinic_sums", "payment_sums", "branch_sums", "app_sums", "app_row_cap", "scope_rows", "scope_emptied"}
)
"""Temporary tables of few rows: they are computed once and kept on the client, which answers what rests on them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a query, as DuckDB's connection gives them."""

    table: pa.Table

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row; None when there is none."""
        return next(iter(self.fetchall()), None)


@dataclass(slots=True)
class SparkConnection:
    """A session's statements: ``local`` has the small tables of the lake, and the large ones without rows."""

    local: duckdb.DuckDBPyConnection
    cluster: Cluster
    lake: LakeTables
    macros: Macros = field(default_factory=Macros)
    variables: Variables = field(default_factory=Variables)
    _uploaded: set[str] = field(default_factory=set)
    relations: Relations = field(init=False)

    def __post_init__(self) -> None:
        self.relations = Relations(self)

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Rows | None:
        """Execute statements; return the rows of the last one if it is a query."""
        rows = None
        for statement in parse_statements(sql):
            rows = self._execute_statement(self._bind(statement, parameters))
        return rows

    def _execute_statement(self, statement: exp.Expr) -> Rows | None:
        match statement:
            case exp.Create(kind="MACRO"):
                self.macros.define(statement)
            case exp.Create():
                self._create(statement)
            case exp.Insert():
                self._insert(statement)
            case exp.Delete():
                self._define(statement.this.name, _select_none(self.relations.by_name[statement.this.name].query))
            case exp.Set():
                self._set_variable(statement)
            case exp.Query():
                return Rows(self.run(statement))
            case _:
                raise NotImplementedError(write_source_sql(statement))
        return None

    def run(self, query: exp.Query) -> pa.Table:
        """Run a query where its rows are, and return them with the types that DuckDB gives them."""
        source = self.relations.intern(self.macros.expand(query), self.variables)
        return self._run_source(source)

    def _run_source(self, source: Source) -> pa.Table:
        # Where rows are on the cluster, DuckDB has none of them, but the schema of the answer.
        answer = self.local.execute(self.relations.assemble(source, for_cluster=False)).to_arrow_table()
        if source.is_local:
            return answer
        table = self.cluster.fetch(self.relations.assemble(source, for_cluster=True))
        try: return table.rename_columns(answer.column_names).cast(answer.schema)
        except Exception: print("CAST", str(table.schema).replace("\n"," "), str(answer.schema).replace("\n"," "), table.to_pylist()[:3]); raise

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Set variables that views read, from values of Python."""
        literals = {name: self._build_literal(value) for name, value in values.items()}
        self.variables = Variables({**self.variables.values, **literals})

    def find_table(self, schema: str, name: str) -> Source:
        """Return a table of the lake: it is on the client when it is small."""
        source = self.lake.find_source(schema, name)
        if not source.is_local and source.name not in self._uploaded:
            self.cluster.read(source.name, self.lake.locate(schema, name))
            self._uploaded.add(source.name)
        return source

    def fetch(self, source: Source) -> None:
        """Run a source on the cluster and keep its few rows on the client, under its name."""
        self.local.register(source.name, self._run_source(source))

    def list_columns(self, source: Source) -> list[str]:
        """Return the names of a source's columns."""
        query = self.relations.assemble(source, for_cluster=False)
        return self.local.execute(f"SELECT * FROM ({query}) LIMIT 0").to_arrow_table().column_names

    def compute(self, expression: exp.Expr) -> exp.Expr:
        """Return the value of a constant expression, as a literal."""
        query = f"SELECT {write_source_sql(expression)}"
        return build_literal(self.local.execute(query).to_arrow_table().column(0)[0])

    def upload(self, source: Source) -> None:
        """Give the cluster the rows of a source of the client, once."""
        if source.name not in self._uploaded:
            self.cluster.upload(source.name, _name_columns(self._run_source(source)))
            self._uploaded.add(source.name)

    def _create(self, statement: exp.Create) -> None:
        if isinstance(statement.this, exp.Schema):
            self._define(statement.this.this.name, _select_columns(statement.this.expressions))
            return
        query = self.macros.expand(statement.expression)
        # A temporary table is filled at once, with the variables of that moment.
        self._define(statement.this.name, query, is_table=statement.kind == "TABLE")

    def _define(self, name: str, query: exp.Expr, *, is_table: bool = True) -> None:
        self.relations.define(name, Relation(query, self.variables if is_table else None, name in FETCHED))

    def _insert(self, statement: exp.Insert) -> None:
        """Add the rows of a query to a table, in the types of its columns."""
        name = statement.this.name
        self._define(name, exp.union(self.relations.by_name[name].query, self.macros.expand(statement.expression), distinct=False))

    def _set_variable(self, statement: exp.Set) -> None:
        item = statement.expressions[0].this
        query = exp.select(exp.alias_(item.expression.copy(), "value"))
        value = self.run(query).column(0)[0]
        self.variables = Variables({**self.variables.values, item.this.name: build_literal(value)})

    def _bind(self, statement: exp.Expr, parameters: Sequence[Any] | Mapping[str, Any]) -> exp.Expr:
        """Return the statement with values in place of the parameters that it names."""
        def replace(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Placeholder):
                return node
            key = node.name
            return self._build_literal(parameters[int(key) - 1] if key.isdigit() else parameters[key])

        return statement.transform(replace)

    def _build_literal(self, value: Any) -> exp.Expr:
        """Return a value of Python as a literal of the type that DuckDB gives it."""
        return build_literal(self.local.execute("SELECT $1", [value]).to_arrow_table().column(0)[0])


def _select_columns(columns: Sequence[exp.ColumnDef]) -> exp.Select:
    """Return a query without rows, of the columns that a CREATE TABLE declares."""
    cells = [exp.alias_(exp.Cast(this=exp.null(), to=column.kind.copy()), column.name) for column in columns]
    return exp.select(*cells).where(exp.false())


def _select_none(query: exp.Query) -> exp.Query:
    """Return the first branch of a union, which is that of the columns."""
    while isinstance(query, exp.SetOperation):
        query = query.this
    return query


def _name_columns(table: pa.Table) -> pa.Table:
    """Number the columns where two have one name: then nobody asks for them by name."""
    names = table.column_names
    return table if len(set(names)) == len(names) else table.rename_columns([f"c{i}" for i in range(len(names))])
