"""The pages say what the program does: references as it makes them, transcripts as it prints them."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from opttius_cli import diagnostics
from opttius_cli.catalog.tables import TABLES
from opttius_cli.cli import build_app, main
from opttius_cli.config import environment_variable, list_settings, read_config_file
from opttius_cli.period import MAX_DAYS
from opttius_cli.reports.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "GLOSSARY.md", "sql/README.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(opttius [a-z][^`]*)`")


def _docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("opttius_docs", ROOT / "docs" / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DOCS = _docs()


def _commands() -> dict[str, Any]:
    return dict(DOCS.iter_commands(typer.main.get_command(build_app()), "opttius"))


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file", [pytest.param(file, id=str(file.relative_to(ROOT))) for file in DOCS.build_pages()]
)
def test_references_match_the_output_of_make_docs(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == DOCS.build_pages()[file], "run make docs"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_the_readme_shows_the_output_of_the_commands(name: str) -> None:
    text = _text(name)
    assert DOCS.refresh_transcripts(text).splitlines() == text.splitlines(), "run make docs"


def test_the_readme_has_transcripts_in_both_languages() -> None:
    kinds = [block["kind"] for block in BLOCK.finditer(_text("README.md"))]
    assert kinds.count("console") >= 8
    assert kinds.count("console es") == 1


def test_every_command_and_option_is_in_the_reference() -> None:
    page = _text("docs/commands.md")
    for path, command in _commands().items():
        assert f"## {path}\n" in page
        for parameter in command.params:
            for name in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert f"`{name}`" in page, f"{path} {name}"


def test_the_readme_names_every_command_setting_and_format() -> None:
    page = _text("README.md")
    for path in _commands():
        group, _space, rest = path.removeprefix("opttius ").partition(" ")
        assert f"opttius {group}" in page
        assert not rest or f"`{rest}" in page, path
    for table in (table.name for table in TABLES.values() if table.required):
        assert f"`{table}`" in page


def test_every_setting_is_in_the_reference() -> None:
    page = _text("docs/configuration.md")
    for key in list_settings():
        assert f"| `{key}` | `{environment_variable(key)}` |" in page


def test_every_report_and_column_is_in_the_reference() -> None:
    page = _text("docs/reports.md")
    library = Library(Path("/nonexistent"))
    for name in library.list_project_reports():
        section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        assert [column.name for column in library.load_report(name).columns] == re.findall(
            r"^\| `(\w+)` \|", section, re.MULTILINE
        )


def test_exit_codes_are_those_of_the_program() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", _text("docs/commands.md"), re.MULTILINE)}
    codes = set(diagnostics._EXIT_CODES.values())
    assert documented == codes | {
        diagnostics.SUCCESS,
        diagnostics.UNEXPECTED,
        diagnostics.USAGE,
        diagnostics.INTERRUPTED,
    }
    assert f"| {' | '.join(map(str, sorted(documented)))} |" in _text("README.md")


def test_metrics_defines_every_key_of_the_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    page = _text("docs/metrics.md")
    for typed in (["dashboard"], ["customer", "59a1cc9f-aa72-4679-84cc-98750b4e7b15"]):
        assert (
            main(
                [
                    *typed,
                    "--source",
                    str(ROOT / "sample_data"),
                    "-O",
                    "mirador-austral",
                    "--format",
                    "json",
                    "--as-of",
                    "2026-11-22",
                ]
            )
            == 0
        )
        keys = set(_keys(json.loads(capsysbinary.readouterr().out)))
        assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


OF_THE_DATA = {
    "by_status",
    "order_status_counts",
    "duplicate_rows",
    "rows_after_as_of",
    "rows",
    "refused_rows",
    "missing_columns",
}
"""Objects whose keys are values of the data."""


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in OF_THE_DATA:
                yield from _keys(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def test_metrics_tells_the_bounds_of_a_period() -> None:
    assert f"1 to {MAX_DAYS}" in _text("docs/metrics.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = page.parent / link["file"] if link["file"] else page
        assert target.exists(), f"{page.name}: {link[0]}"
        if link["anchor"]:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {
                re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
            }
            assert link["anchor"] in anchors, f"{page.name}: {link[0]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_pages_mention_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    defined = _commands()
    for line in [*INLINE.findall(text), *_typed(text)]:
        words = [word for word in shlex.split(line, comments=True) if word not in {"NAME", "…"}]
        path = " ".join(words[:3] if " ".join(words[:3]) in defined else words[:2])
        groups = {name.rpartition(" ")[0] for name in defined}
        assert path in defined or path in groups or words[1] == "COMMAND", f"{page.name}: {line}"
        taken = {
            name for parameter in getattr(defined.get(path), "params", ()) for name in parameter.opts
        } | {"--help"}
        if path in defined:
            assert {word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)} <= taken, (
                f"{page.name}: {line}"
            )


def _typed(text: str) -> Iterator[str]:
    """The commands of the blocks that show what to type, up to a pipe."""
    for block in BLOCK.finditer(text):
        for line in block["body"].splitlines():
            if typed := re.search(r"(?:^|[\d*] +|\$ )(opttius [a-z][^|#]*)", line):
                yield typed[1]


@pytest.mark.parametrize("name", ["README.md", "docs/configuration.md"])
def test_settings_that_pages_show_can_be_read(name: str, tmp_path: Path) -> None:
    shown = [block["body"] for block in BLOCK.finditer(_text(name)) if block["kind"] == "toml"]
    assert shown
    for number, text in enumerate(shown):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        assert read_config_file(file)


def test_the_reports_that_pages_show_keep_their_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "config" / "reports"
    folder.mkdir(parents=True)
    for page in ("README.md", "sql/README.md"):
        for number, block in enumerate(BLOCK.finditer(_text(page))):
            if block["kind"] == "sql" and block["body"].startswith("-- ---"):
                (folder / f"{Path(page).parent.name or 'readme'}-{number}.sql").write_text(
                    block["body"], encoding="utf-8"
                )
    assert len(list(folder.iterdir())) >= 1
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(folder.parent))
    assert main(["reports", "check", "--lang", "en"]) == 0, capsys.readouterr().out


def test_the_sql_page_names_every_variable_parameter_and_view() -> None:
    page = _text("sql/README.md")
    files = [file for file in (ROOT / "sql").rglob("*/*.sql") if {"load", "sample"}.isdisjoint(file.parts)]
    sql = "".join(file.read_text(encoding="utf-8") for file in files) + _text("opttius_cli/scope/views.py")
    library = Library(Path("/nonexistent"))
    own = {
        name for report in library.list_project_reports() for name in library.load_report(report).parameters
    }
    named = set(re.findall(r"getvariable\('(\w+)'\)", sql)) | (set(re.findall(r"\$([a-z]\w*)", sql)) - own)
    views = {file.stem for file in files if "base" in file.parts} - UNSEEN
    recorded = {re.sub(r"_(at|between)$", "", view) for view in re.findall(r"`(\w+)", page)}
    assert {name for name in named if not re.search(rf"`\$?{name}`", page)} == set()
    assert views - recorded == set()


UNSEEN = {
    *("arithmetic", "days", "keys", "rules"),
    *(
        "attributed_orders",
        "customer_emails",
        "link_customers",
        "every_order",
        "every_work_order",
        "faulty_rows",
        "order_links",
    ),
}
"""Files of macros, and the views that the others are made of."""


def test_the_session_that_the_sql_page_opens_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for block in BLOCK.finditer(_text("sql/README.md")):
        if block["kind"] == "python":
            exec(compile(block["body"], "sql/README.md", "exec"), {})  # noqa: S102 - it is our own page
    assert "work_order" in capfd.readouterr().out


def test_the_glossary_names_things_that_exist() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("opttius_cli", "sql")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".sql", ".toml"}
    )
    named = re.findall(r"`([a-z_]+)`", _text("GLOSSARY.md"))
    assert named
    assert [name for name in dict.fromkeys(named) if not re.search(rf"\b{name}\b", code)] == []


def test_contributing_names_rooms_that_exist() -> None:
    tree = next(
        block["body"]
        for block in BLOCK.finditer(_text("CONTRIBUTING.md"))
        if "opttius_cli/" in block["body"] and "cli.py" in block["body"]
    )
    here: list[str] = []
    for line in tree.splitlines():
        entry = re.match(r"(?P<indent> *)(?P<names>[\w./]+(?:, [\w./]+)*)", line)
        if not entry:
            continue
        depth = len(entry["indent"]) // 2
        names = entry["names"].split(", ")
        for name in names:
            assert Path(ROOT, *here[:depth], name).exists(), line
        here = [*here[:depth], names[0]]


def test_every_package_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads(_text("pyproject.toml"))["project"]
    page = _text("README.md").partition("## Dependencies")[2].partition("\n## ")[0]
    requirements = [
        *project["dependencies"],
        *(requirement for extra in project["optional-dependencies"].values() for requirement in extra),
    ]
    names = {re.split(r"[<>=~ \[]", requirement)[0] for requirement in requirements} - {project["name"]}
    assert sorted(name for name in names if name not in page and not name.startswith("types-")) == []
