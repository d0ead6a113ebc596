"""A setting or a job with any value is a setting or a sentence with the file and the key, never something else."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.header_mutants import VALUES
from opttius_cli import config
from opttius_cli.command_support.jobs import load_jobs
from opttius_cli.errors import ConfigError
from opttius_cli.jobs.definition.keys import ALERT_KEYS, KEYS

ODD = (
    *VALUES,
    *("0", "9" * 15, "9" * 30, '"99999999999TB"', '"999999999d"', '"../../etc/passwd"', '"@"', '"*"'),
    *('["a\\u0000b"]', '{ customers = "a\\u0000b" }', '{ customers = { phone = "x" } }'),
    *("{ customers = { phone = [[1]] } }", "[1979-05-27]", f'"{"s" * 40}"', f'"{"a/" * 3000}"', '"revealed"'),
)
JOB = '[jobs.monthly]\nparts = ["dashboard"]\nformats = ["json"]\n'
ALERT = '[[jobs.monthly.alerts]]\nfigure = "kpis.total_revenue"\nbelow = 1\n'


@st.composite
def files(draw: st.DrawFn) -> str:
    """The text of an opttius.toml with one key that has any value, in one of its tables."""
    table, keys = draw(
        st.sampled_from(
            [
                (
                    "",
                    [
                        *config.list_settings(),
                        "few",
                        "cache",
                        "jobs",
                        "reports",
                        "postgres.x",
                        '""',
                        '"a\\u0000b"',
                    ],
                ),
                (JOB, [*KEYS, "few"]),
                (JOB + ALERT, [*ALERT_KEYS, "few"]),
            ]
        )
    )
    key, value = draw(st.sampled_from(keys)), draw(st.sampled_from(ODD))
    if draw(st.booleans()):
        value = value[: draw(st.integers(0, len(value)))]
    lines = [line for line in table.splitlines() if line.partition(" = ")[0] != key]
    return "\n".join([*lines, f"{key} = {value}", ""])


@fuzz(400)
@given(files())
def test_any_value_is_a_setting_or_a_sentence(text: str) -> None:
    file = Path.cwd() / config.FILE_NAME
    file.write_text(text, encoding="utf-8")
    sentence = ""
    try:
        load_jobs(config.resolve_config({}, os.environ, Path.cwd()))
    except ConfigError as error:
        sentence = str(error)
    assert not sentence or config.FILE_NAME in sentence
