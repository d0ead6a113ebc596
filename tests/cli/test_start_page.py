"""``opttius`` alone: what is set up and five commands, or three ways to begin; nothing is loaded for it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cli.run_program import MIRADOR

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from cli.run_program import RunResult


def test_without_a_source_it_names_three_ways_to_begin(run: Callable[..., RunResult]) -> None:
    ran = run()
    assert (ran.code, ran.err) == (0, "")
    for command in ("opttius init ", "opttius sample --out sample ", "opttius doctor SOURCE "):
        assert f"\n  {command}" in ran.out
    assert ran.out.endswith("\n  opttius help\n")


def test_with_a_source_it_says_what_is_set_up(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    monkeypatch.setenv("OPTTIUS_ORGANIZATION", MIRADOR[1])
    Path("opttius.toml").write_text(
        '[jobs.weekly]\nparts = ["kpis"]\nevery = "mon 07:00"\nformats = ["csv"]\noutput = "out/{job}"\n'
    )
    first, again = run(), run()
    assert (first.code, first.err) == (0, "")
    assert again.out == first.out
    assert f"Source        {shop}\n" in first.out
    assert "Organization  Óptica Mirador Austral, 3 branches\n" in first.out
    assert "Data          last sale on Nov 23, 2026, loaded on " in first.out
    assert "Job           weekly: last —, next Nov 30, 2026\n" in first.out
    commands = [line for line in first.out.splitlines() if line.startswith("  opttius ")]
    assert len(commands) == 5
    assert shlex.split(commands[0])[1] == "dashboard"


def test_data_that_are_not_loaded_are_not_loaded_by_it(
    run: Callable[..., RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(tmp_path))
    ran = run()
    assert ran.code == 0
    assert "Data    not loaded yet: opttius load\n" in ran.out


def test_a_scope_that_cannot_be_told_is_said(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    ran = run()
    assert ran.code == 0
    assert "Choose one with --organization NAME." in ran.out
