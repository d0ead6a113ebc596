"""Checks of a live database, from its host name to its rows.

A failed step ends the steps that depend on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from opttius_cli.doctor import network, schema
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.errors import SourceError, listed
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.source import connected, must_be_safe
from opttius_cli.sources.postgres.survey import mark_hidden, survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from opttius_cli.doctor.findings import Tell
    from opttius_cli.sources.postgres.address import Address, Way
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.survey import Server, Survey
    from opttius_cli.sources.postgres.terms import Terms

_CLOCKS_APART = 60.0
"""Seconds that two clocks may differ before it is reported."""
_TRANSACTION_POOLERS = {"6543", "6432"}
"""Ports of connection poolers: Supabase in transaction mode, and PgBouncer's default."""


def examine(address: Address, terms: Terms, clock: Callable[[], datetime], tell: Tell) -> Survey | None:
    """Check every step and report it; returns what the server shows, None when the login failed."""
    tell(Finding("address", State.GOOD, _("The address is {place}.", place=address.shown)))
    if address.written_secret:
        said = _("The password is in the address, where everybody on this machine can see it.")
        remedy = _("Put it into PGPASSWORD, ~/.pgpass or a service file, and write the address without it.")
        tell(Finding("address", State.NOTE, said, remedy))
    if not _reached(address, terms, tell) or (line := _logged_in(address, terms, tell)) is None:
        return None
    try:
        before = clock()
        seen = survey(line, terms.schema)
        after = clock()
        mark_hidden(seen, partial(connected, address, replace(terms, restricted=False)))
        _about_session(seen.server, address, tell)
        _about_clock(seen.server, before, after, tell)
        schema.examine(line, seen, terms, tell)
    except SourceError as error:
        tell(Finding("tables", State.FAILED, str(error)))
        return None
    finally:
        line.close()
    return seen


def _reached(address: Address, terms: Terms, tell: Tell) -> bool:
    """Check name, port and encryption of each server; returns whether at least one can be reached."""
    told: list[Finding] = []
    ways = [_one_reached(way, address, terms, told.append) for way in address.ways]
    for finding in told:
        # One reachable server of several is enough.
        enough = finding.state is State.FAILED and any(ways)
        tell(replace(finding, state=State.NOTE) if enough else finding)
    return any(ways)


def _one_reached(way: Way, address: Address, terms: Terms, tell: Tell) -> bool:
    if way.is_socket:
        folder = way.place or address.host
        said = _("The server is on this machine, behind the socket in {host}.", host=folder)
        tell(Finding("name", State.GOOD, said))
        return True
    host, port, seconds = way.place, way.port, terms.connect_timeout
    try:
        found = network.addresses(host, seconds)
    except OSError:
        said = _("There is no host “{host}”, or no network to find it.", host=host)
        remedy = _("Check how the host is written, the network, and whether a VPN is needed.")
        tell(Finding("name", State.FAILED, said, remedy))
        return False
    said = (
        _("{host} is an IP address.", host=host)
        if host in found
        else _("{host} is {addresses}.", host=host, addresses=listed(found, 3))
    )
    tell(Finding("name", State.GOOD, said))
    try:
        network.knock(host, int(port), seconds)
    except OSError as error:
        tell(Finding("port", State.FAILED, *_closed(host, port, error)))
        return False
    tell(Finding("port", State.GOOD, _("Something answers at port {port}.", port=port)))
    return _encryption(host, int(port), address, terms, tell)


def _closed(host: str, port: str, error: OSError) -> tuple[str, str]:
    if isinstance(error, ConnectionRefusedError):
        return (
            _("Nothing listens at {host}, port {port}.", host=host, port=port),
            _("Check the port (5432 usually), and whether the server runs and listens to the network."),
        )
    return (
        _("{host} does not answer at port {port}.", host=host, port=port),
        _("Check the port and the firewall, and whether the server lets this machine in."),
    )


def _encryption(host: str, port: int, address: Address, terms: Terms, tell: Tell) -> bool:
    """Check whether the server offers encryption; it is a failure only where encryption is required."""
    try:
        must_be_safe(address, terms)
        offered = network.offers_encryption(host, port, terms.connect_timeout)
    except SourceError as error:
        tell(Finding("encryption", State.FAILED, str(error)))
        return False
    except OSError:
        said = _("What answers at port {port} is not PostgreSQL, or it answers too late.", port=port)
        tell(
            Finding(
                "encryption", State.FAILED, said, _("Check the port, and whether the server is overloaded.")
            )
        )
        return False
    demanded = address.is_encrypted or not (address.is_local or terms.plaintext)
    if offered:
        tell(Finding("encryption", State.GOOD, _("The server offers encryption.")))
    elif demanded:
        said = _("The server offers no encryption, which is required to read from another machine.")
        remedy = _(
            "Turn it on at the server (ssl = on), or allow a plain connection (postgres.allow_plaintext = true)."
        )
        tell(Finding("encryption", State.FAILED, said, remedy))
        return False
    else:
        tell(
            Finding(
                "encryption",
                State.NOTE,
                _("The server offers no encryption. On this machine none is needed."),
            )
        )
    return True


def _logged_in(address: Address, terms: Terms, tell: Tell) -> Line | None:
    """Connect so that row-level security hides rows instead of raising an error."""
    try:
        return connected(address, replace(terms, restricted=True))
    except SourceError as error:
        # The name of this setting is the same in every language of the message.
        step = "encryption" if "sslrootcert" in str(error) else "login"
        tell(Finding(step, State.FAILED, str(error)))
        return None


def _about_session(server: Server, address: Address, tell: Tell) -> None:
    tell(
        Finding(
            "login",
            State.GOOD,
            _(
                "Logged in as “{user}” to “{database}”, PostgreSQL {version}.",
                user=server.user,
                database=server.database,
                version=server.version,
            ),
        )
    )
    if server.tls:
        tell(
            Finding(
                "encryption", State.GOOD, _("The connection is encrypted ({version}).", version=server.tls)
            )
        )
    if server.read_only:
        tell(Finding("read_only", State.GOOD, _("The transaction can read and change nothing.")))
    else:
        said = _("The transaction is not read-only, although that was requested.")
        tell(Finding("read_only", State.FAILED, said, _("Check what stands between here and the server.")))
    if server.superuser:
        said = _("“{user}” is a superuser, who may do everything.", user=server.user)
        tell(Finding("read_only", State.NOTE, said, _(schema.LESS)))
    ports = set(address.port.split(","))
    if ports & _TRANSACTION_POOLERS or (server.port is not None and str(server.port) not in ports):
        said = _(
            "A pooler or a forwarded port stands in between: the server itself listens at {port}.",
            port=server.port or "?",
        )
        remedy = _(
            "That works: everything is read in one transaction. With Supabase, session mode (port 5432) is meant "
            "for this."
        )
        tell(Finding("pooler", State.NOTE, said, remedy))


def _about_clock(server: Server, before: datetime, after: datetime, tell: Tell) -> None:
    """Compare the clocks: this machine's ends the periods, the server's dates the rows."""
    ours = (before.timestamp() + after.timestamp()) / 2
    apart = server.moment - ours
    if abs(apart) <= _CLOCKS_APART + (after - before).total_seconds():
        tell(Finding("clock", State.GOOD, _("The clocks of this machine and of the server agree.")))
        return
    values = {"seconds": f"{abs(apart):.0f}"}
    said = (
        _("The server's clock is {seconds} seconds ahead of this machine's.", **values)
        if apart > 0
        else _("The server's clock is {seconds} seconds behind this machine's.", **values)
    )
    tell(
        Finding(
            "clock",
            State.NOTE,
            said,
            _("Set both by the network (NTP): “now” in a report is this machine's."),
        )
    )
