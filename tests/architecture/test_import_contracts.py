"""The contracts of import-linter hold in the tests too, and a wrong import would break them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from architecture.syntax_trees import ROOT

LINT = Path(sys.executable).parent / "lint-imports"


def test_imports_run_downward() -> None:
    done = subprocess.run(
        [LINT, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken" in done.stdout
