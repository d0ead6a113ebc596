"""The checks for any kind of source, and the database role that suits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli import redaction
from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor import database, exports
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.freshness import Today
from opttius_cli.errors import SourceError
from opttius_cli.period import DEFAULT_ZONE, load_zone
from opttius_cli.session.snapshot_access import build_postgres_settings
from opttius_cli.sources import registry
from opttius_cli.sources.mapping import read_mapping
from opttius_cli.sources.postgres.role_sql import create_role_sql
from opttius_cli.sources.postgres.source import PostgresSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from opttius_cli.config import Config
    from opttius_cli.doctor.findings import OnFinding
    from opttius_cli.sources.postgres.server_info import ServerInfo


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a database server shows (None for any other source and when the login failed), and a mapping to propose."""

    server: ServerInfo | None = None
    proposal: str | None = None


def run_checks(
    config: Config, environment: Mapping[str, str], clock: Callable[[], datetime], on_finding: OnFinding
) -> CheckResult:
    """Run the checks for the configured source; returns what a server shows, or the mapping to propose."""
    text, mapping = config.source or "", read_mapping(config)
    zone, naive_zone = load_zone(config.timezone or DEFAULT_ZONE), load_zone(config.naive_timezone)
    try:
        source = registry.open_source(
            text,
            registry.DatabaseOptions(build_postgres_settings(config), environment),
            mapping,
        )
    except SourceError as error:
        step = "address" if redaction.is_connection_string(text) else "source"
        on_finding(Finding(step, State.FAILED, str(error)))
        return CheckResult()
    if isinstance(source, PostgresSource):
        server = database.check_database(
            source.conn_info, source.settings, clock, on_finding, zone=zone, naive_zone=naive_zone
        )
        return CheckResult(server)
    today = Today(clock(), zone, naive_zone.key)
    settings = exports.ExportSettings(mapping, config.paid_statuses, today)
    return CheckResult(proposal=exports.check_export(source, settings, on_finding))


def build_role_sql(config: Config, server_info: ServerInfo | None, name: str) -> str:
    """Build the SQL of a role for the catalog's columns that the server has.

    For all of them when it is unknown.
    """
    if server_info is None:
        return create_role_sql(name, config.schema, None)
    relations = {table: server_info.relations[table] for table in TABLES if table in server_info.relations}
    hidden = any(relation.has_row_security for relation in relations.values())
    return create_role_sql(
        name,
        server_info.schema,
        {table: relation.columns for table, relation in relations.items()},
        database=server_info.session.database,
        bypasses=hidden and not config.restricted,
    )
