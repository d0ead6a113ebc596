"""What an organization's contract allows: whether it is active, and which features its tier includes.

``subscription_tiers.features`` decides. If it has nothing on the tier, the name of the tier decides; without
a tier, the settings do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.scope.organizations import Organization
    from opttius_cli.sql import Connection

ADVANCED_ANALYTICS = "advanced_analytics"
"""The feature that the dashboard, the segments, the exports and scheduled jobs need."""
_TIERS_WITH_ANALYTICS = frozenset({"pro", "premium"})
_INACTIVE_STATUSES = frozenset({"suspended", "cancelled", "canceled"})
_TRUE_TEXTS = frozenset({"true", "t", "1", "yes", "on", "enabled"})


def require_active(organization: Organization) -> None:
    """Raise NotAllowedError for an organization that is suspended or cancelled."""
    if _normalize_text(organization.status) in _INACTIVE_STATUSES:
        raise NotAllowedError(
            _(
                "The organization {name} is {status}. Its reports are shown again with "
                "access.allow_suspended = true in opttius.toml.",
                name=organization.display_name,
                status=_normalize_text(organization.status),
            )
        )


def require_feature(con: Connection, organization: Organization, feature: str, *, default: bool) -> None:
    """Raise NotAllowedError when the tier lacks ``feature``; without a tier, ``default`` decides."""
    tier = _normalize_text(organization.tier)
    if not tier:
        if not default:
            raise NotAllowedError(
                _(
                    "This needs {feature}, which is switched off here (access.{feature} = false).",
                    feature=feature,
                )
            )
        return
    has_feature = _read_tier_feature(con, tier, feature)
    if not (tier in _TIERS_WITH_ANALYTICS if has_feature is None else has_feature):
        raise NotAllowedError(
            _(
                "This needs {feature}, which the tier {tier} of {name} does not have. "
                "What works without it: opttius customer, opttius customers.",
                feature=feature,
                tier=tier,
                name=organization.display_name,
            )
        )


def _read_tier_feature(con: Connection, tier: str, feature: str) -> bool | None:
    """Return whether the table of tiers gives ``tier`` the feature; None when it has nothing on the tier."""
    rows = con.execute(
        "SELECT CAST(features AS VARCHAR) FROM raw.subscription_tiers "
        "WHERE lower(trim(name)) = $1 AND features IS NOT NULL",
        [tier],
    ).fetchall()
    try:
        flags = [_has_feature(json.loads(row[0]), feature) for row in rows]
    except ValueError:
        # Not JSON: a damaged export neither grants nor denies anything.
        return None
    return all(flags) if flags else None


def _has_feature(features: Any, feature: str) -> bool:
    """Return whether ``features`` includes a feature: as a flag, as an object with ``enabled``, or in a list.

    A flag is set when it is true, or a text or number that means true.
    """
    if isinstance(features, str):
        # Some tools write a jsonb column as JSON within a JSON text.
        try:
            return _has_feature(json.loads(features), feature)
        except ValueError:
            return features == feature
    if isinstance(features, list):
        return any(_has_feature(item, feature) for item in features)
    if not isinstance(features, dict):
        return False
    flag = features.get(feature)
    if isinstance(flag, dict):
        flag = flag.get("enabled")
    return str(flag).strip().lower() in _TRUE_TEXTS


def _normalize_text(text: str | None) -> str:
    return (text or "").strip().lower()
