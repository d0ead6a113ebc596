"""The bill of materials lists what the program needs; a service that knows nothing is no all-clear."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tools import sbom

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_bill_lists_the_dependencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "SBOM", tmp_path / "build" / "sbom.json")
    count = sbom.write_sbom()
    parts = json.loads(sbom.SBOM.read_text(encoding="utf-8"))["components"]
    assert len(parts) == count
    versions = {part["name"]: part["version"] for part in parts}
    assert versions.keys() >= {"duckdb", "pyarrow", "typer", "rich", "openpyxl"}
    assert all(versions.values())


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (None, 0, "No vulnerability service can be reached"),
        ([{"name": "a", "skip_reason": "not found"}], 0, "0 packages looked up, 1 not known"),
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 packages looked up, 0 not known"),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}],
            1,
            "a 1: X-1, mended in 2",
        ),
    ],
)
def test_the_outcome_is_printed(
    answer: list[dict[str, Any]] | None,
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sbom, "write_sbom", lambda: 3)
    monkeypatch.setattr(sbom, "query_vulnerabilities", lambda: answer)
    assert sbom.main() == code
    assert message in capsys.readouterr().out
