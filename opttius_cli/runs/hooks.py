"""Hooks: the user's own commands that run after a job, such as a mail, a webhook or a dead man's switch.

The shell runs the command, as cron does. The facts are passed only as environment variables, so that no data
can become a part of the command. A hook that fails does not change the outcome of the run.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.runs.ledger import DELIVERED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.definitions import Definition
    from opttius_cli.runs.alerts import Raised
    from opttius_cli.runs.ledger import Run
    from opttius_cli.runs.running import Post

TIMEOUT = 60.0
"""Seconds that a hook may take."""
_NAMED_AT_MOST = 100_000
"""The longest value of a variable, in characters: the system limits the size of the environment."""


def call(
    post: Post, definition: Definition, run: Run, files: Sequence[str], raised: Sequence[Raised]
) -> None:
    """Run the hook for the status of ``run``, if there is one, and report a problem with it."""
    command = _command(post, definition, run)
    if command and (trouble := _trouble(command, {**post.environment, **facts(run, files, raised)})):
        post.voice.note(_("The command for {report}: {problem}", report=run.report, problem=trouble))


def _trouble(command: str, environment: Mapping[str, str]) -> str | None:
    """Run ``command``; returns a description of what went wrong, or None."""
    try:
        process = subprocess.Popen(  # noqa: S602 - the reader's own command, as they wrote it
            command,
            shell=True,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return _("it could not be started: {why}.", why=error.strerror)
    try:
        said, _nothing = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        _end(process)
        return _("it took longer than {seconds} s and was ended.", seconds=int(TIMEOUT))
    except BaseException:
        _end(process)
        raise
    if not process.returncode:
        return None
    last = (said.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    return _("it ended with {code}: {output}", code=process.returncode, output=last)


def _command(post: Post, definition: Definition, run: Run) -> str | None:
    if run.status in DELIVERED:
        return post.on_success or definition.on_success
    return post.on_failure or definition.on_failure


def facts(run: Run, files: Sequence[str], raised: Sequence[Raised]) -> dict[str, str]:
    """Build the environment variables that tell the hook about the run."""
    told = {
        "REPORT": run.report,
        "STATUS": run.status,
        "CAUSE": run.cause or "",
        "CODE": "" if run.code is None else str(run.code),
        "FOLDER": run.folder or "",
        "FILES": "\n".join(files),
        "ROWS": "" if run.rows is None else str(run.rows),
        "SECONDS": "" if run.seconds is None else f"{run.seconds:.1f}",
        "AS_OF": run.as_of.isoformat() if run.as_of else "",
        "DUE": run.due.isoformat() if run.due else "",
        "ALERTS": "\n".join(one.sentence for one in raised),
    }
    return {f"OPTTIUS_{name}": value.replace("\0", "")[:_NAMED_AT_MOST] for name, value in told.items()}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and all processes that it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(OSError, ValueError):
        process.communicate(timeout=5)
