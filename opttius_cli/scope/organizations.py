"""The organizations of the data: which of them count, and to which belongs what names none (metrics 3).

The app's own organizations never count, and those made to demonstrate it count only when there is no other. What
names no organization belongs to the only one that counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_APPS_OWN = ("is_platform", "is_root_testing")
_DEMONSTRATION = "is_demo"
_YES = frozenset({"true", "t", "1", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization; ``id`` is None for branches that name no organization."""

    id: str | None
    name: str | None = None
    slug: str | None = None
    metadata: str | None = None
    status: str | None = None
    tier: str | None = None

    @property
    def display_name(self) -> str:
        """Return the name that people know it by."""
        return self.name or self.slug or self.id or _("(without organization)")

    @property
    def details(self) -> Mapping[str, Any]:
        """Its ``metadata``; empty where that is not a JSON object."""
        try:
            metadata = json.loads(self.metadata or "{}")
            # Some tools write a jsonb column as JSON within a JSON text.
            metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
        except ValueError:
            return {}
        return metadata if isinstance(metadata, dict) else {}

    def is_marked(self, flag: str) -> bool:
        """Return whether its ``metadata`` sets a flag: true, or a text or number that says so."""
        return str(self.details.get(flag)).strip().lower() in _YES


def select_countable(organizations: Sequence[Organization]) -> tuple[Organization, ...]:
    """Return the organizations but the app's own, and but those made to demonstrate it where there are others."""
    shops = [item for item in organizations if not any(map(item.is_marked, _APPS_OWN))]
    return tuple(item for item in shops if not item.is_marked(_DEMONSTRATION)) or tuple(shops)


def find_adopter(organizations: Sequence[Organization], adopt: str | bool) -> str | None:  # noqa: FBT001 - a setting
    """Return the id of the organization to which belongs what names none; None where that is nobody.

    Raises:
        ConfigError: ``adopt`` names none of the organizations, or more than one.
    """
    if isinstance(adopt, str):
        fitting = match_organizations(organizations, adopt)
        if len(fitting) != 1:
            raise ConfigError(
                _(
                    "scope.adopt = “{name}”: the data hold no organization, or more than one, with this id, slug "
                    "or name.",
                    name=adopt,
                )
            )
        return fitting[0].id
    left = select_countable(organizations)
    return left[0].id if adopt and len(left) == 1 else None


def match_organizations(organizations: Sequence[Organization], name: str) -> list[Organization]:
    """Return the organizations with this id, slug or name."""
    key = normalize_name(name)
    return [
        o
        for o in organizations
        if key in {normalize_name(o.id), normalize_name(o.slug), normalize_name(o.name)} - {""}
    ]
