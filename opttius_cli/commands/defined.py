"""Load the jobs of ``opttius.toml``, and build the request of each run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli.commands.asking import library, voice
from opttius_cli.commands.auditing import reveals
from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.privacy.policy import policy_of
from opttius_cli.render import registry
from opttius_cli.reports.parts import every_figure, every_part

if TYPE_CHECKING:
    from datetime import datetime

    from opttius_cli.commands.options import Loading
    from opttius_cli.config import Config
    from opttius_cli.definitions import Definition, Known
    from opttius_cli.session import Request

_ON_SCREEN = {"table"}


def known() -> Known:
    """Return the report parts, figures, formats and masking modes that a job may use."""
    from opttius_cli.definitions import Known

    formats = {name: one.extension for name, one in registry.RENDERERS.items() if name not in _ON_SCREEN}
    shelf = library()
    parts = list(every_part(shelf.users()))
    return Known(parts, lambda: every_figure(shelf), formats, ("masked", "anonymous", "revealed"))


def definitions(config: Config) -> dict[str, Definition]:
    """Load every job that the config files define. Raises DefinitionError for an invalid one."""
    from opttius_cli.definitions import read

    root = Path(config.reports_folder).expanduser().absolute() if config.reports_folder else None
    return read(settings.files(os.environ, Path.cwd()), root, config.timezone, known())


def request(
    options: Loading, config: Config, definition: Definition, as_of: str | None, at: datetime
) -> Request:
    """Build the request of a run of ``job`` at ``as_of``; ``now`` is the clock."""
    from opttius_cli.session import Request

    reveal = definition.masking == "revealed"
    if reveal:
        if not config.allow_reveal:
            raise NotAllowedError(
                _("masking = “revealed” is switched off here (privacy.allow_reveal = false).")
            )
        if not (config.user and config.allow_reveal):
            # The role of an admin is checked later, when it has been read from the data.
            check_reveal(config, role=None)
        reveals(options.record, definition.reason or "")
    options.record.report, options.record.masking = definition.name, definition.masking
    return Request(
        replace(
            config,
            organization=definition.organization or config.organization,
            branches=definition.branches or config.branches,
            timezone=definition.timezone or config.timezone,
        ),
        os.environ,
        at,
        voice(options),
        period=definition.period,
        as_of=as_of,
        compare=definition.compare,
        refresh=options.refresh,
        strict=options.strict,
        policy=policy_of(config, anonymous=definition.masking == "anonymous", reveal=reveal),
        record=options.record,
    )
