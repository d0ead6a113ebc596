"""The database as a source: one read-only transaction, for the rows and columns that may be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.build import build_directory
from opttius_cli.snapshot.held import Limits as Memory
from opttius_cli.snapshot.held import connect
from opttius_cli.sources.postgres.belonging import Limits, condition, of_admin
from opttius_cli.sources.postgres.increment import build_on
from opttius_cli.sources.postgres.line import Line, dial
from opttius_cli.sources.postgres.pull import Pulled
from opttius_cli.sources.postgres.selection import Asked
from opttius_cli.sources.postgres.standstill import held
from opttius_cli.sources.postgres.surroundings import hide_service
from opttius_cli.sources.postgres.wanted import LIMITED, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.snapshot.source import Part, Site
    from opttius_cli.sources.postgres.address import Address
    from opttius_cli.sources.postgres.census import Found
    from opttius_cli.sources.postgres.terms import Terms

_GRACE = 5.0
"""Seconds that we wait longer than the server's own timeout."""


def connected(address: Address, terms: Terms) -> Line:
    """Connect and begin a read-only transaction that sees one state of the database. Raises SourceError."""
    must_be_safe(address, terms)
    told = address.parameters.get("connect_timeout", "")
    timeout = int(told) if told.isdigit() and int(told) else max(2, round(terms.connect_timeout))
    more = {"connect_timeout": str(timeout), "application_name": "opttius", **_encryption(address, terms)}
    hide_service()
    line = dial(
        address,
        address.conninfo(**more),
        connect_timeout=timeout * len(address.ways) + _GRACE,
        patience=terms.statement_timeout + _GRACE if terms.statement_timeout else math.inf,
    )
    try:
        _open(line, terms)
    except BaseException:
        line.close()
        raise
    return line


def must_be_safe(address: Address, terms: Terms) -> None:
    """Raise SourceError when rows would cross a network unencrypted without being allowed to."""
    mode = address.parameters.get("sslmode")
    if address.is_local or terms.plaintext or mode is None or address.is_encrypted:
        return
    raise SourceError(
        _(
            "sslmode={mode} would let rows cross the network unencrypted. Use sslmode=require or stricter, "
            "or allow it (postgres.allow_plaintext = true).",
            mode=mode,
        )
    )


def _encryption(address: Address, terms: Terms) -> dict[str, str]:
    """Return the parameters that require encryption, which the address can override."""
    return {} if address.is_local or terms.plaintext else {"sslmode": "require"}


def _open(line: Line, terms: Terms) -> None:
    """Set up the transaction; every setting is local to it, so that it works behind a pooler, too."""
    # The search path stays, because views may need it, but PostgreSQL's own functions come first.
    path = "concat_ws(', ', 'pg_catalog', nullif(pg_catalog.current_setting('search_path'), ''))"
    values = {
        "search_path": f"pg_catalog.{path}",
        "row_security": "'on'" if terms.restricted else "'off'",
        # A pooler may not pass on what was set when connecting.
        "client_encoding": "'UTF8'",
        "standard_conforming_strings": "'on'",
        "TimeZone": "'UTC'",
        "DateStyle": "'ISO, YMD'",
        # All digits of floating-point amounts.
        "extra_float_digits": "'1'",
        # Between two queries, the fetched rows are written, which may take a while.
        "idle_in_transaction_session_timeout": "'0'",
    }
    settings = (f"pg_catalog.set_config('{name}', {value}, true)" for name, value in values.items())
    line.run(f"SET LOCAL statement_timeout = {round(terms.statement_timeout * 1000)}")
    # Up to here, the role's own timeout was in force.
    line.governed = True
    line.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    line.run(f"SELECT {', '.join(settings)}")


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database with its settings and the rows that are requested from it."""

    address: Address
    terms: Terms
    wanted: Wanted = field(default_factory=Wanted)
    good_for: ClassVar[float | None] = 300.0

    @property
    def name(self) -> str:
        """Return the address without secrets."""
        return self.address.shown

    @property
    def key(self) -> str:
        """Return a key of database, scope and reader: what was loaded for one reader is shown to no other."""
        return "\0".join((self.name, self.fingerprint(), self.wanted.key, self.wanted.reader or ""))

    def fingerprint(self) -> str:
        """Return what decides which rows are read; it cannot tell whether the rows have changed."""
        return f"{self.address.identity};schema={self.terms.schema};restricted={self.terms.restricted}"

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """Connect, lock the tables and return a part for each. Raises SourceError."""
        line = connected(self.address, self.terms)
        site.held.callback(line.close)
        here = held(line, self.address, self.terms, self._begin_again)
        limits = self._limits(line, here, site)
        asking = {name: self._asked(line, here, name, limits, site) for name in here}
        if self.terms.incremental:
            build_on(line, site, asking, limits)
        return {name: [part] for name, part in asking.items()}

    def _begin_again(self, line: Line) -> None:
        line.run("ROLLBACK")
        line.run("BEGIN")
        _open(line, self.terms)

    def _asked(
        self, line: Line, here: Mapping[str, Found], name: str, limits: Limits | None, site: Site
    ) -> Pulled:
        table, types, schema = TABLES[name], here[name].types, self.terms.schema
        whose = condition(table, types, schema, limits, here["orders"].types) if limits else None
        if name == "admin_users" and self.wanted.find:
            whose = of_admin(self.wanted.reader)
        asked = Asked(table, types, schema, whose, here[name].identity)
        return Pulled(line, asked, f"{schema}.{name}", site.progress)

    def _limits(self, line: Line, here: Mapping[str, Found], site: Site) -> Limits | None:
        """Resolve the scope in the database's own directory; None when every row is requested."""
        if self.wanted.find is None:
            return None
        con = connect(Path(":memory:"), Memory())
        try:
            parts = {
                name: [self._asked(line, here, name, None, site)] for name in here if _is_directory(name)
            }
            build_directory(con, parts)
            scope = self.wanted.find(con)
            owners = con.execute("SELECT count(*) FROM meta.tenants").fetchone()
        finally:
            con.close()
        if owners and owners[0] == len(scope.tenants):
            return None
        site.facts[LIMITED] = ",".join(str(tenant) for tenant in scope.tenants)
        return Limits([branch.id for branch in scope.branches], scope.organization_id, scope.whole)


def _is_directory(name: str) -> bool:
    return TABLES[name].tenancy == "directory"
