"""How much is drawn: the same few examples in CI, many new ones when OPTTIUS_FUZZ says so."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

FEWER = 4
"""What a run without OPTTIUS_FUZZ divides the number of a test's examples by."""
TIMES = int(os.environ.get("OPTTIUS_FUZZ", "0"))


def fuzz(examples: int) -> settings:
    """Settings for a test that draws OPTTIUS_FUZZ times so many examples from a new seed; a part of them without."""
    return settings(
        max_examples=examples * TIMES if TIMES else max(1, examples // FEWER),
        derandomize=TIMES == 0,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
