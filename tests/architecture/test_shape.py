"""Sizes, docstrings, and who may speak, look at the clock or put SQL together."""

from __future__ import annotations

import ast
import re

import pytest

from architecture.code import MODULES, PACKAGE, SQL, calls, functions, lines_of, names_used, spliced, tree

LONGEST_FUNCTION = 45
LONGEST_MODULE = 300
LONGEST_SQL = 120

DECLARATIONS = {"catalog/tables.py", "config.py"}
"""Modules that are a list of what there is; cutting one in two would hide half of it."""

WRITES_STDOUT = re.compile(r"(__main__|cli)\.py|commands/\w+\.py|render/sink\.py|sample/__main__\.py")
WRITES_STDERR = {"diagnostics.py"}
LOOKS_AT_THE_CLOCK = {
    "commands/asking.py",
    "commands/audit.py",
    "commands/auditing.py",
    "commands/cache.py",
    "commands/report.py",
    "commands/standing.py",
    "diagnostics.py",
}
BUILDS_SQL = re.compile(
    r"scope/\w+\.py|snapshot/(build|housing|reading|tallying)\.py|sources/(postgres/)?\w+\.py|engines/\w+\.py|catalog/settling\.py"
)
"""These put SQL together from the catalog and the project's own views; values are bound."""

CLOCK = re.compile(r"(.*\.)?(now|today|utcnow|localtime|gmtime|monotonic|perf_counter|time_ns)|time\.time")
STATEMENT = re.compile(
    r"^\s*\(?(SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|COPY|FROM|SET|ATTACH|PRAGMA|EXPORT)\s"
    r"|\s(FROM|WHERE|GROUP BY|ORDER BY|UNION ALL)\s"
)

every_module = pytest.mark.parametrize("module", MODULES)


@every_module
def test_a_module_says_its_rule_first(module: str) -> None:
    assert ast.get_docstring(tree(module)), f"{module} has no docstring"


@every_module
def test_a_function_can_be_read_at_once(module: str) -> None:
    long = {node.name: lines_of(node) for node in functions(module) if lines_of(node) > LONGEST_FUNCTION}
    assert long == {}


def test_a_module_has_one_subject() -> None:
    sizes = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in MODULES.items()}
    assert {
        module: size for module, size in sizes.items() if size > LONGEST_MODULE and module not in DECLARATIONS
    } == {}


def test_an_sql_file_answers_one_question() -> None:
    # What makes sample data is a list of invented names and prices.
    sizes = {
        path.relative_to(SQL).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in SQL.rglob("*.sql")
        if path.parent.name != "sample"
    }
    assert sizes, "no SQL was found"
    assert {name: size for name, size in sizes.items() if size > LONGEST_SQL} == {}


def test_there_is_no_room_for_odds_and_ends() -> None:
    stems = {path.stem for path in PACKAGE.rglob("*")}
    assert stems & {"utils", "util", "helpers", "helper", "misc", "common"} == set()


@every_module
def test_sql_is_put_together_where_the_catalog_is_read_only(module: str) -> None:
    if BUILDS_SQL.fullmatch(module):
        return
    assert [(line, text) for line, text in spliced(module) if STATEMENT.search(text)] == []


@every_module
def test_stdout_is_data_and_written_by_few(module: str) -> None:
    used = {
        name for name in names_used(module) if name in {"sys.stdout", "print", "typer.echo", "click.echo"}
    }
    allowed = {"sys.stdout"} if WRITES_STDOUT.fullmatch(module) else set()
    assert used <= allowed


@every_module
def test_stderr_is_written_by_diagnostics(module: str) -> None:
    used = {
        name for name in names_used(module) if name in {"sys.stderr", "warnings.warn", "logging.basicConfig"}
    }
    assert used <= ({"sys.stderr"} if module in WRITES_STDERR else set())


@every_module
def test_the_clock_enters_at_the_command(module: str) -> None:
    if module in LOOKS_AT_THE_CLOCK:
        return
    assert {name for name in calls(module) if CLOCK.fullmatch(name)} == set()


def test_sql_looks_at_no_clock() -> None:
    calls_it = r"\b((now|today|get_current_\w+)\s*\(|(current_(date|time|timestamp)|localtime\w*)\b)"
    word = re.compile(calls_it, re.IGNORECASE)
    found = []
    for path in SQL.rglob("*.sql"):
        code = re.sub(r"--[^\n]*|'[^']*'", "", path.read_text(encoding="utf-8"))
        found += [(path.relative_to(SQL).as_posix(), hit[0].strip()) for hit in word.finditer(code)]
    assert found == []
