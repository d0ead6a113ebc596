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

SERVER_CODE = """
import importlib, json, os, signal, sys
import duckdb, pyarrow.compute, openpyxl, cronsim, filelock, sqlite3
from opttius_cli.cli import main

from opttius_cli.render import csv, json as as_json; from opttius_cli.render.xlsx import writer
from opttius_cli.jobs import publish, run_selection


def die(*anything, **more):
    os.kill(os.getpid(), signal.SIGKILL)


def patch_function(target, when):
    module, name = importlib.import_module(target.rpartition(".")[0]), target.rpartition(".")[2]
    original = getattr(module, name)

    def after(*arguments, **more):
        original(*arguments, **more)
        die()

    setattr(module, name, die if when == "before" else after)


for line in sys.stdin:
    request = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if request["die"]:
            patch_function(*request["die"])
        os._exit(main(request["arguments"]))
    sys.stdout.write(f"{child}\\n")
    sys.stdout.flush()
    _, status = os.waitpid(child, 0)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\\n")
    sys.stdout.flush()
"""


@dataclass(slots=True)
class ForkServer:
    """The process that forks; ``output`` is the file that a run's output goes to."""

    process: subprocess.Popen[str]
    output: Path

    @classmethod
    def launch(cls, output: Path) -> ForkServer:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER_CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return cls(process, output)

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
        request: dict[str, Any] = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "output": str(self.output),
            "die": die,
        }
        out = cast("IO[str]", self.process.stdin)
        out.write(json.dumps(request) + "\n")
        out.flush()
        return int(cast("IO[str]", self.process.stdout).readline())

    def wait(self) -> int:
        """Wait for the run; its exit code, negative for the signal that ended it."""
        return int(cast("IO[str]", self.process.stdout).readline())
