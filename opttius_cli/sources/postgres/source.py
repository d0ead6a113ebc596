"""A database as a source: one transaction that can only read, for the rows and columns that may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.census import census, must_suffice, readable
from opttius_cli.sources.postgres.line import Line, dial
from opttius_cli.sources.postgres.pull import Pulled
from opttius_cli.sources.postgres.selection import select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.snapshot.source import Part, Site
    from opttius_cli.sources.postgres.address import Address
    from opttius_cli.sources.postgres.terms import Terms

_GRACE = 5.0
"""Seconds by which we wait longer than the server was told to."""


def connected(address: Address, terms: Terms) -> Line:
    """A line in a transaction that sees one state of the database and can change nothing. Raises SourceError."""
    must_be_safe(address, terms)
    timeout = max(2, round(terms.connect_timeout))
    more = {"connect_timeout": str(timeout), "application_name": "opttius", **_encryption(address, terms)}
    hosts = address.host.count(",") + 1
    line = dial(
        address,
        address.conninfo(**more),
        connect_timeout=timeout * hosts + _GRACE,
        patience=terms.statement_timeout + _GRACE,
    )
    try:
        for statement in _opening(terms):
            line.run(statement)
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


def _opening(terms: Terms) -> list[str]:
    """How the transaction begins. SET LOCAL is what a pooler lets through and forgets afterwards."""
    return [
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        f"SET LOCAL statement_timeout = {round(terms.statement_timeout * 1000)}",
        f"SET LOCAL row_security = {'on' if terms.restricted else 'off'}",
        "SET LOCAL standard_conforming_strings = on",
        "SET LOCAL TimeZone = 'UTC'",
        "SET LOCAL DateStyle = 'ISO, YMD'",
    ]


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database on the given terms."""

    address: Address
    terms: Terms
    good_for: ClassVar[float | None] = 300.0

    @property
    def name(self) -> str:
        """The address without secrets."""
        return self.address.shown

    def fingerprint(self) -> str:
        """What decides which rows are read: whether they have changed, only time tells."""
        return f"{self.address.identity};schema={self.terms.schema};restricted={self.terms.restricted}"

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """A part per table that is there. Raises SourceError."""
        line = connected(self.address, self.terms)
        site.held.callback(line.close)
        found = census(line, self.terms)
        must_suffice(found, self.address, self.terms)
        here = readable(found)
        return {
            name: [
                Pulled(
                    line,
                    TABLES[name],
                    f"{self.terms.schema}.{name}",
                    select(TABLES[name], one.types, self.terms.schema),
                    site.progress,
                )
            ]
            for name, one in here.items()
        }
