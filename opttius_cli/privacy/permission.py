"""Check whether the settings allow personal data to be shown unmasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import NotAllowedError, format_list
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.config import Config


def check_reveal(config: Config, role: str | None) -> None:
    """Reject ``--reveal-pii`` where it is switched off, or not allowed for ``role`` (None: unknown).

    Raises:
        NotAllowedError: personal data stays masked here.
    """
    if not config.allow_reveal:
        raise NotAllowedError(_("--reveal-pii is switched off here (privacy.allow_reveal = false)."))
    if config.reveal_roles and role not in config.reveal_roles:
        raise NotAllowedError(
            _(
                "--reveal-pii is for the roles {roles} only (privacy.reveal_roles). Say who you are with --as.",
                roles=format_list(config.reveal_roles),
            )
        )
