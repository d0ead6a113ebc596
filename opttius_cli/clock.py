"""The clock: the time of day, which a command reads once and passes down."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _


def now() -> datetime:
    """Return the present instant in UTC. ``OPTTIUS_NOW`` overrides it, for tests and demonstrations.

    Raises:
        UsageError: ``OPTTIUS_NOW`` is not a timestamp.
    """
    text = os.environ.get("OPTTIUS_NOW")
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(_("OPTTIUS_NOW “{text}” is not a timestamp.", text=text)) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
