"""Write an unexpected error to a private log file: where it came from, and nothing of the data."""

from __future__ import annotations

import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opttius_cli.files import permissions
from opttius_cli.redaction import redact_secrets
from opttius_cli.snapshot.engine_errors import may_show_value

if TYPE_CHECKING:
    from pathlib import Path

_VALUE_PATTERN = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|\S+@\S+|\d[\d.\- ]{5,}[\dkK]")


def log_unexpected_error(folder: Path) -> Path | None:
    """Write the current exception to a private log file; returns its path, None when that failed too."""
    try:
        permissions.make_private_folder(folder)
        file = folder / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
        file.touch(mode=0o600)
        file.write_text(redact_secrets(_format_without_values(sys.exc_info()[1])), encoding="utf-8")
    except OSError:
        return None
    return file


def _format_without_values(error: BaseException | None) -> str:
    """Format an exception and its causes: traceback, type, and message without values of the data."""
    if error is None:
        return ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    preceding = _format_without_values(cause)
    kind, message = type(error), _VALUE_PATTERN.sub("…", str(error))
    if may_show_value(error):
        # A library's message about a bad value begins with the kind of error; then it shows the value.
        message = message.partition(":")[0] + ": …"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{preceding}Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}: {message}\n"
