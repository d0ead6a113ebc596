"""The audit of one run: its record is opened before the command, and written down when the command has ended."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from opttius_cli import audit, config, diagnostics
from opttius_cli.commands.asking import now
from opttius_cli.errors import OutputError, UsageError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.audit import Record

AUDITED = ("dashboard", "customer", "customers", "segments", "export", "check", "load", "report run")
"""The commands that read data: a run of one is told even when its options could not be read."""


def begun() -> tuple[Record, float]:
    """The record of a run that begins now, and when that was on the clock that only goes forward."""
    try:
        moment = now()
    except UsageError:
        # The command itself will say so.
        moment = datetime.now(UTC)
    return audit.Record(time=moment.isoformat(timespec="seconds")), perf_counter()


def reveals(record: Record, reason: str) -> None:
    """Keep who wants to see personal data, and why; without that line it is not shown.

    Raises:
        OutputError: the line could not be written.
    """
    record.masking, record.reason, record.user = "revealed", reason, _user()
    try:
        audit.append(config.state_folder(os.environ), record)
    except OSError as error:
        raise OutputError(
            _(
                "The audit log {file} cannot be written, so personal data is not shown: {why}.",
                file=config.state_folder(os.environ) / audit.NAME,
                why=error.strerror,
            )
        ) from error


def ended(record: Record, arguments: Sequence[str], code: int, began: float) -> None:
    """Write down how a run ended. That it cannot be written is said, and changes nothing else."""
    if record.command is None and code != diagnostics.DONE:
        record.command = _meant(arguments)
    if record.command is None:
        return
    record.user, record.exit_code = _user(), code
    record.seconds = round(perf_counter() - began, 3)
    folder = config.state_folder(os.environ)
    try:
        audit.append(folder, record)
    except OSError as error:
        diagnostics.Voice().note(
            _(
                "This run is missing in the audit log, for {file} cannot be written: {why}.",
                file=folder / audit.NAME,
                why=error.strerror,
            )
        )


def _meant(arguments: Sequence[str]) -> str | None:
    """The audited command that a command line names, if it names one."""
    typed = " ".join(arguments[:2])
    return next((name for name in AUDITED if f"{typed} ".startswith(f"{name} ")), None)


def _user() -> str:
    """The name of the system's user, or the number of one that has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "?"
