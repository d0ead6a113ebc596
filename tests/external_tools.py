"""What a test needs of the machine: without it the test is skipped, or fails where it must not be missing."""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(tool: str) -> str:
    """The path of a program. Under ``OPTTIUS_REQUIRE_TOOLS=1`` a test without it fails instead of skipping."""
    path = shutil.which(tool)
    if path is None:
        if os.environ.get("OPTTIUS_REQUIRE_TOOLS") == "1":
            pytest.fail(f"{tool} is not installed, and OPTTIUS_REQUIRE_TOOLS=1 asks for it")
        pytest.skip(f"{tool} is not installed")
    return path
