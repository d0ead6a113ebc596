"""Commands of the reader's own that are told how a run ended: a mail, a webhook, a dead man's switch.

The command is run by the shell, as cron runs its lines. The facts come only by the environment, so nothing
of the data can become a part of the command. What becomes of it never changes what became of the report.
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
"""Seconds that a command may take."""
_NAMED_AT_MOST = 100_000
"""Characters of one fact: an environment has room for so many, not for any number of file names."""


def call(
    post: Post, definition: Definition, run: Run, files: Sequence[str], raised: Sequence[Raised]
) -> None:
    """Run the command for how ``run`` ended, if there is one."""
    command = _command(post, definition, run)
    if command and (trouble := _trouble(command, {**post.environment, **facts(run, files, raised)})):
        post.voice.note(_("The command for {report}: {trouble}", report=run.report, trouble=trouble))


def _trouble(command: str, environment: Mapping[str, str]) -> str | None:
    """Run ``command``; what went wrong with it, None when nothing did."""
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
    return _("it ended with {code}: {said}", code=process.returncode, said=last)


def _command(post: Post, definition: Definition, run: Run) -> str | None:
    if run.status in DELIVERED:
        return post.on_success or definition.on_success
    return post.on_failure or definition.on_failure


def facts(run: Run, files: Sequence[str], raised: Sequence[Raised]) -> dict[str, str]:
    """What the command is told, by the names of its environment."""
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
    """End a command and all that it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(OSError, ValueError):
        process.communicate(timeout=5)
