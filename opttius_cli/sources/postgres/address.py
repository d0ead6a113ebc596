"""Parsing of connection strings and URLs, done here so that no message ever shows text which does not parse.

Parameters that the text leaves out come from the service file, then from the environment, as in libpq.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from opttius_cli.addresses import names_secret
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.services import service
from opttius_cli.sources.postgres.surroundings import told_by

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRETS = ("password", "sslpassword")
_KEYS = frozenset(
    (
        *("host", "hostaddr", "port", "dbname", "user", "password", "passfile", "service", "require_auth"),
        *("connect_timeout", "client_encoding", "options", "application_name", "fallback_application_name"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "sslcrldir", "sslsni"),
        *("sslcompression", "sslnegotiation", "sslcertmode", "ssl_min_protocol_version", "channel_binding"),
        *("ssl_max_protocol_version", "gssencmode", "krbsrvname", "gsslib", "gssdelegation", "requirepeer"),
        *("target_session_attrs", "load_balance_hosts"),
    )
)
"""The parameters of libpq. Any other key is a typing error, and may be a piece of a password."""
_INDIFFERENT = frozenset(
    (
        *("connect_timeout", "client_encoding", "passfile", "tcp_user_timeout", "sslcompression", "sslsni"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "sslnegotiation"),
    )
)
"""Parameters of the transport: they change neither which server is reached nor which rows it shows."""
_DEMANDED = {"client_encoding": "UTF8"}
"""Always set by us: text in another encoding could not be read."""
_SCHEMES = ("postgresql", "postgres")
_HOST = re.compile(r"[\w.%-]*|\[[0-9A-Fa-f:.]+(%\w+)?\]", re.ASCII)
_HOSTS = re.compile(r"[\w.:%, -]*|[/@][^;=]*")
_USUAL = "5432"
_PORTS = range(1, 65536)
_PORT = re.compile(r"\d{0,5}", re.ASCII)
_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1|[/@].*|", re.ASCII | re.IGNORECASE)
_PAIR = re.compile(r"\s*([A-Za-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_SSL_MODES = ("disable", "allow", "prefer", *_ENCRYPTED)


class AddressError(SourceError):
    """An address that does not parse.

    The message repeats none of it, because any part may belong to a password.
    """

    def __init__(self) -> None:
        super().__init__(
            _(
                "The address of the database cannot be read. Write postgresql://USER@HOST:5432/DATABASE "
                "or service=NAME, and leave the password out: it goes into PGPASSWORD or ~/.pgpass. "
                "(If it must be in a URL, percent-encode every character that is not a letter or a digit.)"
            )
        )


@dataclass(frozen=True, slots=True)
class Way:
    """One server to try; ``host`` is a host name, an IP address, the folder of a socket, or empty."""

    place: str
    port: str

    @property
    def is_socket(self) -> bool:
        """Whether the server listens at a Unix socket; an empty host means libpq's default socket."""
        return not self.place or self.place.startswith(("/", "@"))


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach a database: all libpq ``parameters``, with the ``secrets`` kept apart.

    ``has_secret_in_text`` says that a password was written in the address itself.
    """

    parameters: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    written_secret: bool = False
    service: str | None = None

    @property
    def user(self) -> str:
        """The role that logs in; empty when libpq chooses it."""
        return self.parameters.get("user", "")

    @property
    def host(self) -> str:
        """The host as a person writes it."""
        return self.parameters.get("host") or self.parameters.get("hostaddr") or "localhost"

    @property
    def port(self) -> str:
        """The port, or several ports joined by commas."""
        return ",".join(dict.fromkeys(way.port for way in self.ways))

    @property
    def ways(self) -> tuple[Way, ...]:
        """The servers to try, in order. Where ``hostaddr`` is set, no name is looked up."""
        hosts, numbers = (self.parameters.get(key, "").split(",") for key in ("host", "hostaddr"))
        both = zip_longest(numbers, hosts, fillvalue="")
        places = [(number.strip() or host.strip()) for number, host in both]
        ports = self.parameters.get("port", "").split(",")
        ports = ports * len(places) if len(ports) == 1 else ports
        return tuple(
            Way(place, port.strip() or _USUAL) for place, port in zip_longest(places, ports, fillvalue="")
        )

    @property
    def is_local(self) -> bool:
        """Whether the connection stays on this machine."""
        return all(_LOCAL.fullmatch(way.place) for way in self.ways)

    @property
    def is_encrypted(self) -> bool:
        """Whether the address accepts only an encrypted connection."""
        return self.parameters.get("sslmode") in _ENCRYPTED

    @property
    def shown(self) -> str:
        """The address without secrets, as a person would write it."""
        if self.service:
            return f"service={self.service}"
        user = f"{_encoded(self.user)}@" if self.user else ""
        hosts = self.host.split(",")
        known = [
            f"{f'[{host}]' if ':' in host else host}:{way.port}"
            for host, way in zip(hosts, self.ways, strict=False)
            if not host.startswith(("/", "@"))
        ]
        return f"postgresql://{user}{','.join(known)}/{_encoded(self.parameters.get('dbname', self.user))}"

    @property
    def identity(self) -> str:
        """All parameters that decide which rows are reached, without secrets."""
        known = ((key, value) for key, value in sorted(self.parameters.items()) if key not in _INDIFFERENT)
        return ";".join(f"{key}={value!r}" for key, value in known)

    def conninfo(self, **more: str) -> str:
        """Return the connection string for libpq with its secrets: only for connecting, never for messages."""
        merged = {**more, **self.parameters, **self.secrets, **_DEMANDED}
        escaped = ((key, value.replace("\\", "\\\\").replace("'", "\\'")) for key, value in merged.items())
        return " ".join(f"{key}='{value}'" for key, value in escaped)


def _encoded(text: str) -> str:
    """Percent-encode a part of a URL, so that the URL is valid and no redaction takes it for a password."""
    return quote(text, safe="")


def parse(text: str, environment: Mapping[str, str]) -> Address:
    """Parse ``text`` and complete it from the service file and the environment.

    Raises:
        ConnInfoError: it does not parse, or has an unknown parameter.
        SourceError: it names an undefined service or an unknown sslmode.
    """
    written = _of_url(text.strip()) if "://" in text else _of_pairs(text)
    if set(written) - _KEYS or any(_runs_on(key, value) for key, value in written.items()):
        raise AddressError
    named = written.get("service") or environment.get("PGSERVICE")
    defined = service(named, environment) if named else {}
    known = {key: value for key, value in defined.items() if key in _KEYS}
    merged = {**told_by(environment), **known, **written}
    merged.pop("service", None)
    if merged.get("sslmode", "require") not in _SSL_MODES:
        raise SourceError(_("sslmode must be one of {modes}.", modes=", ".join(_SSL_MODES)))
    _must_count(merged)
    return Address(
        {key: value for key, value in merged.items() if key not in _SECRETS},
        {key: merged[key] for key in _SECRETS if merged.get(key)},
        any(written.get(key) for key in _SECRETS),
        written.get("service"),
    )


def _must_count(parameters: Mapping[str, str]) -> None:
    """Raise SourceError for an invalid port or unequal numbers of hosts and ports; the values are not shown."""
    ports = parameters.get("port", "").split(",")
    if not all(
        re.fullmatch(r"\s*(\d{1,5}\s*)?", port, re.ASCII) and int(port.strip() or 1) in _PORTS
        for port in ports
    ):
        raise SourceError(
            _("The port must be a number from 1 to 65535. Check the address, the service file and PGPORT.")
        )
    given = [parameters[key].count(",") + 1 for key in ("host", "hostaddr") if parameters.get(key)]
    if len(set(given)) > 1 or len(ports) not in {1, *(given or [1])}:
        raise SourceError(
            _(
                "The numbers of hosts, IP addresses and ports differ. Give one port for all hosts, or one "
                "for each (host, hostaddr, port)."
            )
        )


def _runs_on(key: str, value: str) -> bool:
    """Whether ``value`` seems to contain another parameter, which may be a password."""
    if key in (*_SECRETS, "options"):
        return False
    if key in ("host", "hostaddr") and not _HOSTS.fullmatch(value):
        return True
    return names_secret(value) or re.search(r";\s*\w+\s*=", value) is not None


def _of_url(text: str) -> dict[str, str]:
    """Parse ``postgresql://user:password@host:port/database?key=value`` into parameters.

    Stricter than libpq: a special character of a password that is not percent-encoded is an error, not
    guessed at.
    """
    scheme, _colon, rest = text.partition("://")
    if scheme.lower() not in _SCHEMES:
        raise AddressError
    before, mark, query = rest.partition("?")
    authority, _slash, database = before.partition("/")
    login, at, place = authority.rpartition("@")
    user, colon, password = login.partition(":")
    if "@" in login or "@" in database or "/" in database or "@" in query or (mark and not query):
        raise AddressError
    hosts, ports = _places(place)
    found = {"host": hosts, "port": ports, "dbname": database, "user": user if at else ""}
    if colon:
        found["password"] = password
    for pair in query.split("&") if query else []:
        key, equals, value = pair.partition("=")
        if not equals or found.get(key):
            raise AddressError
        found["sslmode" if (key, value) == ("ssl", "true") else key] = "require" if key == "ssl" else value
    try:
        return {key: unquote(value, errors="strict") for key, value in found.items() if value}
    except UnicodeDecodeError:
        raise AddressError from None


def _places(text: str) -> tuple[str, str]:
    """Split ``host:port,host:port`` into the hosts and the ports, each joined by commas as libpq expects."""
    hosts, ports = [], []
    for place in text.split(","):
        host, _colon, port = place.rpartition(":") if re.search(r":\d*$", place) else (place, "", "")
        if not _HOST.fullmatch(host) or not _PORT.fullmatch(port):
            raise AddressError
        hosts.append(host.strip("[]"))
        ports.append(port)
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


def _of_pairs(text: str) -> dict[str, str]:
    """Parse ``key=value key='another value'`` into parameters."""
    found: dict[str, str] = {}
    at = 0
    text = text.strip()
    while at < len(text):
        pair = _PAIR.match(text, at)
        if not pair or pair[1] in found:
            raise AddressError
        value = pair[2][1:-1] if pair[2].startswith("'") else pair[2]
        found[pair[1]] = re.sub(r"\\(.)", r"\1", value)
        at = pair.end()
    return found
