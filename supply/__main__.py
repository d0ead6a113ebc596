"""``make audit``: a bill of materials of what is installed, and what a vulnerability service says of it.

A known vulnerability fails. A service that cannot be reached, or that does not know a package, does not: that is
said, because silence would look like safety.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
BILL = HERE / "build" / "sbom.json"
TOOLS = Path(sys.executable).parent
PATIENCE = 60
"""Seconds that the service may take."""


def main() -> int:
    """Write the bill, ask about it, and say what came of it."""
    parts = bill_of_materials()
    print(f"{BILL.relative_to(HERE)}: {parts} components")
    answer = asked()
    if answer is None:
        print("No vulnerability service can be reached from here: nothing was looked up.")
        return 0
    known = [one for one in answer if "skip_reason" not in one]
    unknown = len(answer) - len(known)
    for one in known:
        for fault in one["vulns"]:
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {fault['id']}, mended in {mended}")
    print(f"{len(known)} packages looked up, {unknown} not known to the service.")
    return 1 if any(one["vulns"] for one in known) else 0


def bill_of_materials() -> int:
    """Write :data:`BILL`; returns how many components it lists."""
    BILL.parent.mkdir(exist_ok=True)
    whose = [sys.executable, "--pyproject", str(HERE / "pyproject.toml")]
    options = ["--output-reproducible", "--of", "JSON", "-o", str(BILL)]
    subprocess.run(
        [str(TOOLS / "cyclonedx-py"), "environment", *whose, *options], check=True, capture_output=True
    )
    return len(json.loads(BILL.read_text(encoding="utf-8"))["components"])


def asked() -> list[dict[str, Any]] | None:
    """What the service knows of each installed package; None when it cannot be reached."""
    command = [str(TOOLS / "pip-audit"), "--skip-editable", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(
            [*command, "--timeout", "5"], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


if __name__ == "__main__":
    sys.exit(main())
