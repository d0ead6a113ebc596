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

ROOT = Path(__file__).parents[1]
SBOM = ROOT / "build" / "sbom.json"
BIN = Path(sys.executable).parent
TIMEOUT = 60
"""Seconds that the service may take."""


def main() -> int:
    """Write the bill, ask about it, and say what came of it."""
    component_count = write_sbom()
    print(f"{SBOM.relative_to(ROOT)}: {component_count} components")
    answer = query_vulnerabilities()
    if answer is None:
        print("No vulnerability service can be reached from here: nothing was looked up.")
        return 0
    audited = [package for package in answer if "skip_reason" not in package]
    skipped = len(answer) - len(audited)
    for package in audited:
        for vulnerability in package["vulns"]:
            fixed_versions = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            print(
                f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {fixed_versions}"
            )
    print(f"{len(audited)} packages looked up, {skipped} not known to the service.")
    return 1 if any(package["vulns"] for package in audited) else 0


def write_sbom() -> int:
    """Write :data:`BILL`; returns how many components it lists."""
    SBOM.parent.mkdir(exist_ok=True)
    project = [sys.executable, "--pyproject", str(ROOT / "pyproject.toml")]
    options = ["--output-reproducible", "--of", "JSON", "-o", str(SBOM)]
    subprocess.run(
        [str(BIN / "cyclonedx-py"), "environment", *project, *options], check=True, capture_output=True
    )
    return len(json.loads(SBOM.read_text(encoding="utf-8"))["components"])


def query_vulnerabilities() -> list[dict[str, Any]] | None:
    """What the service knows of each installed package; None when it cannot be reached."""
    command = [str(BIN / "pip-audit"), "--skip-editable", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(
            [*command, "--timeout", "5"], capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return packages


if __name__ == "__main__":
    sys.exit(main())
