"""Translation of the driver's errors into messages that name a cause and what to do.

The server's own text is shown only where no cause is known, and never with a secret in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError, WithheldError
from opttius_cli.i18n import N_, _
from opttius_cli.sources.postgres.role import connecting, login, patient

if TYPE_CHECKING:
    from opttius_cli.sources.postgres.address import Address

_Cause = tuple[str, str]
_REFUSED: tuple[_Cause, ...] = (
    (
        r"no password supplied",
        N_(
            "{place} asks for a password and none was given. Put it into PGPASSWORD, or into ~/.pgpass, "
            "which nobody else may read (chmod 600)."
        ),
    ),
    (
        r"password authentication failed|\b28P01\b",
        N_("{place} rejects the password of “{user}”. Check PGPASSWORD, ~/.pgpass or the service file."),
    ),
    (
        r"no pg_hba\.conf entry|\b28000\b",
        N_(
            "{place} does not accept connections from here as “{user}”. Allow it in the server's pg_hba.conf."
        ),
    ),
    (
        r"role \".*\" does not exist",
        N_("The role “{user}” does not exist at {place}. Check the address."),
    ),
    (
        r"is not permitted to log in",
        N_("“{user}” may not log in at {place}. Let its owner run: {login}"),
    ),
    (
        r"permission denied for database",
        N_("“{user}” may not connect to the database of {place}. Let its owner run: {connecting}"),
    ),
)
"""Causes of a refused login, by a pattern of the server's text."""
_UNREACHED: tuple[_Cause, ...] = (
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
        N_("{host} cannot be reached from here. Check the network, and whether a VPN is needed."),
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
        r"database \".*\" does not exist|\b3D000\b",
        N_("{place} has no database of that name. Check the address."),
    ),
    (
        r"too many (clients|connections)|remaining connection slots|\b53300\b",
        N_("{place} has no free connections. Try again in a moment."),
    ),
    (
        r"starting up|shutting down|recovery mode|\b57P0[123]\b",
        N_("{place} is starting or stopping. Try again in a moment."),
    ),
)
"""Causes of a failed connection."""
_HIDDEN = re.compile(r"row-level security|row security")
_DENIED = re.compile(r"^permission denied|\b42501\b")
_NO_RIGHT = N_("“{user}” may not read everything that is needed. Grant SELECT on it: {details}")
_NOT_ALL_ROWS = N_(
    "Row-level security hides rows from “{user}”: the figures would be too small. Read with a role that "
    "has BYPASSRLS, or say that this one is meant to see a part (postgres.restricted = true)."
)
_STOPPED: tuple[_Cause, ...] = (
    (
        r"due to (user request|conflict with recovery)",
        N_("{place} cancelled a query: {details}. Try again in a moment."),
    ),
    (
        r"\b(42P01|42703)\b",
        N_("The tables of {place} changed while they were read. Load again. ({details})"),
    ),
    (
        r"\b(42883|42804|42846)\b",
        N_(
            "A column of {place} changed its type while it was read, or has one that cannot be used here. Load again; "
            "if that does not help, give opttius a view with another type (postgres.schema). ({details})"
        ),
    ),
)
"""Causes of a failed query."""
_TOO_LONG = N_(
    "{place} stopped a query that took longer than the statement timeout. "
    "Allow more time (postgres.statement_timeout)."
)
_TOO_LONG_FOR_ROLE = N_(
    "{place} stopped before the first query: the statement_timeout of “{user}”, of the database or of the "
    "server is too short. Let its owner run: {timeout}"
)
_FAILS = N_(
    "{place} stops at a value of the data that a view, a function or a type there cannot take, and will until its "
    "owner fixes it ({details})."
)
_UNKNOWN = N_("{place} cannot be read: {details}")
_BROKE_OFF = N_("The connection to {place} was lost while it was read. Try again in a moment.")

_IN_STREAM = re.compile(r"\[PGRES_FATAL_ERROR\]: (?!FATAL|PANIC)\S+:\s+(.*)")
"""A server error while rows arrive; an error that ends the session looks different."""
_RAISED = re.compile(r"^CONTEXT:.* at (RAISE|ASSERT)$", re.MULTILINE)
_OF_VALUES = re.compile(r"(22|23|P0)\w{3}")
_OF_THE_MACHINE = re.compile(r"^(out of memory|could not (open|read|write|extend) |temporary file size )")
_WITHOUT_VALUES = re.compile(
    r"^(invalid input (syntax for type|value for enum) [\w ]+|division by zero|[\w ]+ out of range|value too long|"
    r"invalid byte sequence for encoding)"
)
"""The start of the server's text about a value, up to where it shows the value itself."""
_BROKEN = re.compile(
    r"server closed the connection|terminating connection|connection.*(lost|reset|closed)|no connection to the server|"
    r"could not receive data|broken pipe|SSL SYSCALL|unexpected EOF|PQgetCopyData",
    re.IGNORECASE,
)


class UnreachableError(SourceError):
    """The database cannot be reached, or went away."""


class HiddenRowsError(WithheldError):
    """Row-level security hides rows from the role, and postgres.restricted does not allow that."""


class SilentError(UnreachableError):
    """The server did not answer within the timeout."""

    def __init__(self, address: Address, seconds: float) -> None:
        super().__init__(
            _(
                "{place} has not answered for {seconds} seconds. Check the network and the server, or allow "
                "more time (postgres.connect_timeout, postgres.statement_timeout).",
                place=address.shown,
                seconds=f"{seconds:g}",
            )
        )


class GarbledError(UnreachableError):
    """A text in the database cannot be decoded; :meth:`for_table` adds the table."""

    def __init__(self, address: Address, told: str, table: str | None = None) -> None:
        self._known = (address, told)
        place = address.shown
        where = place if table is None else _("Table {table} of {place}", table=table, place=place)
        super().__init__(
            _(
                "{where} holds a text that is not of the database's encoding and cannot be read as UTF-8 "
                "({details}). Let its owner fix that text, or put a view without it in the table's place.",
                where=where,
                details=told,
            )
        )

    def of(self, table: str) -> GarbledError:
        """Return the same error with the name of the table."""
        return GarbledError(*self._known, table)


_GARBLED = re.compile(r"\b(22021|22P05)\b|invalid byte sequence|has no equivalent in encoding")


def failure(error: Exception, address: Address, *, governed: bool = True) -> SourceError:
    """Translate an error of the driver. It must not be chained, so that no driver text reaches a log.

    ``limits_set`` says that our own time limits are in force, not those that the server has for the role.
    """
    # Search the text before secrets are redacted: a password such as “password” would remove the cause.
    text, code = str(error), getattr(error, "sqlstate", None) or ""
    in_stream = _IN_STREAM.search(text)
    said = in_stream[1].strip() if in_stream else _primary(error) or _first_line(scrubbed(text, address))
    if _GARBLED.search(f"{said} {code}") and not _RAISED.search(text):
        return GarbledError(address, scrubbed(said, address))
    if not (code or in_stream):
        kind, sentence = _of_connection(text, error)
    elif _OF_VALUES.fullmatch(code) or _RAISED.search(text):
        kind, sentence = UnreachableError, _FAILS
    else:
        kind, sentence = _of_question(said, code, governed=governed)
    if sentence == _FAILS:
        shown = _WITHOUT_VALUES.search(said)
        said = shown[0].strip() if shown else code or "ERROR"
    return kind(_(sentence, **_words(address, scrubbed(said, address))))


def _of_connection(text: str, error: Exception) -> tuple[type[SourceError], str]:
    """Return the error class and message for a connection that failed or was lost."""
    refused = _fitting(_REFUSED, text)
    if refused:
        return WithheldError, refused
    broken = _BROKE_OFF if _BROKEN.search(text) or isinstance(error, OSError) else _UNKNOWN
    return UnreachableError, _fitting(_UNREACHED, text) or broken


def _of_question(said: str, code: str, *, governed: bool) -> tuple[type[SourceError], str]:
    """Return the error class and message for a failed query, by its text and its SQLSTATE.

    ``code`` is empty for an error that comes while rows arrive.
    """
    if "statement timeout" in said:
        return UnreachableError, _TOO_LONG if governed else _TOO_LONG_FOR_ROLE
    if _HIDDEN.search(said):
        return HiddenRowsError, _NOT_ALL_ROWS
    if _DENIED.search(f"{said} {code}"):
        return WithheldError, _NO_RIGHT
    cause = _fitting(_STOPPED, f"{said} {code}") or _fitting(_UNREACHED, code)
    # Any other error while rows arrive comes from the view or function that produces them.
    rest = _UNKNOWN if code or _OF_THE_MACHINE.search(said) else _FAILS
    return UnreachableError, cause or rest


def _fitting(causes: tuple[_Cause, ...], text: str) -> str | None:
    return next((sentence for pattern, sentence in causes if re.search(pattern, text)), None)


def _words(address: Address, told: str) -> dict[str, str]:
    """Build the values for the placeholders of messages; ``details`` is the server's text."""
    role = address.user or "?"
    return {
        "place": address.shown,
        "host": address.host,
        "port": address.port,
        "user": role,
        "details": told,
        "login": login(role),
        "connecting": connecting(address.parameters.get("dbname", role), role),
        "timeout": patient(role),
    }


def _primary(error: Exception) -> str:
    """Return the server's primary message, where the driver passes it on separately."""
    for key, value in getattr(error, "details", None) or ():
        if key in {"PG_DIAG_MESSAGE_PRIMARY", b"PG_DIAG_MESSAGE_PRIMARY"}:
            return bytes(value).decode(errors="replace")
    return ""


def scrubbed(text: str, address: Address) -> str:
    """Replace the secrets of ``conn_info`` in ``text``."""
    for secret in address.secrets.values():
        text = text.replace(secret, "…")
    return text


def _first_line(text: str) -> str:
    """Return the server's message without the driver's text around it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return re.sub(r"^(.*?\b(ERROR|FATAL|PANIC)|.*?\[libpq\]\s*[^:]*):\s*", "", line).strip()
