"""A database as a source: one transaction that can only read, for the rows and columns that may be seen."""

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
"""Seconds by which we wait longer than the server was told to."""


def connected(address: Address, terms: Terms) -> Line:
    """A line in a transaction that sees one state of the database and can change nothing. Raises SourceError."""
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
    """Raise SourceError when rows would cross a network unencrypted and nobody has allowed that."""
    mode = address.parameters.get("sslmode")
    if address.is_local or terms.plaintext or mode is None or address.is_encrypted:
        return
    raise SourceError(
        _(
            "sslmode={mode} would let rows cross the network unencrypted. Take sslmode=require or more, "
            "or allow it (postgres.allow_plaintext = true).",
            mode=mode,
        )
    )


def _encryption(address: Address, terms: Terms) -> dict[str, str]:
    """What is demanded where the address says nothing."""
    return {} if address.is_local or terms.plaintext else {"sslmode": "require"}


def _open(line: Line, terms: Terms) -> None:
    """How the transaction begins. What is set for it alone, a pooler lets through and forgets afterwards."""
    # Of the path, what views of the database look up stays; what we call is PostgreSQL's own.
    path = "concat_ws(', ', 'pg_catalog', nullif(pg_catalog.current_setting('search_path'), ''))"
    values = {
        "search_path": f"pg_catalog.{path}",
        "row_security": "'on'" if terms.restricted else "'off'",
        # A pooler may not hand on what the connection demanded.
        "client_encoding": "'UTF8'",
        "standard_conforming_strings": "'on'",
        "TimeZone": "'UTC'",
        "DateStyle": "'ISO, YMD'",
        # Every digit that an amount in floating point has.
        "extra_float_digits": "'1'",
        # Between two tables, the rows that came are written down.
        "idle_in_transaction_session_timeout": "'0'",
    }
    settings = (f"pg_catalog.set_config('{name}', {value}, true)" for name, value in values.items())
    line.run(f"SET LOCAL statement_timeout = {round(terms.statement_timeout * 1000)}")
    # Until here, questions were at the mercy of the role's own timeout.
    line.governed = True
    line.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    line.run(f"SELECT {', '.join(settings)}")


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database on the given terms, for the rows that are wanted of it."""

    address: Address
    terms: Terms
    wanted: Wanted = field(default_factory=Wanted)
    good_for: ClassVar[float | None] = 300.0

    @property
    def name(self) -> str:
        """The address without secrets."""
        return self.address.shown

    @property
    def key(self) -> str:
        """The name, and for whom: what was loaded for one reader and scope is shown to no other."""
        return "\0".join((self.name, self.fingerprint(), self.wanted.key, self.wanted.reader or ""))

    def fingerprint(self) -> str:
        """What decides which rows are read: whether they have changed, only time tells."""
        return f"{self.address.identity};schema={self.terms.schema};restricted={self.terms.restricted}"

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """A part per table that is there. Raises SourceError."""
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
        """Whose rows to ask for, found in the database's own directory; None when everybody's are wanted."""
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
