"""Check whether the settings allow personal data to be shown unmasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import NotAllowedError, format_list
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.config import Config

REVEAL_OPTION = "--reveal-pii"


def check_reveal_early(config: Config, option: str = REVEAL_OPTION) -> None:
    """Reject ``option`` before any data is read, as far as that can be known.

    The role of an admin is read from the data; :func:`check_reveal` checks it then.

    Raises:
        NotAllowedError: personal data stays masked here.
    """
    if not (config.user and config.allow_reveal):
        check_reveal(config, None, option)


def check_reveal(config: Config, role: str | None, option: str = REVEAL_OPTION) -> None:
    """Reject ``option`` where it is switched off, or not allowed for ``role`` (None: of nobody).

    Raises:
        NotAllowedError: personal data stays masked here.
    """
    if not config.allow_reveal:
        raise NotAllowedError(
            _("{option} is switched off here (privacy.allow_reveal = false).", option=option)
        )
    if config.reveal_roles and role not in config.reveal_roles:
        raise NotAllowedError(
            _(
                "{option} is for the roles {roles} only (privacy.reveal_roles). Say who you are with --as.",
                option=option,
                roles=format_list(config.reveal_roles),
            )
        )
