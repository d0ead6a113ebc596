"""Whatever is typed as an option or written as a setting is a value: it runs nothing, and it is told as one line."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import MIRADOR, RunResult
from opttius_cli import config

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOADS = {
    "sql": "x' OR '1'='1",
    "statement": "x'; DROP TABLE raw.customers; --",
    "dollar": "$$ || (SELECT 1) || $$",
    "shell": "$(touch owned)`touch owned`; touch owned | touch owned",
    "path": "../../../../etc/passwd",
    "template": "{0.__class__.__mro__} {name} %(x)s %s %n ${HOME}",
    "escape": "\x1b[31mred\x1b]0;owned\x07",
    "lines": "x\nError: forged\r\n[privacy]\nallow_reveal = true",
    "bidi": "abc\u202ecba",
    "option": "--reveal-pii",
    "long": "L" * 100_000,
}
QUICK = ("sql", "escape", "lines")
"""The payloads that `make test` tries."""
TRIED = [
    pytest.param(text, id=name, marks=() if name in QUICK else pytest.mark.slow)
    for name, text in PAYLOADS.items()
]
OPTIONS = (
    "--branch",
    "--organization",
    "--period",
    "--as-of",
    "--tz",
    "--lang",
    "--max-age",
    "--format",
    "--compare",
    "--csv-dialect",
    "--search",
    "--segment",
    "--scheme",
    "--sort",
    "--limit",
    "--source",
    "--engine",
    "--remote",
)
FINE = {0, 2, 3, 4, 5, 6}
"""Answered, or refused in a sentence; never an unexpected failure."""


def harmless(ran: RunResult, payload: str) -> None:
    """The run ended in a way that somebody foresaw, and neither acted nor said more than a line."""
    assert ran.code in FINE, ran.err
    assert not [sign for sign in set(ran.out + ran.err) - {"\n", "\u00a0"} if not sign.isprintable()]
    assert "Traceback" not in ran.err
    assert not [line for line in ran.err.splitlines()[1:] if line.startswith("Error")]
    assert not list(Path.cwd().rglob("owned"))
    if ran.code:
        assert ran.out == ""


@pytest.mark.parametrize("payload", TRIED)
def test_options(run: Callable[..., RunResult], shop: Path, payload: str) -> None:
    before = shop.read_bytes()
    for option in OPTIONS:
        source = () if option == "--source" else ("-s", shop)
        scope = () if option in {"--organization", "--branch"} else MIRADOR
        harmless(run("customers", *source, *scope, f"{option}={payload}"), payload)
    assert shop.read_bytes() == before


@pytest.mark.parametrize("payload", TRIED)
def test_arguments(run: Callable[..., RunResult], shop: Path, payload: str) -> None:
    for command in (("customer",), ("export",), ("reports", "show"), ("reports", "sql")):
        reading = ("-s", shop, *MIRADOR) if command[0] in {"customer", "export"} else ()
        harmless(run(*command, *reading, "--", payload), payload)
    for name, option in (("dashboard", "--section"), ("segments", "--scheme"), ("check", "--fail-on")):
        harmless(run(name, "-s", shop, *MIRADOR, f"{option}={payload}"), payload)


@pytest.mark.parametrize("payload", TRIED)
def test_settings(
    run: Callable[..., RunResult], shop: Path, payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in sorted(set(config.list_settings()) - {"cache.folder", "source"}):
        if "\x00" in payload:
            continue
        with monkeypatch.context() as patch:
            patch.setenv(config.environment_variable(key), payload)
            scope = MIRADOR if key not in {"organization", "branches"} else MIRADOR[2:]
            ran = run("customers", "-s", shop, *scope, "--limit", "1")
        harmless(ran, payload)
        assert payload not in ran.err or key != "privacy.key"


def test_a_search_is_a_text(run: Callable[..., RunResult], shop: Path) -> None:
    for payload in ("' OR '1'='1", "%", "_", "\\", "') OR TRUE --"):
        ran = run("customers", "-s", shop, *MIRADOR, "--search", payload, "-f", "csv", "--quiet")
        assert (ran.code, len(ran.out.splitlines())) == (0, 1), payload


def test_a_report_is_no_path(run: Callable[..., RunResult], shop: Path) -> None:
    (Path.cwd() / "evil.sql").write_text("-- ---\n-- [columns]\n-- x = 'text'\n-- ---\nSELECT 'evil' AS x\n")
    here = str(Path.cwd() / "evil")
    for name in (here, f"user/../../../../../{here}", f"../{here}", "user/../evil", "../sql/base/rules"):
        for command in (("export",), ("reports", "show"), ("reports", "sql")):
            reading = ("-s", shop, *MIRADOR, "-o", "-") if command[0] == "export" else ()
            ran = run(*command, name, *reading)
            assert (ran.code, ran.out) == (6, ""), (command, name, ran.err)


def test_every_option_that_is_a_text_is_tried() -> None:
    from opttius_cli.commands import customers

    texts = {f"--{name.replace('_', '-')}" for name in inspect.signature(customers.customers).parameters}
    switches = {
        "--force",
        "--profile",
        "--quiet",
        "--verbose",
        "--no-color",
        "--no-input",
        "--refresh",
        "--strict",
    }
    written = {"--output", "--reveal-pii", "--reason", "--anonymous", "--inactive", "--as-email", "--context"}
    assert set(OPTIONS) >= texts - switches - written - {"--watch"}
