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
from opttius_cli.jobs.ledger import DELIVERED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.jobs.alerts import RaisedAlert
    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.ledger import Run
    from opttius_cli.jobs.run_job import RunContext

TIMEOUT = 60.0
"""Seconds that a hook may take."""
_MAX_VALUE_LENGTH = 100_000
"""The longest value of a variable, in characters: the system limits the size of the environment."""


def run_hook(
    context: RunContext, job: Job, run: Run, files: Sequence[str], raised: Sequence[RaisedAlert]
) -> None:
    """Run the hook for the status of ``run``, if there is one, and report a problem with it."""
    command = _select_command(context, job, run)
    if command and (
        problem := _run_command(command, {**context.environment, **build_variables(run, files, raised)})
    ):
        context.reporter.show_note(_("The command for {job}: {problem}", job=run.job, problem=problem))


def _run_command(command: str, environment: Mapping[str, str]) -> str | None:
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
        output, _nothing = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        _kill_process(process)
        return _("it took longer than {seconds} s and was ended.", seconds=int(TIMEOUT))
    except BaseException:
        _kill_process(process)
        raise
    if not process.returncode:
        return None
    last = (output.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    return _("it ended with {code}: {output}", code=process.returncode, output=last)


def _select_command(context: RunContext, job: Job, run: Run) -> str | None:
    if run.status in DELIVERED:
        return context.on_success or job.on_success
    return context.on_failure or job.on_failure


def build_variables(run: Run, files: Sequence[str], raised: Sequence[RaisedAlert]) -> dict[str, str]:
    """Build the environment variables that tell the hook about the run."""
    variables = {
        "JOB": run.job,
        "STATUS": run.status,
        "CAUSE": run.cause or "",
        "CODE": "" if run.code is None else str(run.code),
        "FOLDER": run.folder or "",
        "FILES": "\n".join(files),
        "ROWS": "" if run.rows is None else str(run.rows),
        "SECONDS": "" if run.seconds is None else f"{run.seconds:.1f}",
        "AS_OF": run.as_of.isoformat() if run.as_of else "",
        "DUE": run.due.isoformat() if run.due else "",
        "ALERTS": "\n".join(alert.sentence for alert in raised),
    }
    return {
        f"OPTTIUS_{name}": value.replace("\0", "")[:_MAX_VALUE_LENGTH] for name, value in variables.items()
    }


def _kill_process(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and all processes that it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(OSError, ValueError):
        process.communicate(timeout=5)
