"""Sizes, docstrings, and who may speak, look at the clock or put SQL together."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from architecture.syntax_trees import (
    MODULES,
    PACKAGE,
    ROOT,
    SQL,
    count_lines,
    find_called_names,
    find_spliced_texts,
    find_used_names,
    iter_functions,
    parse_module,
)

LONGEST_FUNCTION = 45
LONGEST_MODULE = 300
LONGEST_SQL = 120
MOST_FILES = 20

DECLARATIONS = {"catalog/tables.py", "config.py"}
"""Modules that are a list of what there is; cutting one in two would hide half of it."""

WRITES_STDOUT = re.compile(
    r"(__main__|cli)\.py|command(s|_support)/\w+\.py|render/sink\.py|sample/__main__\.py"
)
WRITES_STDERR = {"diagnostics.py"}
LOOKS_AT_THE_CLOCK = {
    "clock.py",
    "command_support/audit_hook.py",
    "command_support/error_log.py",
    "command_support/job_status.py",
    "command_support/request.py",
    "command_support/start_page.py",
    "command_support/value_completion.py",
    "commands/audit.py",
    "commands/cache.py",
    "commands/init.py",
    "commands/job.py",
    "diagnostics.py",
    "engines/own_sql/process.py",
    "profiler.py",
}
BUILDS_SQL = re.compile(
    r"scope/\w+\.py|snapshot/(build|lake|staging|column_notation|write_tables|repeats|casting|row_counts|newest_sales)\.py|sources/((dump|json|mapping|postgres)/)?\w+\.py|engines/((own_sql|spark)/)?\w+\.py|privacy/masks\.py|catalog/dedup\.py"
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
    assert ast.get_docstring(parse_module(module)), f"{module} has no docstring"


@every_module
def test_a_function_can_be_read_at_once(module: str) -> None:
    long = {
        node.name: count_lines(node)
        for node in iter_functions(module)
        if count_lines(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_a_module_has_a_single_subject() -> None:
    sizes = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in MODULES.items()}
    assert {
        module: size for module, size in sizes.items() if size > LONGEST_MODULE and module not in DECLARATIONS
    } == {}


def test_an_sql_file_answers_a_single_question() -> None:
    # What makes sample data is a list of invented names and prices.
    sizes = {
        path.relative_to(SQL).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in SQL.rglob("*.sql")
        if SQL / "sample" not in path.parents
    }
    assert sizes, "no SQL was found"
    assert {name: size for name, size in sizes.items() if size > LONGEST_SQL} == {}


def test_a_folder_can_be_looked_over() -> None:
    # The folder commands/ has one file for each command.
    counts = {
        folder.relative_to(ROOT).as_posix(): sum(file.suffix in {".py", ".sql"} for file in folder.iterdir())
        for room in (PACKAGE, SQL)
        for folder in (room, *room.rglob("*/"))
        if folder.is_dir() and folder != PACKAGE / "commands"
    }
    assert counts["sql/dashboard"], "no SQL was found"
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_every_sql_file_has_a_name_of_its_own() -> None:
    # Its name is its theme and its stem; the rooms between them are no part of it.
    names = Counter((path.relative_to(SQL).parts[0], path.stem) for path in SQL.rglob("*.sql"))
    assert [name for name, count in names.items() if count > 1] == []


def test_there_is_no_room_for_odds_and_ends() -> None:
    stems = {path.stem for path in PACKAGE.rglob("*")}
    assert stems & {"utils", "util", "helpers", "helper", "misc", "common"} == set()


@every_module
def test_sql_is_put_together_where_the_catalog_is_read_only(module: str) -> None:
    if BUILDS_SQL.fullmatch(module):
        return
    assert [(line, text) for line, text in find_spliced_texts(module) if STATEMENT.search(text)] == []


@every_module
def test_a_result_is_read_to_its_end(module: str) -> None:
    """DuckDB lends a connection to no relation while a result of it is unfinished: ``sql.fetch_first`` finishes it."""
    methods = {node.attr for node in ast.walk(parse_module(module)) if isinstance(node, ast.Attribute)}
    assert "fetchone" not in methods


@every_module
def test_stdout_is_data_and_written_by_few(module: str) -> None:
    used = {
        name
        for name in find_used_names(module)
        if name in {"sys.stdout", "print", "typer.echo", "click.echo"}
    }
    allowed = {"sys.stdout"} if WRITES_STDOUT.fullmatch(module) else set()
    assert used <= allowed


@every_module
def test_stderr_is_written_by_diagnostics(module: str) -> None:
    used = {
        name
        for name in find_used_names(module)
        if name in {"sys.stderr", "warnings.warn", "logging.basicConfig"}
    }
    assert used <= ({"sys.stderr"} if module in WRITES_STDERR else set())


@every_module
def test_the_clock_enters_at_the_command(module: str) -> None:
    if module in LOOKS_AT_THE_CLOCK:
        return
    assert {name for name in find_called_names(module) if CLOCK.fullmatch(name)} == set()


def test_sql_looks_at_no_clock() -> None:
    calls_it = r"\b((now|today|get_current_\w+)\s*\(|(current_(date|time|timestamp)|localtime\w*)\b)"
    word = re.compile(calls_it, re.IGNORECASE)
    clock_calls = []
    for path in SQL.rglob("*.sql"):
        code = re.sub(r"--[^\n]*|'[^']*'", "", path.read_text(encoding="utf-8"))
        clock_calls += [(path.relative_to(SQL).as_posix(), hit[0].strip()) for hit in word.finditer(code)]
    assert clock_calls == []
