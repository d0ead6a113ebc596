"""Every spec test runs on both engines: the command line, and the reference model it is compared with."""

from __future__ import annotations

import pytest

from spec.harness import Ask, has_command_line


@pytest.fixture(params=["cli", "oracle"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two engines."""
    engine: str = request.param
    if engine == "cli" and not has_command_line():
        pytest.skip("only the reference model was asked for")
    return Ask(engine)
