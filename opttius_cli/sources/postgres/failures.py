"""What goes wrong with a database, from the driver's words to a sentence with a cause and what to do.

The text of the server is passed on only where no cause is known, and never with a secret in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from opttius_cli.sources.postgres.address import Address

_CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"no password supplied",
        N_(
            "{place} wants a password and none was given. Put it into PGPASSWORD, or into ~/.pgpass, "
            "which nobody else may read (chmod 600)."
        ),
    ),
    (
        r"password authentication failed|\b28P01\b",
        N_("{place} refuses the password of “{user}”. Check PGPASSWORD, ~/.pgpass or the service file."),
    ),
    (
        r"could not translate host name|name resolution",
        N_("There is no host “{host}”, or no network to find it. Check the address."),
    ),
    (
        r"Connection refused",
        N_("Nothing listens at {host}, port {port}. Check the port, and whether the server runs."),
    ),
    (
        r"No such file or directory",
        N_("No server listens at the socket in {host}. Check the address, and whether the server runs."),
    ),
    (
        r"timeout expired|timed out",
        N_(
            "{place} does not answer. Check host, port and firewall, or allow more time "
            "(postgres.connect_timeout)."
        ),
    ),
    (
        r"No route to host|[Nn]etwork is unreachable",
        N_("There is no way to {host} from here. Check the network, and whether a VPN is needed."),
    ),
    (
        r"certificate|root\.crt",
        N_("The certificate of {host} cannot be trusted. Check sslrootcert and the name of the host."),
    ),
    (
        r"does not support SSL|SSL was required|SSL error|SSL negotiation",
        N_(
            "{host} offers no encryption. Turn it on at the server, or allow a plain connection "
            "(postgres.allow_plaintext = true)."
        ),
    ),
    (
        r"no pg_hba\.conf entry|\b28000\b",
        N_("{place} lets no connection in from here as “{user}”. Allow it in the server's pg_hba.conf."),
    ),
    (
        r"database \".*\" does not exist|\b3D000\b",
        N_("{place} has no database of that name. Check the address."),
    ),
    (
        r"role \".*\" does not exist",
        N_("{place} knows no role “{user}”. Check the address."),
    ),
    (
        r"too many (clients|connections)|remaining connection slots|\b53300\b",
        N_("{place} takes no more connections. Try again in a moment."),
    ),
    (
        r"statement timeout",
        N_(
            "{place} stopped answering a question, for it took longer than the statement timeout. "
            "Allow more time (postgres.statement_timeout)."
        ),
    ),
    (
        r"row-level security|row security",
        N_(
            "Row-level security hides rows from “{user}”: the figures would be too small. Read with a role that "
            "has BYPASSRLS, or say that this one is meant to see a part (postgres.restricted = true)."
        ),
    ),
    (
        r"permission denied|\b42501\b",
        N_("“{user}” may not read everything that is needed. Grant SELECT on it: {told}"),
    ),
    (
        r"\b(42P01|42703)\b",
        N_("The tables of {place} changed while they were read. Load again. ({told})"),
    ),
    (
        r"starting up|shutting down|recovery mode|\b57P0[123]\b",
        N_("{place} starts or stops just now. Try again in a moment."),
    ),
)
_BROKEN = re.compile(
    r"server closed the connection|terminating connection|connection.*(lost|reset|closed)|no connection to the server|"
    r"could not receive data|broken pipe|SSL SYSCALL|unexpected EOF|PQgetCopyData",
    re.IGNORECASE,
)


class UnreachableError(SourceError):
    """The database cannot be reached, or went away."""


class SilentError(UnreachableError):
    """The server says nothing for longer than it may."""

    def __init__(self, address: Address, seconds: float) -> None:
        super().__init__(
            _(
                "{place} has said nothing for {seconds} seconds. Check the network and the server, or allow more time "
                "(postgres.connect_timeout, postgres.statement_timeout).",
                place=address.shown,
                seconds=f"{seconds:g}",
            )
        )


class GarbledError(UnreachableError):
    """A text in the database is none in any encoding that is known; :meth:`of` says in which table."""

    def __init__(self, address: Address, told: str, table: str | None = None) -> None:
        self._known = (address, told)
        place = address.shown
        where = place if table is None else _("Table {table} of {place}", table=table, place=place)
        super().__init__(
            _(
                "{where} holds a text that is not of the database's encoding and cannot be read as UTF-8 ({told}). "
                "Let its owner mend that text, or put a view without it in the table's place.",
                where=where,
                told=told,
            )
        )

    def of(self, table: str) -> GarbledError:
        """The same, with the table that was read."""
        return GarbledError(*self._known, table)


_GARBLED = re.compile(r"\b(22021|22P05)\b|invalid byte sequence|has no equivalent in encoding")


def failure(error: Exception, address: Address) -> SourceError:
    """The sentence for what the driver raised. It is not chained: nothing of the driver's goes into a log."""
    # The cause is looked for in the whole text: a password such as “password” would hide it.
    text = str(error)
    code = getattr(error, "sqlstate", None) or ""
    words = {
        "place": address.shown,
        "host": address.host,
        "port": address.port,
        "user": address.user or "?",
        "told": _first_line(scrubbed(text, address)),
    }
    if _GARBLED.search(f"{text} {code}"):
        return GarbledError(address, words["told"])
    for pattern, sentence in _CAUSES:
        if re.search(pattern, f"{text} {code}"):
            return UnreachableError(_(sentence, **words))
    if _BROKEN.search(text) or (isinstance(error, OSError) and not code):
        return UnreachableError(
            _("The connection to {place} broke off while it was read. Try again in a moment.", **words)
        )
    return UnreachableError(_("{place} cannot be read: {told}", **words))


def scrubbed(text: str, address: Address) -> str:
    """``text`` without any of the secrets of ``address``."""
    for secret in address.secrets.values():
        text = text.replace(secret, "…")
    return text


def _first_line(text: str) -> str:
    """What the server said, without the driver's own words around it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return re.sub(r"^(.*?\b(ERROR|FATAL|PANIC)|.*?\[libpq\]\s*[^:]*):\s*", "", line).strip()
