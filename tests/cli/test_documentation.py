"""The pages say what the program does: references as it makes them, transcripts as it prints them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from docs import __main__ as docs
from docs import module_map, references, transcripts
from opttius_cli import diagnostics
from opttius_cli.catalog.tables import TABLES
from opttius_cli.cli import build_app, main
from opttius_cli.command_support.command_catalog import translate_words
from opttius_cli.config import environment_variable, list_settings, read_config_file
from opttius_cli.period import MAX_DAYS
from opttius_cli.reports.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), ROOT / "sql" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(opttius [a-z][^`]*)`")


def _commands() -> dict[str, Any]:
    return dict(references.iter_commands(typer.main.get_command(build_app()), "opttius"))


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _name_page(page: Path) -> str:
    return str(page.relative_to(ROOT))


GENERATED = docs.build_pages()


@pytest.mark.parametrize("page", list(GENERATED), ids=_name_page)
def test_references_match_the_output_of_make_docs(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == GENERATED[page], "run make docs"


@pytest.mark.slow
@pytest.mark.parametrize("page", docs.list_transcript_pages(), ids=_name_page)
def test_transcripts_show_the_output_of_the_commands(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert transcripts.refresh_transcripts(text).splitlines() == text.splitlines(), "run make docs"


def test_the_pages_have_transcripts_in_both_languages() -> None:
    kinds = {page: _list_block_kinds(page) for page in docs.list_transcript_pages()}
    for page in (ROOT / "README.md", ROOT / "docs" / "tour.md"):
        assert "console" in kinds[page]
    for page in (ROOT / "README.es.md", ROOT / "docs" / "es" / "tour.md"):
        assert "console es" in kinds[page]
    assert sum(len(page_kinds) for page_kinds in kinds.values()) >= 20


def _list_block_kinds(page: Path) -> list[str]:
    return [block["kind"] for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_the_readme_is_one_page_with_one_picture_and_one_transcript(name: str) -> None:
    text = _text(name)
    assert len(text.splitlines()) <= 150
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 200_000
    assert sum(kind.startswith("console") for kind in _list_block_kinds(ROOT / name)) == 1


@pytest.mark.parametrize(("name", "folder"), [("README.md", "docs"), ("README.es.md", "docs/es")])
def test_the_readme_links_every_page(name: str, folder: str) -> None:
    linked = {link["file"] for link in LINK.finditer(_text(name))}
    assert {f"{folder}/{page.name}" for page in (ROOT / folder).glob("*.md")} - linked == set()


def test_every_command_and_option_is_in_the_reference() -> None:
    page = _text("docs/commands.md")
    for path, command in _commands().items():
        assert f"## {path}\n" in page
        for parameter in command.params:
            for name in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert f"`{name}`" in page, f"{path} {name}"


def test_the_pages_name_every_command_and_required_table() -> None:
    page = _text("docs/commands.md").partition("<!-- generated")[0]
    for path in _commands():
        group, _space, rest = path.removeprefix("opttius ").partition(" ")
        assert f"opttius {group}" in page
        assert not rest or f"`{rest}" in page, path
    for table in (table.name for table in TABLES.values() if table.required):
        assert f"`{table}`" in _text("README.md")


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
    assert f"| {' | '.join(map(str, sorted(documented)))} |" in _text("docs/scheduling.md")


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
    "orders_by_status",
    "emptied_cells",
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


@pytest.mark.parametrize("page", PAGES, ids=_name_page)
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


@pytest.mark.parametrize("page", PAGES, ids=_name_page)
def test_commands_that_pages_mention_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    defined = _commands()
    for line in [*INLINE.findall(text), *_typed(text)]:
        typed = [word for word in shlex.split(line, comments=True) if word not in {"NAME", "NOMBRE", "…"}]
        words = [typed[0], *translate_words(typed[1:])]
        path = " ".join(words[:3] if " ".join(words[:3]) in defined else words[:2])
        groups = {name.rpartition(" ")[0] for name in defined}
        assert path in defined or path in groups or words[1] in {"COMMAND", "COMANDO", "help"}, (
            f"{page.name}: {line}"
        )
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


@pytest.mark.parametrize(
    "name",
    [f"docs/{folder}{page}.md" for folder in ("", "es/") for page in ("tour", "configuration")]
    + ["docs/scheduling.md"],
)
def test_settings_that_pages_show_can_be_read(name: str, tmp_path: Path) -> None:
    blocks = [block["body"] for block in BLOCK.finditer(_text(name)) if block["kind"] == "toml"]
    assert blocks
    for number, text in enumerate(blocks):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        assert read_config_file(file)


def test_the_reports_that_pages_show_keep_their_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "config" / "reports"
    folder.mkdir(parents=True)
    for page in ("docs/own-reports.md", "docs/es/own-reports.md", "sql/README.md"):
        for number, block in enumerate(BLOCK.finditer(_text(page))):
            if block["kind"] == "sql" and block["body"].startswith("-- ---"):
                file = folder / f"{page.replace('/', '-').removesuffix('.md').lower()}-{number}.sql"
                file.write_text(block["body"], encoding="utf-8")
    assert len(list(folder.iterdir())) == 3
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
    views = {
        file.stem
        for file in files
        if "base" in file.parts and "internal = true" not in file.read_text(encoding="utf-8")
    } - UNSEEN
    recorded = {re.sub(r"_(at|between)$", "", view) for view in re.findall(r"`(\w+)", page)}
    assert {name for name in named if not re.search(rf"`\$?{name}`", page)} == set()
    assert views - recorded == set()


UNSEEN = {
    *(
        "arithmetic",
        "comparisons",
        "contacts",
        "days",
        "keys",
        "ledger_rules",
        "masks",
        "quantiles",
        "rules",
        "stages",
    ),
    *(
        "attributed_orders",
        "cohort_cells",
        "occasions",
        "spells",
        "predictions",
        "backtest_rows",
        "contact_candidates",
        "contact_figures",
        "customer_emails",
        "decided_rows",
        "exam_dates",
        "sell_reasons",
        "service_reasons",
        "worklist_counts",
        "worklist_rows",
        "link_customers",
        "every_order",
        "every_work_order",
        "faulty_rows",
        "unpaid_words",
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
    named = re.findall(r"^\|.*`", _text("GLOSSARY.md"), re.MULTILINE)
    named = [name for row in named for name in re.findall(r"`([A-Za-z_]+)`", row)]
    assert len(named) > 80
    assert [name for name in dict.fromkeys(named) if not re.search(rf"\b{name}\b", code)] == []


def test_every_module_is_in_the_map_with_a_sentence() -> None:
    lines = module_map.format_map().splitlines()
    modules = list((ROOT / "opttius_cli").rglob("*.py"))
    for module in modules:
        name = f"{module.parent.name}/" if module.name == "__init__.py" else module.name
        summary = module_map.read_summary(module)
        assert summary
        assert any(line.split(maxsplit=1) == [name, summary] for line in lines), name
    assert len(lines) == len(modules) + len(["```", "```"])


def test_contributing_names_folders_that_exist() -> None:
    body = _section("CONTRIBUTING.md", "Folders")
    parents: list[str] = []
    entries = re.findall(r"^( *)([\w.]+/)(?: |$)", body, re.MULTILINE)
    for indent, name in entries:
        parents = [*parents[: len(indent) // 2], name]
        assert Path(ROOT, *parents).is_dir(), name
    test_folders = {f"{file.parent.name}/" for file in (ROOT / "tests").glob("*/__init__.py")}
    assert test_folders <= {name for _indent, name in entries}


def test_contributing_names_the_layers_of_the_import_contract() -> None:
    import tomllib

    contracts = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    expected = [re.findall(r"\w+", re.sub(r"\(\w+\)", "", layer)) for layer in layers if layer != "__main__"]
    rows = re.findall(r"^\d+\. (`.*)$", _section("CONTRIBUTING.md", "Layers"), re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in rows] == expected


def _section(name: str, title: str) -> str:
    return _text(name).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_package_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads(_text("pyproject.toml"))["project"]
    page = _section("CONTRIBUTING.md", "Dependencies")
    requirements = [
        *project["dependencies"],
        *(requirement for extra in project["optional-dependencies"].values() for requirement in extra),
    ]
    names = {re.split(r"[<>=~ \[]", requirement)[0] for requirement in requirements} - {project["name"]}
    assert sorted(name for name in names if name not in page and not name.startswith("types-")) == []
