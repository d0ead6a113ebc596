"""Audit one run: start its record before the command, and append it to the log when the command has ended."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from opttius_cli import audit, clock, config, diagnostics
from opttius_cli.command_support.command_catalog import COMMANDS, EVERY_DAY, UNDERSTAND
from opttius_cli.errors import OutputError, UsageError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.audit import AuditRecord

AUDITED_COMMANDS = (
    *(name for name, entry in COMMANDS.items() if entry.panel in {EVERY_DAY, UNDERSTAND}),
    *("check", "load", "job run"),
)
"""The commands that read data: a run of one is logged even when its options are invalid."""


def start_audit() -> tuple[AuditRecord, float]:
    """Return the record of a run that begins now, and its start on the monotonic clock."""
    try:
        moment = clock.now()
    except UsageError:
        # The command itself will report it.
        moment = datetime.now(UTC)
    return audit.AuditRecord(time=moment.isoformat(timespec="seconds")), perf_counter()


def record_reveal(record: AuditRecord, reason: str) -> None:
    """Log who reveals personal data, and why; without that line it is not shown.

    Raises:
        OutputError: the line could not be written.
    """
    record.masking, record.reason, record.user = "revealed", reason, _get_user_name()
    try:
        audit.append_record(config.find_state_folder(os.environ), record)
    except OSError as error:
        raise OutputError(
            _(
                "The audit log {file} cannot be written, so personal data is not shown: {why}.",
                file=config.find_state_folder(os.environ) / audit.FILE_NAME,
                why=error.strerror,
            )
        ) from error


def finish_audit(record: AuditRecord, arguments: Sequence[str], code: int, started: float) -> None:
    """Log how a run ended. When that fails it is shown on stderr, and the exit code stays the same."""
    if record.command is None and code != diagnostics.SUCCESS:
        record.command = _find_audited_command(arguments)
    if record.command is None:
        return
    record.user, record.exit_code = _get_user_name(), code
    record.seconds = round(perf_counter() - started, 3)
    folder = config.find_state_folder(os.environ)
    try:
        audit.append_record(folder, record)
    except OSError as error:
        diagnostics.Reporter().show_note(
            _(
                "This run is missing in the audit log, because {file} cannot be written: {why}.",
                file=folder / audit.FILE_NAME,
                why=error.strerror,
            )
        )


def _find_audited_command(arguments: Sequence[str]) -> str | None:
    """Return the audited command that a command line names, if there is one."""
    typed = " ".join(arguments[:2])
    return next((name for name in AUDITED_COMMANDS if f"{typed} ".startswith(f"{name} ")), None)


def _get_user_name() -> str:
    """Return the name of the system's user, or its number when it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "?"
