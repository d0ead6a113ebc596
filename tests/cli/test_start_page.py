"""``opttius`` alone: what is set up and five commands, or three ways to begin; nothing is loaded for it."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cli.run_program import DATA, MIRADOR

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


def write_export(folder: Path, organizations: str) -> Path:
    """The exports of the shop with another file of organizations."""
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("README.md"))
    (folder / "organizations.csv").write_text(organizations, encoding="utf-8")
    return folder


def test_it_speaks_the_language_of_now_and_nothing_controls_the_terminal(
    run: Callable[..., RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *rows = (DATA / "organizations.csv").read_text(encoding="utf-8").splitlines()
    named = [row.replace("Óptica Mirador Austral", "Óptica \x1b[31mRoja") for row in rows]
    folder = write_export(tmp_path / "data", "\n".join([header, *named, ""]))
    monkeypatch.setenv("OPTTIUS_SOURCE", str(folder))
    monkeypatch.setenv("OPTTIUS_ORGANIZATION", MIRADOR[1])
    assert run("load").code == 0
    assert "Organization  Óptica ␛[31mRoja, 3 branches\n" in run().out
    monkeypatch.setenv("OPTTIUS_LANG", "es")
    monkeypatch.setenv("LC_ALL", "es_CL.UTF-8")
    assert "Organización  Óptica ␛[31mRoja, 3 sucursales\n" in run().out


def test_a_wrong_zone_and_a_wrong_job_are_told_in_a_sentence(
    run: Callable[..., RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (DATA / "organizations.csv").read_text(encoding="utf-8")
    folder = write_export(tmp_path / "data", text.replace("America/Santiago", "Mars/Base"))
    assert "Mars/Base" in (folder / "organizations.csv").read_text(encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_SOURCE", str(folder))
    monkeypatch.setenv("OPTTIUS_ORGANIZATION", MIRADOR[1])
    Path("opttius.toml").write_text("[jobs.weekly]\nparts = 7\n", encoding="utf-8")
    assert run("load").code == 0
    ran = run()
    assert (ran.code, ran.err) == (0, "")
    assert "“Mars/Base” is not a time zone" in ran.out
    assert "jobs.weekly" in ran.out
    assert ran.out.endswith("\n  opttius help\n")
