"""Parsing of connection strings and URLs, done here so that no message ever shows text which does not parse.

Parameters that the text leaves out come from the service file, then from the environment, as in libpq.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.redaction import has_secret_key
from opttius_cli.sources.postgres.libpq_env import params_from_env
from opttius_cli.sources.postgres.service_file import read_service

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
_TRANSPORT_KEYS = frozenset(
    (
        *("connect_timeout", "client_encoding", "passfile", "tcp_user_timeout", "sslcompression", "sslsni"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "sslnegotiation"),
    )
)
"""Parameters of the transport: they change neither which server is reached nor which rows it shows."""
_FORCED_PARAMS = {"client_encoding": "UTF8"}
"""Always set by us: text in another encoding could not be read."""
_SCHEMES = ("postgresql", "postgres")
_HOST = re.compile(r"[\w.%-]*|\[[0-9A-Fa-f:.]+(%\w+)?\]", re.ASCII)
_HOSTS = re.compile(r"[\w.:%, -]*|[/@][^;=]*")
_DEFAULT_PORT = "5432"
_PORTS = range(1, 65536)
_PORT = re.compile(r"\d{0,5}", re.ASCII)
_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1|[/@].*|", re.ASCII | re.IGNORECASE)
_PAIR = re.compile(r"\s*([A-Za-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_SSL_MODES = ("disable", "allow", "prefer", *_ENCRYPTED)


class ConnInfoError(SourceError):
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
class HostPort:
    """One server to try; ``host`` is a host name, an IP address, the folder of a socket, or empty."""

    host: str
    port: str

    @property
    def is_socket(self) -> bool:
        """Return whether the server listens at a Unix socket; an empty host means libpq's default socket."""
        return not self.host or self.host.startswith(("/", "@"))


@dataclass(frozen=True, slots=True)
class ConnInfo:
    """How to reach a database: all libpq ``parameters``, with the ``secrets`` kept apart.

    ``has_secret_in_text`` says that a password was written in the address itself.
    """

    parameters: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    has_secret_in_text: bool = False
    service: str | None = None

    @property
    def user(self) -> str:
        """Return the role that logs in; empty when libpq chooses it."""
        return self.parameters.get("user", "")

    @property
    def host(self) -> str:
        """Return the host as a person writes it."""
        return self.parameters.get("host") or self.parameters.get("hostaddr") or "localhost"

    @property
    def port(self) -> str:
        """Return the port, or several ports joined by commas."""
        return ",".join(dict.fromkeys(host_port.port for host_port in self.hosts))

    @property
    def hosts(self) -> tuple[HostPort, ...]:
        """Return the servers to try, in order. Where ``hostaddr`` is set, no name is looked up."""
        hosts, addresses = (self.parameters.get(key, "").split(",") for key in ("host", "hostaddr"))
        pairs = zip_longest(addresses, hosts, fillvalue="")
        targets = [(address.strip() or host.strip()) for address, host in pairs]
        ports = self.parameters.get("port", "").split(",")
        ports = ports * len(targets) if len(ports) == 1 else ports
        return tuple(
            HostPort(target, port.strip() or _DEFAULT_PORT)
            for target, port in zip_longest(targets, ports, fillvalue="")
        )

    @property
    def is_local(self) -> bool:
        """Return whether the connection stays on this machine."""
        return all(_LOCAL.fullmatch(host_port.host) for host_port in self.hosts)

    @property
    def is_encrypted(self) -> bool:
        """Return whether the address accepts only an encrypted connection."""
        return self.parameters.get("sslmode") in _ENCRYPTED

    @property
    def display_name(self) -> str:
        """Return the address without secrets, as a person would write it."""
        if self.service:
            return f"service={self.service}"
        user = f"{_encode_url_part(self.user)}@" if self.user else ""
        hosts = self.host.split(",")
        endpoints = [
            f"{f'[{host}]' if ':' in host else host}:{host_port.port}"
            for host, host_port in zip(hosts, self.hosts, strict=False)
            if not host.startswith(("/", "@"))
        ]
        return f"postgresql://{user}{','.join(endpoints)}/{_encode_url_part(self.parameters.get('dbname', self.user))}"

    @property
    def identity(self) -> str:
        """Return all parameters that decide which rows are reached, without secrets."""
        identifying = (
            (key, value) for key, value in sorted(self.parameters.items()) if key not in _TRANSPORT_KEYS
        )
        return ";".join(f"{key}={value!r}" for key, value in identifying)

    def to_conninfo_string(self, **defaults: str) -> str:
        """Return the connection string for libpq with its secrets: only for connecting, never for messages."""
        merged = {**defaults, **self.parameters, **self.secrets, **_FORCED_PARAMS}
        escaped = ((key, value.replace("\\", "\\\\").replace("'", "\\'")) for key, value in merged.items())
        return " ".join(f"{key}='{value}'" for key, value in escaped)


def _encode_url_part(text: str) -> str:
    """Percent-encode a part of a URL, so that the URL is valid and no redaction takes it for a password."""
    return quote(text, safe="")


def parse_conninfo(text: str, environment: Mapping[str, str]) -> ConnInfo:
    """Parse ``text`` and complete it from the service file and the environment.

    Raises:
        ConnInfoError: it does not parse, or has an unknown parameter.
        SourceError: it names an undefined service or an unknown sslmode.
    """
    explicit = _parse_url(text.strip()) if "://" in text else _parse_pairs(text)
    if set(explicit) - _KEYS or any(_has_extra_parameter(key, value) for key, value in explicit.items()):
        raise ConnInfoError
    service_name = explicit.get("service") or environment.get("PGSERVICE")
    raw_service = read_service(service_name, environment) if service_name else {}
    service_params = {key: value for key, value in raw_service.items() if key in _KEYS}
    merged = {**params_from_env(environment), **service_params, **explicit}
    merged.pop("service", None)
    if merged.get("sslmode", "require") not in _SSL_MODES:
        raise SourceError(_("sslmode must be one of {modes}.", modes=", ".join(_SSL_MODES)))
    _check_hosts_and_ports(merged)
    return ConnInfo(
        {key: value for key, value in merged.items() if key not in _SECRETS},
        {key: merged[key] for key in _SECRETS if merged.get(key)},
        any(explicit.get(key) for key in _SECRETS),
        explicit.get("service"),
    )


def _check_hosts_and_ports(parameters: Mapping[str, str]) -> None:
    """Raise SourceError for an invalid port or unequal numbers of hosts and ports; the values are not shown."""
    ports = parameters.get("port", "").split(",")
    if not all(
        re.fullmatch(r"\s*(\d{1,5}\s*)?", port, re.ASCII) and int(port.strip() or 1) in _PORTS
        for port in ports
    ):
        raise SourceError(
            _("The port must be a number from 1 to 65535. Check the address, the service file and PGPORT.")
        )
    counts = [parameters[key].count(",") + 1 for key in ("host", "hostaddr") if parameters.get(key)]
    if len(set(counts)) > 1 or len(ports) not in {1, *(counts or [1])}:
        raise SourceError(
            _(
                "The numbers of hosts, IP addresses and ports differ. Give one port for all hosts, or one "
                "for each (host, hostaddr, port)."
            )
        )


def _has_extra_parameter(key: str, value: str) -> bool:
    """Return whether ``value`` seems to contain another parameter, which may be a password."""
    if key in (*_SECRETS, "options"):
        return False
    if key in ("host", "hostaddr") and not _HOSTS.fullmatch(value):
        return True
    return has_secret_key(value) or re.search(r";\s*\w+\s*=", value) is not None


def _parse_url(text: str) -> dict[str, str]:
    """Parse ``postgresql://user:password@host:port/database?key=value`` into parameters.

    Stricter than libpq: a special character of a password that is not percent-encoded is an error, not
    guessed at.
    """
    scheme, _colon, rest = text.partition("://")
    if scheme.lower() not in _SCHEMES:
        raise ConnInfoError
    location, mark, query = rest.partition("?")
    authority, _slash, database = location.partition("/")
    login, at, host_list = authority.rpartition("@")
    user, colon, password = login.partition(":")
    if "@" in login or "@" in database or "/" in database or "@" in query or (mark and not query):
        raise ConnInfoError
    hosts, ports = _split_hosts(host_list)
    parameters = {"host": hosts, "port": ports, "dbname": database, "user": user if at else ""}
    if colon:
        parameters["password"] = password
    for pair in query.split("&") if query else []:
        key, equals, value = pair.partition("=")
        if not equals or parameters.get(key):
            raise ConnInfoError
        parameters["sslmode" if (key, value) == ("ssl", "true") else key] = (
            "require" if key == "ssl" else value
        )
    try:
        return {key: unquote(value, errors="strict") for key, value in parameters.items() if value}
    except UnicodeDecodeError:
        raise ConnInfoError from None


def _split_hosts(text: str) -> tuple[str, str]:
    """Split ``host:port,host:port`` into the hosts and the ports, each joined by commas as libpq expects."""
    hosts, ports = [], []
    for host_port in text.split(","):
        host, _colon, port = (
            host_port.rpartition(":") if re.search(r":\d*$", host_port) else (host_port, "", "")
        )
        if not _HOST.fullmatch(host) or not _PORT.fullmatch(port):
            raise ConnInfoError
        hosts.append(host.strip("[]"))
        ports.append(port)
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


def _parse_pairs(text: str) -> dict[str, str]:
    """Parse ``key=value key='another value'`` into parameters."""
    parameters: dict[str, str] = {}
    position = 0
    text = text.strip()
    while position < len(text):
        pair = _PAIR.match(text, position)
        if not pair or pair[1] in parameters:
            raise ConnInfoError
        value = pair[2][1:-1] if pair[2].startswith("'") else pair[2]
        parameters[pair[1]] = re.sub(r"\\(.)", r"\1", value)
        position = pair.end()
    return parameters
