"""How much is drawn: the same few examples every time, or more of new ones when OPTTIUS_FUZZ says so."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("OPTTIUS_FUZZ", "0"))


def fuzz(examples: int) -> settings:
    """Settings for a test that draws so many examples, or OPTTIUS_FUZZ times as many from a new seed."""
    return settings(
        max_examples=examples * max(1, TIMES),
        derandomize=TIMES == 0,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
