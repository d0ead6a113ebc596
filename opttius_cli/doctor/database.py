"""Checks of a live database, from its host name to its rows.

A failed step ends the steps that depend on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from opttius_cli.doctor import network, schema
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.freshness import Today, build_freshness_finding
from opttius_cli.errors import SourceError, format_list
from opttius_cli.i18n import _, n_
from opttius_cli.sources.postgres.server_info import (
    detect_hidden_rows,
    find_newest_on_server,
    read_server_info,
)
from opttius_cli.sources.postgres.source import check_encryption, connect_read_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from opttius_cli.doctor.findings import OnFinding
    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.conninfo import ConnInfo, HostPort
    from opttius_cli.sources.postgres.server_info import ServerInfo, SessionInfo
    from opttius_cli.sources.postgres.settings import PostgresSettings

_MAX_CLOCK_SKEW = 60.0
"""Seconds that two clocks may differ before it is reported."""
_POOLER_PORTS = {"6543", "6432"}
"""Ports of connection poolers: Supabase in transaction mode, and PgBouncer's default."""


def check_database(
    conn_info: ConnInfo,
    settings: PostgresSettings,
    clock: Callable[[], datetime],
    on_finding: OnFinding,
    *,
    zone: ZoneInfo,
    naive_zone: ZoneInfo,
) -> ServerInfo | None:
    """Check every step and report it; returns what the server shows, None when the login failed.

    ``zone`` is the one whose days are counted, ``naive_zone`` that of times without one.
    """
    on_finding(Finding("address", State.OK, _("The address is {place}.", place=conn_info.display_name)))
    if conn_info.has_secret_in_text:
        message = _("The password is in the address, where everybody on this machine can see it.")
        remedy = _("Put it into PGPASSWORD, ~/.pgpass or a service file, and write the address without it.")
        on_finding(Finding("address", State.NOTE, message, remedy))
    if (
        not _check_hosts(conn_info, settings, on_finding)
        or (connection := _log_in(conn_info, settings, on_finding)) is None
    ):
        return None
    try:
        before = clock()
        server_info = read_server_info(connection, settings.schema)
        after = clock()
        detect_hidden_rows(
            server_info, partial(connect_read_only, conn_info, replace(settings, restricted=False))
        )
        _report_session(server_info.session, conn_info, on_finding)
        _report_clock(server_info.session, before, after, on_finding)
        schema.check_schema(connection, server_info, settings, on_finding)
        newest = find_newest_on_server(connection, server_info, naive_zone)
        if newest is not None:
            on_finding(build_freshness_finding(newest, Today(after, zone)))
    except SourceError as error:
        on_finding(Finding("tables", State.FAILED, str(error)))
        return None
    finally:
        connection.close()
    return server_info


def _check_hosts(conn_info: ConnInfo, settings: PostgresSettings, on_finding: OnFinding) -> bool:
    """Check name, port and encryption of each server; returns whether at least one can be reached."""
    findings: list[Finding] = []
    results = [_check_host(host_port, conn_info, settings, findings.append) for host_port in conn_info.hosts]
    for finding in findings:
        # One reachable server of several is enough.
        is_optional = finding.state is State.FAILED and any(results)
        on_finding(replace(finding, state=State.NOTE) if is_optional else finding)
    return any(results)


def _check_host(
    host_port: HostPort, conn_info: ConnInfo, settings: PostgresSettings, on_finding: OnFinding
) -> bool:
    if host_port.is_socket:
        folder = host_port.host or conn_info.host
        message = _("The server is on this machine, behind the socket in {host}.", host=folder)
        on_finding(Finding("name", State.OK, message))
        return True
    host, port, seconds = host_port.host, host_port.port, settings.connect_timeout
    try:
        addresses = network.resolve_host(host, seconds)
    except OSError:
        message = _("There is no host “{host}”, or no network to find it.", host=host)
        remedy = _("Check how the host is written, the network, and whether a VPN is needed.")
        on_finding(Finding("name", State.FAILED, message, remedy))
        return False
    message = (
        _("{host} is an IP address.", host=host)
        if host in addresses
        else _("{host} is {addresses}.", host=host, addresses=format_list(addresses, 3))
    )
    on_finding(Finding("name", State.OK, message))
    try:
        network.check_port(host, int(port), seconds)
    except OSError as error:
        on_finding(Finding("port", State.FAILED, *_describe_port_error(host, port, error)))
        return False
    on_finding(Finding("port", State.OK, _("Something answers at port {port}.", port=port)))
    return _check_encryption(host, int(port), conn_info, settings, on_finding)


def _describe_port_error(host: str, port: str, error: OSError) -> tuple[str, str]:
    if isinstance(error, ConnectionRefusedError):
        return (
            _("Nothing listens at {host}, port {port}.", host=host, port=port),
            _("Check the port (5432 usually), and whether the server runs and listens to the network."),
        )
    return (
        _("{host} does not answer at port {port}.", host=host, port=port),
        _("Check the port and the firewall, and whether the server lets this machine in."),
    )


def _check_encryption(
    host: str, port: int, conn_info: ConnInfo, settings: PostgresSettings, on_finding: OnFinding
) -> bool:
    """Check whether the server offers encryption; it is a failure only where encryption is required."""
    try:
        check_encryption(conn_info, settings)
        is_offered = network.can_encrypt(host, port, settings.connect_timeout)
    except SourceError as error:
        on_finding(Finding("encryption", State.FAILED, str(error)))
        return False
    except OSError:
        message = _("What answers at port {port} is not PostgreSQL, or it answers too late.", port=port)
        on_finding(
            Finding(
                "encryption",
                State.FAILED,
                message,
                _("Check the port, and whether the server is overloaded."),
            )
        )
        return False
    is_required = conn_info.is_encrypted or not (conn_info.is_local or settings.plaintext)
    if is_offered:
        on_finding(Finding("encryption", State.OK, _("The server offers encryption.")))
    elif is_required:
        message = _("The server offers no encryption, which is required to read from another machine.")
        remedy = _(
            "Turn it on at the server (ssl = on), or allow a plain connection (postgres.allow_plaintext = true)."
        )
        on_finding(Finding("encryption", State.FAILED, message, remedy))
        return False
    else:
        on_finding(
            Finding(
                "encryption",
                State.NOTE,
                _("The server offers no encryption. On this machine none is needed."),
            )
        )
    return True


def _log_in(
    conn_info: ConnInfo, settings: PostgresSettings, on_finding: OnFinding
) -> ConnectionThread | None:
    """Connect so that row-level security hides rows instead of raising an error."""
    try:
        return connect_read_only(conn_info, replace(settings, restricted=True))
    except SourceError as error:
        # The name of this setting is the same in every language of the message.
        step = "encryption" if "sslrootcert" in str(error) else "login"
        on_finding(Finding(step, State.FAILED, str(error)))
        return None


def _report_session(session: SessionInfo, conn_info: ConnInfo, on_finding: OnFinding) -> None:
    on_finding(
        Finding(
            "login",
            State.OK,
            _(
                "Logged in as “{user}” to “{database}”, PostgreSQL {version}.",
                user=session.user,
                database=session.database,
                version=session.version,
            ),
        )
    )
    if session.tls:
        on_finding(
            Finding(
                "encryption", State.OK, _("The connection is encrypted ({version}).", version=session.tls)
            )
        )
    if session.read_only:
        on_finding(Finding("read_only", State.OK, _("The transaction can read and change nothing.")))
    else:
        message = _("The transaction is not read-only, although that was requested.")
        on_finding(
            Finding("read_only", State.FAILED, message, _("Check what stands between here and the server."))
        )
    if session.superuser:
        message = _("“{user}” is a superuser, who may do everything.", user=session.user)
        on_finding(Finding("read_only", State.NOTE, message, _(schema.LEAST_PRIVILEGE_HINT)))
    ports = set(conn_info.port.split(","))
    if ports & _POOLER_PORTS or (session.port is not None and str(session.port) not in ports):
        message = _(
            "A pooler or a forwarded port stands in between: the server itself listens at {port}.",
            port=session.port or "?",
        )
        remedy = _(
            "That works: everything is read in one transaction. With Supabase, session mode (port 5432) is meant "
            "for this."
        )
        on_finding(Finding("pooler", State.NOTE, message, remedy))


def _report_clock(session: SessionInfo, before: datetime, after: datetime, on_finding: OnFinding) -> None:
    """Compare the clocks: this machine's ends the periods, the server's dates the rows."""
    local_time = (before.timestamp() + after.timestamp()) / 2
    skew = session.moment - local_time
    if abs(skew) <= _MAX_CLOCK_SKEW + (after - before).total_seconds():
        on_finding(Finding("clock", State.OK, _("The clocks of this machine and of the server agree.")))
        return
    seconds = round(abs(skew))
    message = (
        n_(
            "The server's clock is {count} second ahead of this machine's.",
            "The server's clock is {count} seconds ahead of this machine's.",
            seconds,
        )
        if skew > 0
        else n_(
            "The server's clock is {count} second behind this machine's.",
            "The server's clock is {count} seconds behind this machine's.",
            seconds,
        )
    )
    on_finding(
        Finding(
            "clock",
            State.NOTE,
            message,
            _("Set both by the network (NTP): “now” in a report is this machine's."),
        )
    )
