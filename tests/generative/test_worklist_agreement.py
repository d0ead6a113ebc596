"""The worklist, cohorts and the reference model agree on every row and every count of any data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import differences, misplaced_keys
from oracle.model import read_cohorts, read_worklist
from oracle.worklist import Rules

from generative.datasets import Dataset, write_dataset
from generative.fuzz import fuzz
from generative.test_agreement import ask, request
from generative.worklist_data import worklist_worlds

RULES = (Rules(), Rules(capacity=1, hold_back_pct=50), Rules(exam_months=6, opt_out_tags=("vip",)))


def _write_settings(rules: Rules) -> None:
    tags = ", ".join(f'"{tag}"' for tag in rules.opt_out_tags)
    Path("opttius.toml").write_text(
        f"[worklist]\ncapacity = {rules.capacity}\nexam_months = {rules.exam_months}\n"
        f"hold_back_pct = {rules.hold_back_pct}\nopt_out_tags = [{tags}]\n",
        encoding="utf-8",
    )


@fuzz(3)
@given(dataset=worklist_worlds(), rules=st.sampled_from(RULES))
def test_worklist_and_cohorts_agree(*, dataset: Dataset, rules: Rules) -> None:
    _write_settings(rules)
    folder = write_dataset(dataset.tables)
    expected: Any = read_worklist(folder, request(dataset), rules)
    got = ask(folder, "worklist", *dataset.options)
    # What was left out is compared for every report elsewhere.
    del expected["data_quality"], got["data_quality"]
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []
    by = ("month", "quarter", "year")[rules.exam_months % 3 or rules.capacity % 2]
    expected = read_cohorts(folder, request(dataset), by)
    got = ask(folder, "cohorts", "--by", by, *dataset.options)
    del expected["data_quality"], got["data_quality"]
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []
