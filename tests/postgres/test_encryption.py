"""To another machine rows go encrypted, or not at all.

0.0.0.0 leads to this machine, and is not called local: it stands for another one.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli.run_program import run_inline
from external_tools import require_tool

from postgres.live_database import SHOP
from postgres.server import READER, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = ("dashboard", "-b", "C-1", "--format", "json", "--as-of", "2026-11-22")


def place(server: Server, name: str, host: str, options: str = "") -> str:
    return f"postgresql://{READER}@{host}:{server.port}/{name}{options}"


def certify(server: Server) -> Path:
    """Give a server a certificate for localhost of its own making; returns it."""
    key, certificate = server.data / "server.key", server.data / "server.crt"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    files = ("-days", "3650", "-keyout", str(key), "-out", str(certificate))
    subprocess.run(
        [require_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files],
        check=True,
        capture_output=True,
    )
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for file in (key, certificate):
            os.chown(file, nobody.pw_uid, nobody.pw_gid)
    key.chmod(0o600)
    with (server.data / "postgresql.conf").open("a") as out:
        out.write("ssl = on\n")
    server.stop()
    server.start()
    return certificate


@pytest.fixture(scope="module")
def encrypting() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def test_rows_cross_no_network_in_plain(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, run = server.database(), run_inline(capsys)
    database.execute(SHOP)
    away = place(server, database.name, "0.0.0.0")  # noqa: S104 - it is only connected to
    for options, words in (
        ("", "0.0.0.0 offers no encryption"),
        ("?sslmode=prefer", "sslmode=prefer would let rows cross the network unencrypted"),
        ("?sslmode=no", "sslmode must be one of disable, allow"),
    ):
        ran = run(*COMMAND, "--source", away + options)
        assert (ran.code, ran.out) == (4, "")
        assert words in ran.err
    monkeypatch.setenv("OPTTIUS_POSTGRES_ALLOW_PLAINTEXT", "true")
    assert run(*COMMAND, "--source", away).code == 0


def test_a_certificate_is_checked(
    encrypting: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, run = certify(encrypting), run_inline(capsys)
    database = encrypting.database()
    database.execute(SHOP)
    trusted = f"?sslmode=verify-full&sslrootcert={certificate}"
    assert run(*COMMAND, "--source", place(encrypting, database.name, "localhost", trusted)).code == 0
    assert run(*COMMAND, "--source", place(encrypting, database.name, "0.0.0.0")).code == 0  # noqa: S104
    (tmp_path / "other.crt").write_bytes(certificate.read_bytes())
    certify_again = certify(encrypting)
    assert certify_again == certificate
    for host, root in (("localhost", tmp_path / "other.crt"), ("127.0.0.1", certificate)):
        options = f"?sslmode=verify-full&sslrootcert={root}"
        ran = run(*COMMAND, "--source", place(encrypting, database.name, host, options), "--refresh")
        assert (ran.code, ran.out) == (4, "")
        assert f"The certificate of {host} cannot be trusted" in ran.err
