"""The privacy policy of a request: how personal data is shown, and which columns that concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.privacy.masks import MASKS
from opttius_cli.result import PERSONAL_KINDS, TEXT_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opttius_cli.config import Config
    from opttius_cli.result import Column, Masking, Result

FREE_TEXT_KINDS = (ColumnKind.EMAIL, ColumnKind.PHONE, ColumnKind.RUT)
"""The kinds of personal data that are searched for in free text."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How personal data is shown: the mode, the key of pseudonyms, and the smallest group that is shown."""

    mode: Masking = "masked"
    key: bytes = field(default=b"", repr=False)
    min_group: int = 0

    def find_masks(self, columns: Iterable[Column]) -> dict[str, str]:
        """Return the macro that masks each personal one of ``columns``, by its name."""
        if self.mode != "masked":
            return {}
        return {column.name: MASKS[column.kind] for column in columns if column.kind in MASKS}

    def affects(self, result: Result) -> bool:
        """Return whether anything in ``result``, whose personal columns are masked, may have to change."""
        if self.min_group and result.group_size:
            return True
        return self.mode != "revealed" and any(
            is_free_text(column)
            or (self.mode == "anonymous" and (column.kind in PERSONAL_KINDS or is_identifier(column)))
            for column in result.columns
        )


DEFAULT_POLICY = Policy()
"""The default policy."""


def is_free_text(column: Column) -> bool:
    """Return whether ``column`` is a text that people typed."""
    return column.kind in TEXT_KINDS and column.free_text


def is_identifier(column: Column) -> bool:
    """Return whether ``column`` identifies rows of the shop's database."""
    return column.kind is ColumnKind.ID or column.identifier


def build_policy(config: Config, *, anonymous: bool, reveal: bool) -> Policy:
    """Build the policy from options and settings; ``reveal`` has already been permitted.

    Raises:
        ConfigError: pseudonyms without a key.
    """
    mode: Masking = "revealed" if reveal else "anonymous" if anonymous else _get_default_mode(config)
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


def _get_default_mode(config: Config) -> Masking:
    return "anonymous" if config.privacy_mode == "anonymous" else "masked"
