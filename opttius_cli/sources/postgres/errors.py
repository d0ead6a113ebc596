"""Translation of the driver's errors into messages that name a cause and what to do.

The server's own text is shown only where no cause is known, and never with a secret in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.errors import PermissionDeniedError, SourceError
from opttius_cli.i18n import N_, _, n_, pick_number
from opttius_cli.sources.postgres.role_sql import enable_login, grant_connect, set_timeout_sql

if TYPE_CHECKING:
    from opttius_cli.sources.postgres.conninfo import ConnInfo

_Cause = tuple[str, str]
_LOGIN_CAUSES: tuple[_Cause, ...] = (
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
_CONNECTION_CAUSES: tuple[_Cause, ...] = (
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
_ROWS_HIDDEN_PATTERN = re.compile(r"row-level security|row security")
_PERMISSION_DENIED = re.compile(r"^permission denied|\b42501\b")
_SELECT_DENIED = N_("“{user}” may not read everything that is needed. Grant SELECT on it: {details}")
_ROWS_HIDDEN = N_(
    "Row-level security hides rows from “{user}”: the figures would be too small. Read with a role that "
    "has BYPASSRLS, or say that this one is meant to see a part (postgres.restricted = true)."
)
_QUERY_CAUSES: tuple[_Cause, ...] = (
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
_STATEMENT_TIMEOUT = N_(
    "{place} stopped a query that took longer than the statement timeout. "
    "Allow more time (postgres.statement_timeout)."
)
_ROLE_TIMEOUT = N_(
    "{place} stopped before the first query: the statement_timeout of “{user}”, of the database or of the "
    "server is too short. Let its owner run: {timeout}"
)
_BAD_VALUE = N_(
    "{place} stops at a value of the data that a view, a function or a type there cannot take, and will until its "
    "owner fixes it ({details})."
)
_OTHER_ERROR = N_("{place} cannot be read: {details}")
_CONNECTION_LOST = N_("The connection to {place} was lost while it was read. Try again in a moment.")

_STREAM_ERROR = re.compile(r"\[PGRES_FATAL_ERROR\]: (?!FATAL|PANIC)\S+:\s+(.*)")
"""A server error while rows arrive; an error that ends the session looks different."""
_RAISED_IN_FUNCTION = re.compile(r"^CONTEXT:.* at (RAISE|ASSERT)$", re.MULTILINE)
_VALUE_SQLSTATE = re.compile(r"(22|23|P0)\w{3}")
_SERVER_RESOURCE = re.compile(r"^(out of memory|could not (open|read|write|extend) |temporary file size )")
_VALUE_FREE_PREFIX = re.compile(
    r"^(invalid input (syntax for type|value for enum) [\w ]+|division by zero|[\w ]+ out of range|value too long|"
    r"invalid byte sequence for encoding)"
)
"""The start of the server's text about a value, up to where it shows the value itself."""
_CONNECTION_LOST_PATTERN = re.compile(
    r"server closed the connection|terminating connection|connection.*(lost|reset|closed)|no connection to the server|"
    r"could not receive data|broken pipe|SSL SYSCALL|unexpected EOF|PQgetCopyData",
    re.IGNORECASE,
)


class UnreachableError(SourceError):
    """The database cannot be reached, or went away."""


class HiddenRowsError(PermissionDeniedError):
    """Row-level security hides rows from the role, and postgres.restricted does not allow that."""


class ServerTimeoutError(UnreachableError):
    """The server did not answer within the timeout."""

    def __init__(self, conn_info: ConnInfo, seconds: float) -> None:
        super().__init__(
            n_(
                "{place} has not answered for {seconds} second. Check the network and the server, or allow "
                "more time (postgres.connect_timeout, postgres.statement_timeout).",
                "{place} has not answered for {seconds} seconds. Check the network and the server, or allow "
                "more time (postgres.connect_timeout, postgres.statement_timeout).",
                pick_number(seconds),
                place=conn_info.display_name,
                seconds=f"{seconds:g}",
            )
        )


class EncodingError(UnreachableError):
    """A text in the database cannot be decoded; :meth:`for_table` adds the table."""

    def __init__(self, conn_info: ConnInfo, details: str, table: str | None = None) -> None:
        self._arguments = (conn_info, details)
        place = conn_info.display_name
        where = place if table is None else _("Table {table} of {place}", table=table, place=place)
        super().__init__(
            _(
                "{where} holds a text that is not of the database's encoding and cannot be read as UTF-8 "
                "({details}). Let its owner fix that text, or put a view without it in the table's place.",
                where=where,
                details=details,
            )
        )

    def for_table(self, table: str) -> EncodingError:
        """Return the same error with the name of the table."""
        return EncodingError(*self._arguments, table)


_BAD_ENCODING = re.compile(r"\b(22021|22P05)\b|invalid byte sequence|has no equivalent in encoding")


def translate_error(error: Exception, conn_info: ConnInfo, *, limits_set: bool = True) -> SourceError:
    """Translate an error of the driver. It must not be chained, so that no driver text reaches a log.

    ``limits_set`` says that our own time limits are in force, not those that the server has for the role.
    """
    # Search the text before secrets are redacted: a password such as “password” would remove the cause.
    text, code = str(error), getattr(error, "sqlstate", None) or ""
    stream_error = _STREAM_ERROR.search(text)
    message = (
        stream_error[1].strip()
        if stream_error
        else _get_primary_message(error) or _extract_message(redact_secrets(text, conn_info))
    )
    if _BAD_ENCODING.search(f"{message} {code}") and not _RAISED_IN_FUNCTION.search(text):
        return EncodingError(conn_info, redact_secrets(message, conn_info))
    if not (code or stream_error):
        error_class, sentence = _find_connection_cause(text, error)
    elif _VALUE_SQLSTATE.fullmatch(code) or _RAISED_IN_FUNCTION.search(text):
        error_class, sentence = UnreachableError, _BAD_VALUE
    else:
        error_class, sentence = _find_query_cause(message, code, limits_set=limits_set)
    if sentence == _BAD_VALUE:
        prefix = _VALUE_FREE_PREFIX.search(message)
        message = prefix[0].strip() if prefix else code or "ERROR"
    return error_class(_(sentence, **_build_placeholders(conn_info, redact_secrets(message, conn_info))))


def _find_connection_cause(text: str, error: Exception) -> tuple[type[SourceError], str]:
    """Return the error class and message for a connection that failed or was lost."""
    login_cause = _match_cause(_LOGIN_CAUSES, text)
    if login_cause:
        return PermissionDeniedError, login_cause
    fallback = (
        _CONNECTION_LOST
        if _CONNECTION_LOST_PATTERN.search(text) or isinstance(error, OSError)
        else _OTHER_ERROR
    )
    return UnreachableError, _match_cause(_CONNECTION_CAUSES, text) or fallback


def _find_query_cause(message: str, code: str, *, limits_set: bool) -> tuple[type[SourceError], str]:
    """Return the error class and message for a failed query, by its text and its SQLSTATE.

    ``code`` is empty for an error that comes while rows arrive.
    """
    if "statement timeout" in message:
        return UnreachableError, _STATEMENT_TIMEOUT if limits_set else _ROLE_TIMEOUT
    if _ROWS_HIDDEN_PATTERN.search(message):
        return HiddenRowsError, _ROWS_HIDDEN
    if _PERMISSION_DENIED.search(f"{message} {code}"):
        return PermissionDeniedError, _SELECT_DENIED
    cause = _match_cause(_QUERY_CAUSES, f"{message} {code}") or _match_cause(_CONNECTION_CAUSES, code)
    # Any other error while rows arrive comes from the view or function that produces them.
    fallback = _OTHER_ERROR if code or _SERVER_RESOURCE.search(message) else _BAD_VALUE
    return UnreachableError, cause or fallback


def _match_cause(causes: tuple[_Cause, ...], text: str) -> str | None:
    return next((sentence for pattern, sentence in causes if re.search(pattern, text)), None)


def _build_placeholders(conn_info: ConnInfo, details: str) -> dict[str, str]:
    """Build the values for the placeholders of messages; ``details`` is the server's text."""
    role = conn_info.user or "?"
    return {
        "place": conn_info.display_name,
        "host": conn_info.host,
        "port": conn_info.port,
        "user": role,
        "details": details,
        "login": enable_login(role),
        "connecting": grant_connect(conn_info.parameters.get("dbname", role), role),
        "timeout": set_timeout_sql(role),
    }


def _get_primary_message(error: Exception) -> str:
    """Return the server's primary message, where the driver passes it on separately."""
    for key, value in getattr(error, "details", None) or ():
        if key in {"PG_DIAG_MESSAGE_PRIMARY", b"PG_DIAG_MESSAGE_PRIMARY"}:
            return bytes(value).decode(errors="replace")
    return ""


def redact_secrets(text: str, conn_info: ConnInfo) -> str:
    """Replace the secrets of ``conn_info`` in ``text``."""
    for secret in conn_info.secrets.values():
        text = text.replace(secret, "…")
    return text


def _extract_message(text: str) -> str:
    """Return the server's message without the driver's text around it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return re.sub(r"^(.*?\b(ERROR|FATAL|PANIC)|.*?\[libpq\]\s*[^:]*):\s*", "", line).strip()
