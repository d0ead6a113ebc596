"""``--profile``: what each step took, on stderr; the answer stays as it is, and a section prepares what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.run_program import MIRADOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.run_program import RunResult


def read_steps(text: str) -> dict[str, list[str]]:
    """Read the table of steps: their seconds, rows and peak memory, by name."""
    heading, *lines = [line for line in text.splitlines() if "  " in line]
    assert heading.split() == ["step", "seconds", "rows", "peak", "MB"]
    steps = {line.rsplit(maxsplit=3)[0]: line.rsplit(maxsplit=3)[1:] for line in lines}
    assert list(steps)[-1] == "whole run"
    assert all(float(seconds) >= 0 for seconds, _rows, _peak in steps.values())
    return steps


def test_the_answer_stays_and_the_steps_follow(run: Callable[..., RunResult], shop: Path) -> None:
    command = ("customers", "-s", str(shop), *MIRADOR, "--format", "csv", "--quiet")
    plain, profiled = run(*command), run(*command, "--profile")
    assert (plain.code, plain.err, profiled.out) == (0, "", plain.out)
    steps = read_steps(profiled.err)
    assert list(steps)[:2] == ["open the data", "scope"]
    assert steps["report customers/list"][1] == str(len(plain.out.splitlines()) - 1)
    assert {"view customer_facts", "row counts", "write csv"} <= set(steps)


def test_a_section_prepares_only_what_it_reads(run: Callable[..., RunResult], shop: Path) -> None:
    command = ("dashboard", "-s", str(shop), *MIRADOR, "--format", "json", "--profile", "--section")
    payments = set(read_steps(run(*command, "payment_methods").err))
    stock = set(read_steps(run(*command, "products").err))
    assert "view counted_payments" in payments - stock
    assert "view order_lines" in stock - payments
    assert not {"view sale_sums", "view customer_facts", "view branch_sums"} & (payments | stock)


def test_it_speaks_spanish_and_tells_loads_too(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("load", "-s", str(shop), "--refresh", "--profile", "--lang", "es", "--quiet")
    assert ran.code == 0
    lines = [line for line in ran.err.splitlines() if "  " in line]
    assert lines[0].split() == ["paso", "segundos", "filas", "MB", "máximo"]
    assert any(line.startswith("abrir los datos ") for line in lines)
    assert lines[-1].startswith("ejecución completa ")
