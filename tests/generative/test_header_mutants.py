"""A header with one thing wrong is a sentence with file and line, or a report that every format writes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cli.run_program import load_shop
from cli.test_report_headers import BODY, HEADER, write_report
from own_sql.conftest import open_analyst

from generative.header_mutants import iter_mutants
from opttius_cli.errors import ConfigError, InvalidReportError
from opttius_cli.installation.resources import index_sql_files
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports.header import Report, parse_report
from opttius_cli.reports.header_text import split_header
from opttius_cli.reports.layouts import build_list_layout
from opttius_cli.session.run_reports import run_reports

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = (
    *("sales/top_products", "segments/frequency", "segments/movement", "clinic/labs", "drivers/channel_mix"),
    *("branches/branches", "worklist/worklist", "cohorts/all_cohorts", "dashboard/orders_by_status"),
)
LEAST_MUTANTS = 788
"""Fewer would mean that a part of the grammar is lost."""


def parse_mutants(header: str, body: str) -> list[Report]:
    """Parse every mutant of ``header``: the reports, and none that is neither a report nor one sentence."""
    reports, count = [], 0
    for mutant in iter_mutants(header):
        count += 1
        try:
            reports.append(parse_report("user/own", write_report(mutant, body), "own.sql"))
        except ConfigError as error:
            sentence = str(error)
            assert sentence.startswith("own.sql, line ")
            assert len(sentence.splitlines()) == 1
            assert len(sentence) < 1_500
    assert count > LEAST_MUTANTS
    return reports


def test_a_wrong_header_is_named_by_file_and_line() -> None:
    assert parse_mutants(HEADER, BODY)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_wrong_header_of_a_shipped_report_is_named(name: str) -> None:
    header, body = split_header(index_sql_files()[name].read_text(encoding="utf-8"), name)
    parse_mutants(header, body)


def test_what_is_a_report_is_written_in_every_format(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    refused = 0
    with open_analyst(load_shop(tmp_path_factory.mktemp("shop")), period="90") as analyst:
        opened = analyst.session
        opened = replace(opened, library=replace(opened.library, folder=tmp_path))
        reports = {repr(replace(report, sql="")): report for report in parse_mutants(HEADER, BODY)}
        for report in reports.values():
            (tmp_path / "own.sql").write_text(report.sql, encoding="utf-8")
            try:
                answer = run_reports(opened, "own", build_list_layout("user/own"), quality=())
            except InvalidReportError:
                refused += 1
                continue
            for renderer in RENDERERS.values():
                renderer.write(answer, io.BytesIO(), Style("en"))
    assert 0 < refused < len(reports) / 2
