"""A job's files arrive by mail, over TLS and with a login, once at every address; what fails loses nothing."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from external_tools import require_tool

from opttius_cli.jobs import delivery
from opttius_cli.jobs.definition.addresses import parse_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from jobs.project import Project

# The server's library warns of its own past.
pytestmark = pytest.mark.filterwarnings("ignore")

PASSWORD = "s3cret/with:signs"  # noqa: S105 - of a server that lives for a test
JOB = """
[jobs.weekly]
title = "The week"
parts = ["kpis"]
formats = ["csv", "json"]
period = "30"
every = "mon 07:00"
language = "en"
deliver = [{addresses}]
{more}
"""


@dataclass(slots=True)
class MailServer:
    """A server that wants TLS and a login; ``refused`` are addressees that it does not take."""

    port: int
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes, bool]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def address(self, to: str, credential: str = "${MAIL_PASSWORD}") -> str:
        """An address of this server, as opttius.toml names it."""
        server = f"ana:{credential}@localhost:{self.port}"
        return f"mailtos://{server}?smtp=localhost&from=reports@example.com&to={to}&mode=starttls&verify=no"

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        assert session.ssl is not None
        mail: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((list(envelope.rcpt_tos), mail))
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate for localhost that vouches for itself."""
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "mail.crt", folder / "mail.key"
    command = [require_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
               "/CN=localhost", "-keyout", str(key), "-out", str(cert)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def server(
    certificate: ssl.SSLContext, project: Project, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    """A mail server on this machine, whose password is in the environment."""
    import apprise
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    monkeypatch.setattr(delivery, "WAITS", (0.0,))
    monkeypatch.setattr(apprise.NotifyBase, "request_rate_per_sec", 0)
    project.patch.setenv("MAIL_PASSWORD", PASSWORD)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mail = MailServer(probe.getsockname()[1])

    def check_login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        mail.logins.append((data.login, data.password, data.password == PASSWORD.encode()))
        return AuthResult(success=mail.logins[-1][2], handled=False)

    controller = Controller(
        mail, hostname="127.0.0.1", port=mail.port, tls_context=certificate, require_starttls=True,
        authenticator=check_login, auth_required=True,
    )  # fmt: skip
    controller.start()
    yield mail
    controller.stop()


def define(project: Project, *addresses: str, more: str = "") -> None:
    project.write_config(JOB.format(addresses=", ".join(f'"{text}"' for text in addresses), more=more))


def read_everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_files_arrive_with_a_summary_and_no_secret_is_kept(project: Project, server: MailServer) -> None:
    alert = '[[jobs.weekly.alerts]]\nfigure = "kpis.total_revenue"\nabove = 1\n'
    define(project, server.address("boss@example.com"), more=alert)
    ran = project.run("job", "run", "weekly")
    assert ran.code == 0, ran.err
    ((addressees, mail),) = server.mails
    assert addressees == ["boss@example.com"]
    assert server.logins == [(b"ana", PASSWORD.encode(), True)]
    assert mail["Subject"].startswith("The week · ")
    assert mail["Subject"].endswith(" · 1 alert")
    body = mail.get_body()
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Óptica Mirador Austral" in text
    assert "Revenue CLP " in text
    assert "% against the previous period." in text
    assert "Alert: " in text
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    (run,) = project.runs("weekly")
    folder = project.folder / "jobs"
    files = {path.name: path.read_bytes() for path in folder.rglob("weekly.*")}
    assert attached == files
    assert set(run.files) == set(files)
    assert (run.status, len(run.sent)) == ("ok", 1)
    for kept in (read_everything(project.state), (ran.out + ran.err).encode()):
        assert PASSWORD.encode() not in kept
        assert b"s3cret" not in kept


def test_an_address_that_fails_is_tried_again_and_the_others_are_left_alone(
    project: Project, server: MailServer
) -> None:
    define(project, server.address("good@example.com"), server.address("bad@example.com"))
    server.refused = {"bad@example.com"}
    project.set_clock("2026-11-23T12:00:00+00:00")
    failed = project.run("job", "run", "--due")
    assert failed.code == 7
    (run,) = project.runs("weekly")
    assert (run.status, run.code, len(run.sent)) == ("unsent", 7, 1)
    assert run.cause is not None
    assert "1 address did not get them" in run.cause
    assert "1 address did not get them" in failed.err
    for text in (run.cause, failed.err, failed.out):
        assert "s3cret" not in text
    # The files are there, and their paths were printed.
    assert all((project.folder / path).is_file() for path in failed.out.split())
    assert len(failed.out.split()) == 3
    assert project.run("job", "status").code == 1
    assert [addressees for addressees, _mail in server.mails] == [["good@example.com"]]
    assert len(server.logins) == 3  # good, and bad twice
    server.refused = set()
    again = project.run("job", "run", "--due")
    assert again.code == 0, again.err
    assert [addressees for addressees, _mail in server.mails] == [["good@example.com"], ["bad@example.com"]]
    assert project.runs("weekly")[-1].status == "ok"
    assert project.run("job", "run", "--due").out == ""
    assert len(server.mails) == 2


def test_who_had_the_files_is_recorded_at_once_and_never_sent_them_again(
    project: Project, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [f"{name}@example.com" for name in ("ana", "eva", "luz")]
    define(project, *map(server.address, people))
    project.set_clock("2026-11-23T12:00:00+00:00")
    send, recorded = delivery._send_to, list[int]()

    def send_until(count: int, error: BaseException) -> None:
        def send_or_fail(*arguments: Any) -> str | None:
            (*_earlier, run) = project.runs("weekly")
            recorded.append(len(run.sent))
            if len(server.mails) == count:
                raise error
            return send(*arguments)

        monkeypatch.setattr(delivery, "_send_to", send_or_fail)

    # Ctrl-C after the first, a fault after the second; between them a run that fails before it sends.
    send_until(1, KeyboardInterrupt())
    assert project.run("job", "run", "--due").code == 130
    assert (project.runs("weekly")[-1].status, recorded) == ("interrupted", [0, 1])
    define(project, *map(server.address, people), more='branches = ["CM-999"]')
    assert project.run("job", "run", "--due").code == 6
    define(project, *map(server.address, people))
    send_until(2, RuntimeError("x"))
    assert project.run("job", "run", "weekly").code == 1
    assert [run.status for run in project.runs("weekly")] == ["interrupted", "failed", "failed"]
    assert len(project.runs("weekly")[-1].sent) == 2
    monkeypatch.setattr(delivery, "_send_to", send)
    assert project.run("job", "run", "weekly").code == 0
    assert [addressees for addressees, _mail in server.mails] == [[person] for person in people]
    # Once everybody has had them, a run that a person asks for sends them anew.
    assert project.run("job", "run", "weekly").code == 0
    assert len(server.mails) == 6
    # A run that failed before it published leaves nothing to send: these are the files that everybody has had.
    row = project.read_ledger()
    project.write_ledger(row | {"id": row["id"] + 1, "status": "failed", "files": "[]", "sent": "[]"})
    assert project.run("job", "run", "weekly", "--if-changed").code == 0
    assert project.runs("weekly")[-1].status == "unchanged"
    assert len(server.mails) == 6
    # One that was killed between publishing and sending has sent nothing yet.
    project.write_ledger(row | {"id": row["id"] + 3, "status": "killed", "sent": "[]"})
    assert project.run("job", "run", "weekly", "--if-changed").code == 0
    assert len(server.mails) == 9


def test_a_run_that_is_killed_while_it_sends_is_known_and_sends_the_rest(
    project: Project, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(project, server.address("ana@example.com"), server.address("eva@example.com"))
    project.set_clock("2026-11-23T12:00:00+00:00")
    send, states = delivery._send_to, list[dict[str, Any]]()

    def send_and_look(*arguments: Any) -> str | None:
        states.append(project.read_ledger())
        return send(*arguments)

    monkeypatch.setattr(delivery, "_send_to", send_and_look)
    assert project.run("job", "run", "--due").code == 0
    # What a kill before the second address leaves: a run that has not ended.
    assert states[1]["status"] == "running"
    project.write_ledger(states[1])
    assert project.run("job", "status").code == 1
    server.mails.clear()
    assert project.run("job", "run", "--due").code == 0
    assert [addressees for addressees, _mail in server.mails] == [["eva@example.com"]]
    assert [run.status for run in project.runs("weekly")] == ["killed", "ok"]


def test_a_wrong_password_is_told_without_it(project: Project, server: MailServer) -> None:
    project.patch.setenv("MAIL_PASSWORD", "wr0ng-one")
    define(project, server.address("boss@example.com"))
    ran = project.run("job", "run", "weekly")
    assert ran.code == 7
    assert server.mails == []
    assert not any(is_right for _login, _password, is_right in server.logins)
    assert "wr0ng-one" not in ran.err
    assert b"wr0ng-one" not in read_everything(project.state)


def test_files_that_are_too_large_are_named_by_their_paths(
    project: Project, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_MEGABYTE", 10)
    define(project, server.address("boss@example.com"), more="deliver_megabytes = 3\n")
    assert project.run("job", "run", "weekly").code == 0
    ((_addressees, mail),) = server.mails
    assert list(mail.iter_attachments()) == []
    body = mail.get_body()
    assert body is not None
    (run,) = project.runs("weekly")
    assert all(name in body.get_content() for name in run.files)


def test_a_secret_may_be_in_a_file_that_only_its_owner_reads(project: Project, server: MailServer) -> None:
    secret = project.folder / "secret"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o644)
    define(project, server.address("boss@example.com", "${file:secret}"))
    ran = project.run("job", "run", "weekly")
    assert ran.code == 7
    assert f"Type chmod 600 {secret}" in ran.err
    refused = project.run("config", "validate")
    assert refused.code == 3
    assert f"[jobs.weekly] deliver: other users can read {secret}" in refused.err
    secret.chmod(0o600)
    assert project.run("job", "run", "weekly").code == 0
    assert len(server.mails) == 1
    assert project.run("config", "validate").code == 0


def test_without_the_package_the_files_stay(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    project.patch.setenv("MAIL_PASSWORD", PASSWORD)
    define(project, "mailto://ana:${MAIL_PASSWORD}@localhost?to=boss@example.com")
    ran = project.run("job", "run", "weekly")
    assert ran.code == 7
    assert "pip install 'opttius-cli[deliver]'" in ran.err
    assert list((project.folder / "jobs").rglob("weekly.csv"))


@pytest.mark.parametrize(
    "address",
    [
        "mailtos://ana:secret@example.com",
        "mailto://example.com?pass=secret",
        "slack://a/b/c",
        "no address",
        "",
    ],
)
def test_a_secret_in_clear_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"addresses|texts"):
        parse_addresses([address])


@pytest.mark.parametrize(
    "address",
    ["mailto://localhost?to=a@example.com", "mailtos://ana:${P}@example.com", "slack://${TOKENS}/#shop", "${URL}",
     "tgram://${file:~/bot}/123", "mailto://example.com?pass=${P}"],
)  # fmt: skip
def test_a_named_secret_is_taken(address: str) -> None:
    assert parse_addresses([address]) == (address,)


def test_personal_data_is_sent_only_when_that_is_said(project: Project) -> None:
    more = 'masking = "revealed"\nreason = "audit"\n'
    define(project, "mailto://localhost?to=a@example.com", more=more)
    refused = project.run("config", "validate")
    assert refused.code == 3
    assert "jobs.weekly.deliver" in refused.err
    assert "deliver_revealed = true" in refused.err
    define(project, "mailto://localhost?to=a@example.com", more=more + "deliver_revealed = true\n")
    assert project.run("config", "validate").code == 0
