"""The process that runs a user's SQL: it opens the snapshot read-only, and answers one query after the other.

It ends when the program closes its pipe, kills it, or is killed itself.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO

from opttius_cli import i18n
from opttius_cli.engines.own_sql import messages
from opttius_cli.scope.row_counts import ROW_COUNTS
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import duckdb

    from opttius_cli.engines.duckdb import DuckEngine
    from opttius_cli.engines.own_sql.statement import Statement
    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.privacy.policy import Policy
    from opttius_cli.result import Scope
    from opttius_cli.snapshot.open import ResourceLimits

_BATCH_ROWS = 65_536
_RESERVED_BYTES = 256_000_000
"""What threads and allocators reserve of addresses and do not use; the program watches the memory that is used."""

_PLAIN_TYPES = (
    *("VARCHAR", "BOOLEAN", "DATE", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
)
"""The types whose values every format writes."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process needs to open a session: the snapshot (None: one without rows), scope, views and policy."""

    path: Path | None
    limits: ResourceLimits
    scope: Scope
    variables: Mapping[str, Any]
    rules: str
    views: tuple[SharedView, ...]
    policy: Policy
    language: str


@dataclass(frozen=True, slots=True)
class Query:
    """A user's SQL with its parameters. ``converts``: columns of other types than a report has become texts."""

    sql: str
    parameters: Mapping[str, Any]
    converts: bool = False


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Open the session that the program describes, then answer its queries until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    received: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive_requests, args=(requests, received), daemon=True).start()
    import_libraries()
    setup: Setup = received.get()
    try:
        i18n.set_language(setup.language)
        session = _open_session(setup)
    except Exception as error:  # noqa: BLE001 - the program tells it
        _send_error(answers, error, setup.path)
        return
    con = session.engine.con
    max_bytes = con.execute("SELECT parse_formatted_bytes(current_setting('memory_limit'))").fetchall()[0][0]
    messages.send_message(answers, messages.READY, str(max_bytes).encode())
    from opttius_cli.engines.own_sql.memory import limit_address_space

    limit_address_space(max_bytes + _RESERVED_BYTES)
    while True:
        query: Query = received.get()
        try:
            _answer(session, query, answers)
        except Exception as error:  # noqa: BLE001 - the program tells it
            _send_error(answers, error, setup.path, query.sql)


def _receive_requests(requests: BinaryIO, received: SimpleQueue[Any]) -> None:
    """Put what the program sends into ``received``; end this process when it closes its pipe, or is no more.

    A query runs in another thread, so one that takes long does not outlive the program.
    """
    setup: Setup | None = None
    with suppress(EOFError):
        while True:
            request = messages.receive_object(requests)
            setup = setup or request
            received.put(request)
    if setup and setup.path:
        from opttius_cli.snapshot.temp_files import remove_path, spill_folder

        remove_path(spill_folder(setup.path))
    os._exit(0)


def import_libraries() -> None:
    """Import what answers need, while the program still prepares the question; numpy is not needed."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    import duckdb  # noqa: F401
    import pyarrow as pa

    # Arrow's own allocator reserves far more addresses than it uses, and those are limited here.
    pa.set_memory_pool(pa.system_memory_pool())


@dataclass(slots=True)
class _Session:
    """An open session, with those of its shared views that a statement has named."""

    setup: Setup
    engine: DuckEngine
    created: set[str] = field(default_factory=set)

    @property
    def visible(self) -> frozenset[str]:
        """The tables that a user's SQL may name."""
        from opttius_cli.engines.own_sql.masked_views import SCOPE_TABLES

        return SCOPE_TABLES | {view.name for view in self.setup.views if not view.internal}

    def create_views(self, words: Collection[str]) -> None:
        """Create the scoped and shared views and macros that are among ``words``, with those that they need.

        All of them would take longer than most questions.
        """
        self.engine.scoped.create(words)
        views = self.setup.views
        named = {view.name for view in views if not view.defines.isdisjoint(words)}
        for view in reversed(views):
            if view.name in named:
                named |= view.uses
        self.engine.create_shared_views([view for view in views if view.name in named - self.created])
        self.created |= named
        if not ROW_COUNTS.isdisjoint(words):
            self.engine.create_row_counts()


def _open_session(setup: Setup) -> _Session:
    """Open the snapshot with its scoped views and macros, locked up."""
    from pathlib import Path

    from opttius_cli.engines.duckdb import DuckEngine
    from opttius_cli.files.permissions import make_private_folder
    from opttius_cli.snapshot.build import build_empty_snapshot
    from opttius_cli.snapshot.open import connect_duckdb, lock_connection
    from opttius_cli.snapshot.temp_files import spill_folder

    if setup.path:
        # DuckDB would create the folder readable for everybody, but it uses one that exists.
        make_private_folder(spill_folder(setup.path))
    con = connect_duckdb(setup.path or Path(":memory:"), setup.limits, read_only=setup.path is not None)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET python_enable_replacements = false")
    if setup.path is None:
        build_empty_snapshot(con)
    lock_connection(con)
    session = _Session(setup, DuckEngine(con))
    session.engine.set_scope(setup.scope, setup.variables, setup.rules)
    return session


def _answer(session: _Session, query: Query, answers: BinaryIO) -> None:
    """Check and run one query, and send its rows."""
    from opttius_cli.engines.duckdb import bind_parameters
    from opttius_cli.engines.own_sql.masked_views import build_masked_views
    from opttius_cli.engines.own_sql.side_tables import SideTables
    from opttius_cli.engines.own_sql.statement import check_statement, parse_statement

    con = session.engine.con
    parse = parse_statement(con, query.sql)
    # Before the check, which refuses the names of tables that are there and not for this statement.
    session.create_views(parse.words)
    statement = check_statement(con, parse, session.visible)
    side_tables = SideTables(con, session.setup.policy)
    try:
        views = build_masked_views(con, statement, side_tables)
        sql = f"{views}SELECT * FROM (\n{statement.text}\n) AS answer"
        parsed, bound = bind_parameters(con, sql, query.parameters)
        _send_rows(_convert_columns(_bind(con, parsed, bound, statement), query), answers)
    finally:
        side_tables.drop()


def _bind(
    con: duckdb.DuckDBPyConnection, sql: Any, parameters: Any, statement: Statement
) -> duckdb.DuckDBPyRelation:
    """Return the rows of ``sql``, which are not computed yet. Raises InvalidStatementError for names that it lacks."""
    import duckdb

    from opttius_cli.engines.own_sql.explain_fault import explain_fault
    from opttius_cli.engines.own_sql.masked_views import describe_view

    try:
        return con.sql(sql, params=parameters)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        columns = [name for table in sorted(statement.tables) for name, _kind in describe_view(con, table)]
        raise explain_fault(str(error), columns) from error


def _convert_columns(rows: duckdb.DuckDBPyRelation, query: Query) -> duckdb.DuckDBPyRelation:
    """Return ``rows`` with columns of types that a report may have."""
    columns = [
        _convert(name, str(kind), converts=query.converts)
        for name, kind in zip(rows.columns, rows.types, strict=True)
    ]
    if not any(columns):
        return rows
    names = map(quote_identifier, rows.columns)
    return rows.project(", ".join(sql or name for sql, name in zip(columns, names, strict=True)))


def _convert(name: str, data_type: str, *, converts: bool) -> str | None:
    """Return the SQL of a column whose type no report has; None where its values stay as they are."""
    column = quote_identifier(name)
    if data_type in {"HUGEINT", "UHUGEINT"}:
        # Arrow has no such numbers: those of more than 38 digits are an error, not another number.
        return f"CAST({column} AS DECIMAL(38, 0)) AS {column}"
    if not converts or (data_type.startswith(_PLAIN_TYPES) and "[" not in data_type):
        return None
    if data_type in {"DOUBLE", "FLOAT"}:
        return f"TRY_CAST({column} AS DECIMAL(38, 6)) AS {column}"
    return f"CAST({column} AS VARCHAR) AS {column}"


def _send_rows(rows: duckdb.DuckDBPyRelation, answers: BinaryIO) -> None:
    import pyarrow as pa

    class Sink:
        """A file that sends what Arrow writes to it."""

        closed = False

        @staticmethod
        def write(data: bytes) -> int:
            messages.send_message(answers, messages.ARROW, memoryview(data))
            return len(data)

        def flush(self) -> None:
            """Do nothing: the end of the rows flushes."""

        def close(self) -> None:
            """Do nothing: the pipe stays open."""

    with rows.to_arrow_reader(_BATCH_ROWS) as reader:
        writer = pa.ipc.new_stream(pa.PythonFile(Sink(), mode="w"), reader.schema)
        for batch in reader:
            writer.write_batch(batch)
        writer.close()
    messages.send_message(answers, messages.END)


def _send_error(answers: BinaryIO, error: Exception, path: Path | None, sql: str = "") -> None:
    from opttius_cli.engines.own_sql.errors import describe_error

    messages.send_error(answers, describe_error(error, path, sql))


def main() -> None:
    """Serve on standard input and output, in a process of its own."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence_streams()
    serve(requests, answers)


def silence_streams() -> None:
    """Detach the standard streams: what a library writes when it dies is nobody's output."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
