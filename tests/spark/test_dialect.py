"""Every SQL file of the project is written for Spark, and what DuckDB alone has is written as Spark has it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp

from opttius_cli.engines import open_without_rows
from opttius_cli.engines.protocol import stop_at_ctrl_c
from opttius_cli.engines.spark.connection import FETCHED, SparkConnection
from opttius_cli.engines.spark.dialect import write_spark_sql
from opttius_cli.engines.spark.engine import SparkEngine
from opttius_cli.engines.spark.lake_tables import LakeTables, create_tables
from opttius_cli.engines.spark.literals import build_literal
from opttius_cli.engines.spark.macros import Macros
from opttius_cli.engines.spark.source_sql import parse_statements
from opttius_cli.reports import shared_views
from opttius_cli.reports.library import Library
from opttius_cli.session.check_reports import _COMMAND_PARAMETERS, build_empty_session
from opttius_cli.session.parameters.query import (
    DEFAULT_PARAMETERS,
    build_parameters,
    build_shared_views,
    build_variables,
)
from opttius_cli.snapshot.build import build_empty_snapshot
from opttius_cli.snapshot.lake import Lake, open_lake, write_lake
from opttius_cli.snapshot.open import SCHEMA_VERSION, ResourceLimits, build_manifest, connect_in_memory
from spark.recording_cluster import RecordingCluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opttius_cli.session.state import Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)

RULES = {
    # lists
    "tags[1]": "GET(tags, 0)",
    "tags[-1]": "ELEMENT_AT(tags, -1)",
    "tags[n + 1]": "GET(tags, CAST((n + 1) - 1 AS INT))",
    "array_length(tags)": "SIZE(tags)",
    "list_position(tags, 'a')": "NULLIF(ARRAY_POSITION(tags, 'a'), 0)",
    "list_contains(tags, 'a')": "ARRAY_CONTAINS(tags, 'a')",
    "list_has_any(tags, others)": "ARRAYS_OVERLAP(tags, others)",
    "list_slice(tags, 2, 5)": "SLICE(tags, 2, 4)",
    "list_sum(tags)": "AGGREGATE(tags, CAST(0 AS BIGINT), (total, item) -> total + item)",
    "list_unique(list(n))": "SIZE(ARRAY_COMPACT(ARRAY_DISTINCT(COLLECT_LIST(n))))",
    "list_filter(tags, lambda tag: tag <> n)": "FILTER(tags, tag -> tag <> n)",
    "list(n ORDER BY n)": "SORT_ARRAY(COLLECT_LIST(n))",
    "list(DISTINCT n ORDER BY n)": "SORT_ARRAY(COLLECT_SET(n))",
    "list(n ORDER BY m)": (
        "TRANSFORM(SORT_ARRAY(COLLECT_LIST(NAMED_STRUCT('key_0', m, 'value', n))), item -> item.value)"
    ),
    "quantile_cont(n, 0.5)": "PERCENTILE(n, 0.5)",
    "{'a': n}": "NAMED_STRUCT('a', n)",
    # numbers
    "n // 5": "((n) DIV 5)",
    "n // m": "((n) DIV NULLIF(m, 0))",
    "CAST(n AS HUGEINT)": "CAST(n AS DECIMAL(38, 0))",
    "sign(n)": "(CASE WHEN n < 0 THEN -1 WHEN n > 0 THEN 1 WHEN n = 0 THEN 0 END)",
    "any_value(n)": "MIN(n)",
    "count(*) FILTER (n > 1) OVER ()": "COUNT(CASE WHEN n > 1 THEN 1 END) OVER ()",
    "CAST('0x' || s AS UBIGINT)": "CAST(CONV(CAST(s AS STRING), 16, 10) AS BIGINT)",
    # times
    "timezone('UTC', t)": "CONVERT_TIMEZONE('UTC', 'UTC', CAST(t AS TIMESTAMP_NTZ))",
    "epoch_us(t)": "UNIX_MICROS(CAST(t AS TIMESTAMP))",
    "epoch_ms(t)": "UNIX_MILLIS(CAST(t AS TIMESTAMP))",
    "make_timestamptz(n)": "TIMESTAMP_MICROS(n)",
    "to_timestamp(n)": "TIMESTAMP_SECONDS(n)",
    "CAST(t AS TIMESTAMPTZ)": "CAST(t AS TIMESTAMP)",
    "CAST(t AS TIMESTAMP)": "CAST(t AS TIMESTAMP_NTZ)",
    "strftime(t, '%Y-%m-%dT%H:%M')": "DATE_FORMAT(t, 'yyyy-MM-dd\\'T\\'HH:mm')",
    "d + to_months(n)": "ADD_MONTHS(d, n)",
    # text
    "concat(s, n)": "CONCAT_WS('', s, n)",
    "left(s, -1)": "LEFT(s, GREATEST(LENGTH(s) - 1, 0))",
    "strip_accents(s)": "TRANSLATE(s, 'áàäâãåéèëêíìïîóòöôõúùüûñçýÿÁÀÄÂÃÅÉÈËÊÍÌÏÎÓÒÖÔÕÚÙÜÛÑÇÝ', "
    "'aaaaaaeeeeiiiiooooouuuuncyyAAAAAAEEEEIIIIOOOOOUUUUNCY')",
    "string_split(s, '.')": "SPLIT(s, '\\\\.')",
    "regexp_replace(s, '(\\d)', '<\\1>', 'g')": "REGEXP_REPLACE(s, '(\\\\d)', '<$1>')",
    "CAST(s AS UUID)": "CAST(s AS STRING)",
}


@pytest.mark.parametrize(("written", "expected"), RULES.items(), ids=RULES)
def test_an_expression_is_written_for_spark(written: str, expected: str) -> None:
    assert write_spark_sql(parse_statements(f"SELECT {written}")[0]) == f"SELECT {expected}"


def test_items_of_a_list_become_rows() -> None:
    query = "SELECT id, unnest(tags) AS tag, generate_subscripts(tags, 1) AS line FROM customers"
    assert write_spark_sql(parse_statements(query)[0]) == (
        "SELECT id, unnested.value AS tag, unnested.place + 1 AS line FROM customers "
        "LATERAL VIEW POSEXPLODE(tags) unnested AS place, value"
    )


def test_what_a_column_looks_up_is_joined() -> None:
    query = "SELECT x IN (SELECT y FROM b WHERE z) AS is_there FROM a WHERE x IN (SELECT y FROM b)"
    assert write_spark_sql(parse_statements(query)[0]) == (
        "SELECT CASE WHEN x IS NULL THEN NULL ELSE NOT looked_up_0.looked_up_0 IS NULL END AS is_there FROM a "
        "LEFT JOIN (SELECT DISTINCT y AS looked_up_0 FROM b WHERE z) AS looked_up_0 ON x = looked_up_0.looked_up_0 "
        "WHERE x IN (SELECT y FROM b)"
    )


def test_a_macro_is_written_out_with_its_arguments() -> None:
    macros = Macros()
    for statement in parse_statements(
        "CREATE MACRO twice(n) AS (n * 2); CREATE MACRO part(s) AS (twice(s.a));"
        "CREATE MACRO above(least) AS TABLE SELECT id FROM sales WHERE twice(amount) > least;"
    ):
        assert isinstance(statement, exp.Create)
        macros.define(statement)
    query = macros.expand(parse_statements("SELECT part({'a': x + 1}), y FROM above(3) AS big")[0])
    assert query.sql("duckdb") == (
        "SELECT ((({'a': x + 1}.a) * 2)), y FROM (SELECT id FROM sales WHERE (amount * 2) > 3) AS big"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pa.scalar("it's"), "'it\\'s'"),
        (pa.scalar(None, pa.date32()), "CAST(NULL AS DATE)"),
        (pa.scalar([], pa.list_(pa.string())), "CAST(ARRAY() AS ARRAY<STRING>)"),
        (pa.scalar(1.5), "CAST('1.5' AS DOUBLE)"),
        (pa.scalar(0, pa.timestamp("us")), "CAST('1970-01-01 00:00:00.000000' AS TIMESTAMP_NTZ)"),
        (pa.scalar(0, pa.timestamp("us", "UTC")), "CAST('1970-01-01 00:00:00.000000+00:00' AS TIMESTAMP)"),
    ],
    ids=str,
)
def test_a_value_is_a_literal_of_its_type(value: pa.Scalar, expected: str) -> None:
    assert write_spark_sql(build_literal(value)) == expected


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with every table, and none of the sales so small that the client would read it."""
    with closing(connect_in_memory(ResourceLimits())) as con:
        build_empty_snapshot(con)
        facts = {
            "source": "",
            "fingerprint": "",
            "loaded_at": NOW.isoformat(),
            "schema_version": str(SCHEMA_VERSION),
            "options": "",
        }
        write_lake(con, build_manifest(facts), tmp_path / "lake")
    empty = open_lake(tmp_path / "lake")
    tables = {
        name: replace(table, rows=1 if table.name.startswith("raw.") else 0)
        for name, table in empty.tables.items()
    }
    return replace(empty, tables=tables)


@pytest.fixture
def session(lake: Lake, tmp_path: Path) -> Iterator[Session]:
    """A session on a cluster without rows, with every view."""
    with closing(open_without_rows()) as empty, closing(duckdb.connect()) as local:
        session = build_empty_session(empty, Library(tmp_path / "none"))
        local.execute("SET TimeZone = 'UTC'")
        create_tables(local, lake)
        engine = SparkEngine(SparkConnection(local, RecordingCluster(), LakeTables(lake)))
        session = replace(session, engine=engine, scope=replace(session.scope, tenants=(1, 3)))
        engine.set_scope(session.scope, build_variables(session), shared_views.read_rules())
        views = build_shared_views(session, shared_views.load_shared_views(), "all")
        engine.create_shared_views(views)
        engine.create_row_counts()
        yield session


def test_every_report_and_view_of_the_project_is_written_for_spark(session: Session) -> None:
    engine = session.engine
    assert isinstance(engine, SparkEngine)
    parameters = build_parameters(session) | dict(DEFAULT_PARAMETERS) | dict(_COMMAND_PARAMETERS)
    for name in session.library.list_names():
        report = session.library.load_report(name)
        engine.run_query(report.sql, parameters, masks=session.request.policy.find_masks(report.columns))
    for view in list(engine.con.relations.by_name):
        engine.run_query(f"SELECT * FROM {view}", {})
    engine.fill_unseen_rows()
    engine.run_query("SELECT * FROM unseen_rows", {})
    assert isinstance(engine.con.cluster, RecordingCluster)
    assert len(engine.con.cluster.queries) > len(session.library.list_names())


def test_ctrl_c_stops_the_cluster(session: Session) -> None:
    assert isinstance(session.engine, SparkEngine)
    cluster = session.engine.con.cluster
    assert isinstance(cluster, RecordingCluster)
    with pytest.raises(KeyboardInterrupt), stop_at_ctrl_c(session.engine):
        raise KeyboardInterrupt
    assert cluster.queries[-1] == "interrupted"


@pytest.mark.parametrize("keeps_rows", [True, False])
def test_a_table_is_computed_once_where_the_cluster_keeps_it(session: Session, *, keeps_rows: bool) -> None:
    engine = session.engine
    assert isinstance(engine, SparkEngine)
    cluster = engine.con.cluster
    assert isinstance(cluster, RecordingCluster)
    cluster.keeps_rows = keeps_rows
    for column in ("id", "local_date"):
        engine.run_query(f"SELECT {column} FROM order_facts", {})
    assert len(cluster.kept) == len(set(cluster.kept))
    assert bool(cluster.kept) is keeps_rows
    assert [query.startswith("WITH ") for query in cluster.queries[-2:]] == [not keeps_rows] * 2


def test_what_is_fetched_is_there_and_stays_on_the_client(session: Session) -> None:
    engine = session.engine
    assert isinstance(engine, SparkEngine)
    assert set(engine.con.relations.by_name) >= FETCHED
    cluster = engine.con.cluster
    assert isinstance(cluster, RecordingCluster)
    engine.run_query("SELECT * FROM sale_sums", {})
    before = len(cluster.queries)
    assert engine.run_query("SELECT sum(revenue) FROM sale_sums", {}).num_rows == 1
    assert len(cluster.queries) == before
