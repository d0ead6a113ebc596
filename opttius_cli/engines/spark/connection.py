"""The statements of a session, executed as DuckDB's connection would: views are kept, queries run where rows are.

A query of the cluster also runs in DuckDB, on empty tables in place of the large ones: so the client knows the schema
of its answer. What reads no row of the cluster is answered by the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from sqlglot import exp

from opttius_cli.engines.spark.literals import build_literal
from opttius_cli.engines.spark.macros import Macros
from opttius_cli.engines.spark.relations import Relation, Relations, Source, Variables
from opttius_cli.engines.spark.source_sql import parse_statements, write_source_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.engines.spark.cluster import Cluster
    from opttius_cli.engines.spark.lake_tables import LakeTables

FETCHED = frozenset(
    {
        "app_row_cap",
        "app_sums",
        "branch_sums",
        "clinic_sums",
        "sale_sums",
        "scope_emptied",
        "scope_rows",
    }
)
"""Views of few rows: they are computed once and kept on the client, which answers what rests on them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a query, read as those of DuckDB's connection are."""

    table: pa.Table

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))


@dataclass(slots=True)
class SparkConnection:
    """A session's statements. ``local`` has the tables of the lake, of the large ones without their rows."""

    local: duckdb.DuckDBPyConnection
    cluster: Cluster
    tables: LakeTables
    macros: Macros = field(default_factory=Macros)
    variables: Variables = field(default_factory=Variables)
    relations: Relations = field(init=False)
    _uploaded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.relations = Relations(self)

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Rows:
        """Execute statements; return the rows of the last one if it is a query, else none."""
        rows = None
        for statement in parse_statements(sql):
            rows = self._execute_statement(self._bind(statement, parameters))
        return rows or Rows(_empty_table())

    def _execute_statement(self, statement: exp.Expr) -> Rows | None:
        match statement:
            case exp.Create(kind="MACRO"):
                self.macros.define(statement)
            case exp.Create():
                self._create(statement)
            case exp.Insert():
                self._insert(statement)
            case exp.Delete():
                self._define(statement.this.name, _first_branch(self._query_of(statement)))
            case exp.Set():
                self._set_variable(statement)
            case exp.Query():
                return Rows(self._run(statement))
            case _:
                raise NotImplementedError(write_source_sql(statement))
        return None

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Set variables that views read, from values of Python."""
        literals = {name: self._build_literal(value) for name, value in values.items()}
        self.variables = Variables({**self.variables.values, **literals})

    def interrupt(self) -> None:
        """Stop what is running, here and on the cluster."""
        self.local.interrupt()
        self.cluster.interrupt()

    def close(self) -> None:
        """Close both connections."""
        self.local.close()
        self.cluster.close()

    def find_table(self, schema: str, name: str) -> Source:
        """Return a table of the lake; the cluster gets to know it when it is a large one."""
        source = self.tables.find_source(schema, name)
        if not source.is_local and source.name not in self._uploaded:
            self.cluster.read(source.name, self.tables.locate(schema, name))
            self._uploaded.add(source.name)
        return source

    def fetch(self, source: Source) -> None:
        """Run a source on the cluster and keep its few rows on the client, under its name."""
        self.local.register(source.name, self._run_source(source))

    def keep(self, source: Source) -> bool:
        """Run a source on the cluster and keep its rows there, under its name; return whether the cluster can."""
        if not self.cluster.keep(source.name, self.relations.assemble(source, for_cluster=True)):
            return False
        # Queries on it are planned here, too, on no rows.
        self.local.register(
            source.name, self._query_locally(self.relations.assemble(source, for_cluster=False))
        )
        return True

    def upload(self, source: Source) -> None:
        """Give the cluster the rows of a source of the client, once."""
        if source.name not in self._uploaded:
            self.cluster.upload(source.name, _number_columns(self._run_source(source)))
            self._uploaded.add(source.name)

    def list_columns(self, source: Source) -> list[str]:
        """Return the names of a source's columns."""
        query = self.relations.assemble(source, for_cluster=False)
        names: list[str] = self._query_locally(f"SELECT * FROM ({query}) LIMIT 0").column_names
        return names

    def compute(self, expression: exp.Expr) -> exp.Expr:
        """Return the value of a constant expression, as a literal."""
        return build_literal(self._query_locally(f"SELECT {write_source_sql(expression)}").column(0)[0])

    def _run(self, query: exp.Expr) -> pa.Table:
        """Run a query where its rows are, and return them with the types that DuckDB gives them."""
        expanded = self.macros.expand(query)
        return self._run_source(self.relations.intern(expanded, self.variables))

    def _run_source(self, source: Source) -> pa.Table:
        answer = self._query_locally(self.relations.assemble(source, for_cluster=False))
        if source.is_local:
            return answer
        # DuckDB had none of its rows, but knows its schema.
        return self.cluster.fetch(self.relations.assemble(source, for_cluster=True), answer.schema)

    def _query_locally(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        with catch_warnings():
            # DuckDB warns that the rows are copied; a relation would be planned twice.
            filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            return self.local.execute(sql, parameters).to_arrow_table()

    def _create(self, statement: exp.Create) -> None:
        if isinstance(statement.this, exp.Schema):
            self._define(statement.this.this.name, _select_columns(statement.this.expressions))
            return
        # A temporary table is filled at once, with the variables of that moment.
        is_table = statement.kind == "TABLE"
        self._define(statement.this.name, self.macros.expand(statement.expression), is_table=is_table)

    def _define(self, name: str, query: exp.Expr, *, is_table: bool = True) -> None:
        variables = self.variables if is_table else None
        self.relations.define(name, Relation(query, variables, is_fetched=name in FETCHED))

    def _insert(self, statement: exp.Insert) -> None:
        """Add the rows of a query to a table."""
        rows = self.macros.expand(statement.expression)
        self._define(statement.this.name, exp.union(self._query_of(statement), rows, distinct=False))

    def _query_of(self, statement: exp.Insert | exp.Delete) -> exp.Expr:
        return self.relations.by_name[statement.this.name].query

    def _set_variable(self, statement: exp.Set) -> None:
        assignment = statement.expressions[0].this
        rows = self._run(exp.select(exp.alias_(assignment.expression.copy(), "value")))
        literal = build_literal(rows.column(0)[0])
        self.variables = Variables({**self.variables.values, assignment.this.name: literal})

    def _bind(self, statement: exp.Expr, parameters: Sequence[Any] | Mapping[str, Any]) -> exp.Expr:
        """Return the statement with values in place of the parameters that it names."""

        def replace(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Placeholder):
                return node
            if isinstance(parameters, Mapping):
                return self._build_literal(parameters[node.name])
            return self._build_literal(parameters[int(node.name) - 1])

        return statement.transform(replace)

    def _build_literal(self, value: Any) -> exp.Expr:
        """Return a value of Python as a literal of the type that DuckDB gives it."""
        return build_literal(self._query_locally("SELECT $1", [value]).column(0)[0])


def _select_columns(columns: Sequence[exp.ColumnDef]) -> exp.Select:
    """Return a query without rows, of the columns that a CREATE TABLE declares."""
    cells = [
        exp.alias_(exp.Cast(this=exp.null(), to=column.args["kind"].copy()), column.name)
        for column in columns
    ]
    return exp.select(*cells).where(exp.false())


def _first_branch(query: exp.Expr) -> exp.Expr:
    """Return the first branch of a union: the columns of a table, to which rows were added."""
    return _first_branch(query.this) if isinstance(query, exp.SetOperation) else query


def _number_columns(table: pa.Table) -> pa.Table:
    """Number the columns where two have one name: then nobody asks for them by name."""
    names = table.column_names
    return (
        table if len(set(names)) == len(names) else table.rename_columns([f"c{i}" for i in range(len(names))])
    )


def _empty_table() -> pa.Table:
    import pyarrow as pa

    return pa.table({})
