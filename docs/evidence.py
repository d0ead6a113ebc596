"""The figures of the page that shows what proves the program: counted in the code, the tests and the Makefile."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs import counts
from docs.module_map import read_summary
from docs.spanish import format_number, translate
from opttius_cli.reports.figures import list_keys
from opttius_cli.reports.library import Library

sys.path.insert(0, str(counts.TESTS))
from oracle import model
from oracle.explain import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = counts.TESTS / "example" / "data"
REQUEST = model.Request("2026-11-22", organization="Óptica Cordillera")
QUALITY = "data_quality"
"""What was left out: the same part in every answer, counted once."""
GENERATIVE = counts.TESTS / "generative"
_COMMAND = re.compile(r"`(opttius [^`]+)`")
_AREA = re.compile(r"^  (?P<name>\w+)/ +(?P<meaning>.+)$", re.MULTILINE)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_STEPS = "read_steps"
_FEW = 10
"""A number of tests below this is told as it is; above, in tens, so that a page lasts longer than a day."""


def format_oracle() -> str:
    """Return a table with a row for each command whose answers are worked out a second time."""
    lines = [translate("| command | keys compared | drawn shops per `make fuzz` |"), "|---|---:|---:|"]
    repeats = counts.read_repeats()
    for name, keys in count_compared_keys().items():
        shops = sum(test.examples for test in list_agreements() if _compares(test, name))
        title = _name_answer(name)
        lines.append(f"| {title} | {format_number(keys)} | {format_number(repeats * shops)} |")
    oracle = counts.TESTS / "oracle"
    sentence = translate(
        "The second calculation is {modules} modules of plain Python; imports of the program in them: {imports}."
    )
    modules = {file.stem for file in oracle.glob("*.py")} - {
        file.stem for file in counts.list_modules(oracle)
    }
    imports = counts.count_imports(oracle, "opttius_cli")
    return "\n".join([*lines, "", sentence.format(modules=len(modules - {"__init__"}), imports=imports)])


def _compares(test: counts.DrawnTest, name: str) -> bool:
    """Return whether a test compares the whole answer that a function of the oracle works out."""
    if name == QUALITY:
        return not test.drops_quality and _STEPS not in test.calls
    # Beside its steps, only the figure itself is taken from the dashboard.
    return name == _STEPS if _STEPS in test.calls else name in test.calls


def _name_answer(name: str) -> str:
    """Return the command whose answer a function of the oracle works out, as its docstring says it."""
    if name == QUALITY:
        return translate("`data_quality` of every answer")
    found = _COMMAND.search(getattr(model, name).__doc__)
    return f"`{found[1]}`" if found else name


def list_agreements() -> list[counts.DrawnTest]:
    """List the drawn tests that compare the program with the oracle."""
    return [test for test in counts.list_drawn_tests(GENERATIVE) if "differences" in test.calls]


@cache
def count_compared_keys() -> dict[str, int]:
    """Map each function of the oracle to the number of keys that it works out for the worked example."""
    customer = model.read_segments(EXAMPLE, REQUEST)["rows"][0]["customer_id"]
    branch = model.Request(REQUEST.as_of, branches=("SCL-01",))
    dashboard = model.read_dashboard(EXAMPLE, REQUEST)
    answers: dict[str, Any] = {
        "read_dashboard": dashboard,
        "read_drivers": model.read_drivers(EXAMPLE, REQUEST),
        "read_movement": model.read_movement(EXAMPLE, REQUEST),
        "read_reconcile": model.read_reconcile(EXAMPLE, branch),
        "read_segments": model.read_segments(EXAMPLE, REQUEST),
        "read_customer": model.read_customer(EXAMPLE, customer, REQUEST),
        "read_worklist": model.read_worklist(EXAMPLE, REQUEST),
        "read_cohorts": model.read_cohorts(EXAMPLE, REQUEST, "month"),
        "read_forecast": model.read_forecast(EXAMPLE, REQUEST),
        "read_expected": model.read_expected(EXAMPLE, REQUEST),
    }
    keys = {name: len(set(_iter_paths(answer)) - {(QUALITY,)}) for name, answer in answers.items()}
    return keys | {_STEPS: len(KEYS), QUALITY: len(set(_iter_paths(dashboard[QUALITY])))}


def _iter_paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every value; the rows of a list have the same ones, and so have customers by their id."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _iter_paths(inner, path if _ID.fullmatch(str(key)) else (*path, str(key)))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _iter_paths(inner, path)
    else:
        yield path


def format_contract() -> str:
    """Return a table of what is defined, and how much of it tests hold."""
    sections = counts.list_sections(counts.ROOT / "docs" / "metrics.md")
    tested = counts.list_tested_sections(counts.TESTS / "spec")
    library = Library(Path("/nonexistent"))
    reports = library.list_project_reports()
    two_engines = counts.TESTS / "spark" / "two_engines.py"
    unlike = counts.find_constant(counts.parse_file(two_engines), "KNOWN")
    known = len(ast.literal_eval(unlike)) if unlike is not None else 0
    rows = {
        "sections of metrics.md": len(sections),
        "of these, with examples worked out by hand as tests": len(tested.intersection(sections)),
        "figures that `opttius explain` names, each with the rows that come to it": len(list_keys(library)),
        "reports": len(reports),
        "columns of reports": sum(len(library.load_report(name).columns) for name in reports),
        "reports that DuckDB, Sail and Apache Spark answer alike, cell by cell (`make test-spark`)": len(
            reports
        )
        - known,
    }
    lines = [translate("| what | number |"), "|---|---:|"]
    lines += [f"| {translate(what)} | {format_number(number)} |" for what, number in rows.items()]
    return "\n".join(lines)


def format_fuzz() -> str:
    """Return a table with a row for each module that draws its examples, or makes them all from a grammar."""
    lines = [
        translate("| what must hold | tests | examples per `make fuzz` | per `make fuzz FUZZ=0` |"),
        "|---|---:|---:|---:|",
    ]
    repeats, fewer = counts.read_repeats(), counts.read_integer(GENERATIVE / "fuzz.py", "FEWER")
    totals = [0, 0, 0]
    for module in counts.list_modules(GENERATIVE):
        drawn = [test for test in counts.list_drawn_tests(GENERATIVE) if test.module == module]
        least = counts.read_least(module)
        if not drawn and not least:
            continue
        cells = [
            len(drawn) or counts.count_tests(module),
            sum(repeats * test.examples * test.cases for test in drawn) + least,
            sum(max(1, test.examples // fewer) * test.cases for test in drawn) + least,
        ]
        totals = [total + cell for total, cell in zip(totals, cells, strict=True)]
        lines.append(_format_row(translate(read_summary(module)), cells))
    return "\n".join([*lines, _format_row(f"**{translate('all together')}**", totals)])


def format_areas() -> str:
    """Return a table with a row for each folder of tests."""
    lines = [translate("| folder | what it is about | tests, at least |"), "|---|---|---:|"]
    page = (counts.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = page.partition("\ntests/\n")[2].partition("\n```")[0]
    total = 0
    for area in _AREA.finditer(folders):
        number = _round_down(sum(map(counts.count_tests, counts.list_modules(counts.TESTS / area["name"]))))
        total += number
        if number:
            lines.append(
                f"| `tests/{area['name']}` | {_format_row(translate(area['meaning']), [number])[2:]}"
            )
    return "\n".join([*lines, f"| | {_format_row('**' + translate('all together') + '**', [total])[2:]}"])


def _round_down(number: int) -> int:
    return number if number < _FEW else number // _FEW * _FEW


def _format_row(title: str, numbers: list[int]) -> str:
    return f"| {' | '.join([title, *map(format_number, numbers)])} |"


def format_targets() -> str:
    """Return a sentence on how many targets of the page on performance are missed."""
    page = (counts.ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    table = page.partition("<!-- bench -->")[2].partition("\n## ")[0]
    _header, _line, *targets = [line for line in table.splitlines() if line.startswith("|")]
    missed = sum("missed" in line for line in targets)
    return translate("Targets of [performance.md](performance.md): {targets}; missed: {missed}.").format(
        targets=len(targets), missed=missed
    )
