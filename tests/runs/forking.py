"""Real runs of the program that begin at once: a process that has imported everything forks one for each."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from types import TracebackType

TESTS = Path(__file__).parents[1]

SERVANT = """
import importlib, json, os, signal, sys
import duckdb, pyarrow.compute, openpyxl, cronsim, filelock, sqlite3
from opttius_cli.cli import main
from opttius_cli import session
from opttius_cli.render import csv, json as as_json, xlsx
from opttius_cli.runs import series, publishing


def die(*anything, **more):
    os.kill(os.getpid(), signal.SIGKILL)


def prepare(place, when):
    module, name = importlib.import_module(place.rpartition(".")[0]), place.rpartition(".")[2]
    whole = getattr(module, name)

    def after(*arguments, **more):
        whole(*arguments, **more)
        die()

    setattr(module, name, die if when == "before" else after)


for line in sys.stdin:
    told = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(told["folder"])
        os.environ.clear()
        os.environ.update(told["environment"])
        nowhere = os.open(told["says"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if told["die"]:
            prepare(*told["die"])
        os._exit(main(told["arguments"]))
    sys.stdout.write(f"{child}\\n")
    sys.stdout.flush()
    _, status = os.waitpid(child, 0)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\\n")
    sys.stdout.flush()
"""


@dataclass(slots=True)
class Servant:
    """The process that forks; ``says`` is the file that a run's output goes to."""

    process: subprocess.Popen[str]
    says: Path

    @classmethod
    def begin(cls, says: Path) -> Servant:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVANT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return cls(process, says)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cast("IO[str]", self.process.stdin).close()
        self.process.wait(timeout=60)
        cast("IO[str]", self.process.stdout).close()

    def start(
        self,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        die: tuple[str, str] | None = None,
    ) -> int:
        """Start a run; returns its process id. ``die``: the function before or after which it kills itself."""
        told: dict[str, Any] = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "says": str(self.says),
            "die": die,
        }
        out = cast("IO[str]", self.process.stdin)
        out.write(json.dumps(told) + "\n")
        out.flush()
        return int(cast("IO[str]", self.process.stdout).readline())

    def ended(self) -> int:
        """Wait for the run; its exit code, negative for the signal that ended it."""
        return int(cast("IO[str]", self.process.stdout).readline())
