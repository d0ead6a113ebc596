"""Run SQL that a user wrote: masked views of the session's scope, in a process of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli import i18n
from opttius_cli.engines.own_sql.errors import InvalidSqlError, OwnSqlOnClusterError
from opttius_cli.errors import InvalidReportError, NotAllowedError
from opttius_cli.reports.shared_views import list_own_sql_views, read_rules
from opttius_cli.session.cluster_access import SPARK
from opttius_cli.session.parameters.query import (
    DEFAULT_PARAMETERS,
    build_parameters,
    build_shared_views,
    build_variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from opttius_cli.engines.own_sql.process import OwnSqlProcess
    from opttius_cli.engines.own_sql.worker import Setup
    from opttius_cli.reports.header_schema import History
    from opttius_cli.session.state import Session


@dataclass(slots=True)
class OwnSql:
    """The process that runs a user's SQL for one session at a time; started when it is first needed."""

    process: OwnSqlProcess | None = None

    def start(self) -> OwnSqlProcess:
        """Start the process now: before the engine runs, a fork is safe, and the process is there at once."""
        from opttius_cli.engines.own_sql.process import start_process

        self.process = start_process()
        return self.process

    def open_session(self, setup: Setup) -> OwnSqlProcess:
        """Let the process open a session; it does so while the program goes on."""
        process = self.process or self.start()
        if not process.is_open:
            process.open_session(setup)
        return process

    def run_query(
        self,
        setup: Setup,
        sql: str,
        parameters: Mapping[str, Any],
        name: str | None,
        *,
        seconds: float,
        converts: bool,
    ) -> pa.Table:
        """Run ``sql``, of the report ``name`` (None: typed), and return its rows."""
        from opttius_cli.engines.own_sql.worker import Query

        process = self.open_session(setup)
        try:
            return process.run_query(Query(sql, parameters, converts), name, seconds)
        except (NotAllowedError, InvalidReportError, InvalidSqlError):
            raise
        except BaseException:
            # It was killed, or is in the middle of something.
            self.close()
            raise

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process:
            self.process.close()
        self.process = None


@contextmanager
def prepare_own_sql(*, is_needed: bool) -> Iterator[OwnSql]:
    """Yield the process for a user's SQL, started at once where it ``is_needed``, and end it."""
    own_sql = OwnSql()
    if is_needed:
        own_sql.start()
    try:
        yield own_sql
    finally:
        own_sql.close()


def build_setup(session: Session, history: History) -> Setup:
    """Return what the process needs to see what ``session`` sees. Raises UsageError on an engine without own SQL."""
    from opttius_cli.engines.own_sql.worker import Setup

    if session.request.config.engine == SPARK:
        raise OwnSqlOnClusterError
    return Setup(
        session.path,
        session.limits,
        session.scope,
        build_variables(session),
        read_rules(),
        tuple(build_shared_views(session, list_own_sql_views(), history)),
        session.request.policy,
        i18n.get_locale(),
    )


def run_own_sql(
    session: Session,
    sql: str,
    name: str | None,
    history: History,
    *,
    converts: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> pa.Table:
    """Run ``sql`` on the masked views of the session's scope and return its rows.

    ``converts``: columns of other types than a report has become texts. ``parameters`` are those of the session
    unless others are given.

    Raises:
        NotAllowedError, InvalidReportError, TimeLimitError, OutOfMemoryError: it cannot be run.
    """
    return session.request.own_sql.run_query(
        build_setup(session, history),
        sql,
        parameters or (build_parameters(session) | dict(DEFAULT_PARAMETERS)),
        name,
        seconds=session.request.config.report_seconds,
        converts=converts,
    )
