"""The checks for any kind of source, and the database role that suits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli import addresses
from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor import database, exports
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.errors import SourceError
from opttius_cli.session import terms_of
from opttius_cli.sources import registry
from opttius_cli.sources.postgres.role import role_sql
from opttius_cli.sources.postgres.source import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from opttius_cli.config import Config
    from opttius_cli.doctor.findings import Tell
    from opttius_cli.sources.postgres.survey import Survey


def examine(
    config: Config, environment: Mapping[str, str], clock: Callable[[], datetime], tell: Tell
) -> Survey | None:
    """Run the checks for the configured source.

    Returns what a database server shows; None for any other source and when the login failed.
    """
    text = config.source or ""
    try:
        source = registry.open_source(text, registry.Live(terms_of(config), environment))
    except SourceError as error:
        step = "address" if addresses.is_address(text) else "source"
        tell(Finding(step, State.FAILED, str(error)))
        return None
    if isinstance(source, Database):
        return database.examine(source.address, source.terms, clock, tell)
    exports.examine(source, tell)
    return None


def role_for(config: Config, seen: Survey | None, name: str) -> str:
    """Build the SQL of a role for the catalog's columns that the server has.

    For all of them when it is unknown.
    """
    if seen is None:
        return role_sql(name, config.schema, None)
    ours = {table: seen.relations[table] for table in TABLES if table in seen.relations}
    hidden = any(relation.protected for relation in ours.values())
    return role_sql(
        name,
        seen.schema,
        {table: relation.columns for table, relation in ours.items()},
        database=seen.server.database,
        bypasses=hidden and not config.restricted,
    )
