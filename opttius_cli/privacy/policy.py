"""The privacy policy of a request: how personal data is shown, and which columns that concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.result import PERSONAL, TEXTS, Kind

if TYPE_CHECKING:
    from opttius_cli.config import Config
    from opttius_cli.result import Column, Masking, Result

SCANNED = (Kind.EMAIL, Kind.PHONE, Kind.RUT)
"""The kinds of personal data that are searched for in free text."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How personal data is shown: the mode, the key of pseudonyms, and the smallest group that is shown."""

    mode: Masking = "masked"
    key: bytes = field(default=b"", repr=False)
    min_group: int = 0

    def touches(self, result: Result, *, users: bool) -> bool:
        """Return whether anything in ``result`` may have to change."""
        if self.min_group and result.group_size:
            return True
        return self.mode != "revealed" and any(
            column.kind in PERSONAL
            or is_free(column, users=users)
            or (self.mode == "anonymous" and is_joining(column))
            for column in result.columns
        )


MASKED = Policy()
"""The default policy."""


def is_free(column: Column, *, users: bool) -> bool:
    """Return whether ``column`` is free text: typed by people, or any text of a user's own report."""
    return column.kind in TEXTS and (users or column.free)


def is_joining(column: Column) -> bool:
    """Return whether ``column`` identifies rows of the shop's database."""
    return column.kind is Kind.ID or column.joins


def policy_of(config: Config, *, anonymous: bool, reveal: bool) -> Policy:
    """Build the policy from options and settings; ``reveal`` has already been permitted.

    Raises:
        ConfigError: pseudonyms without a key.
    """
    mode: Masking = "revealed" if reveal else "anonymous" if anonymous else _mode(config)
    if mode != "anonymous":
        return Policy(mode, min_group=config.min_group)
    if config.privacy_key is None:
        raise ConfigError(
            _(
                "Pseudonyms need a secret, privacy.key. Type opttius config key to make one, "
                "and keep it where only you can read it."
            )
        )
    # Imported here: few commands need it, and every command would pay for it.
    from hashlib import blake2b

    return Policy(mode, blake2b(config.privacy_key.encode()).digest(), config.min_group)


def _mode(config: Config) -> Masking:
    return "anonymous" if config.privacy_mode == "anonymous" else "masked"
