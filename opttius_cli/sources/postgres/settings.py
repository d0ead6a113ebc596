"""The settings for a live database, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """How a database is read.

    ``restricted`` says that the role is meant to see only part of the rows. ``plaintext`` allows an
    unencrypted connection to another machine. Times are in seconds.
    """

    schema: str = "public"
    connect_timeout: float = 10.0
    statement_timeout: float = 300.0
    restricted: bool = False
    plaintext: bool = False
    incremental: bool = True
