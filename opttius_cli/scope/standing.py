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
    import duckdb

    from opttius_cli.scope.directory import Organization

ADVANCED_ANALYTICS = "advanced_analytics"
"""The feature that the dashboard, the segments, the exports and scheduled jobs need."""
_WITH_ANALYTICS = frozenset({"pro", "premium"})
_ENDED = frozenset({"suspended", "cancelled", "canceled"})
_YES = frozenset({"true", "t", "1", "yes", "on", "enabled"})


def must_be_open(organization: Organization) -> None:
    """Raise NotAllowedError for an organization that is suspended or cancelled."""
    if _word(organization.status) in _ENDED:
        raise NotAllowedError(
            _(
                "The organization {name} is {status}. Its reports are shown again with "
                "access.allow_suspended = true in opttius.toml.",
                name=organization.shown,
                status=_word(organization.status),
            )
        )


def must_have(
    con: duckdb.DuckDBPyConnection, organization: Organization, feature: str, *, default: bool
) -> None:
    """Raise NotAllowedError when the tier lacks ``feature``; without a tier, ``default`` decides."""
    tier = _word(organization.tier)
    if not tier:
        if not default:
            raise NotAllowedError(
                _(
                    "This needs {feature}, which is switched off here (access.{feature} = false).",
                    feature=feature,
                )
            )
        return
    told = _told(con, tier, feature)
    if not (tier in _WITH_ANALYTICS if told is None else told):
        raise NotAllowedError(
            _(
                "This needs {feature}, which the tier {tier} of {name} does not have. "
                "What works without it: opttius customer, opttius customers.",
                feature=feature,
                tier=tier,
                name=organization.shown,
            )
        )


def _told(con: duckdb.DuckDBPyConnection, tier: str, feature: str) -> bool | None:
    """Return whether the table of tiers gives ``tier`` the feature; None when it has nothing on the tier."""
    rows = con.execute(
        "SELECT CAST(features AS VARCHAR) FROM raw.subscription_tiers "
        "WHERE lower(trim(name)) = $1 AND features IS NOT NULL",
        [tier],
    ).fetchall()
    try:
        told = [_has(json.loads(row[0]), feature) for row in rows]
    except ValueError:
        # Not JSON: a damaged export neither grants nor denies anything.
        return None
    return all(told) if told else None


def _has(features: Any, feature: str) -> bool:
    """Return whether ``features`` includes a feature: as a flag, as an object with ``enabled``, or in a list.

    A flag is set when it is true, or a text or number that means true.
    """
    if isinstance(features, str):
        # Some tools write a jsonb column as JSON within a JSON text.
        try:
            return _has(json.loads(features), feature)
        except ValueError:
            return features == feature
    if isinstance(features, list):
        return any(_has(one, feature) for one in features)
    if not isinstance(features, dict):
        return False
    flag = features.get(feature)
    if isinstance(flag, dict):
        flag = flag.get("enabled")
    return str(flag).strip().lower() in _YES


def _word(text: str | None) -> str:
    return (text or "").strip().lower()
