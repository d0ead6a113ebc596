"""Both languages say everything: messages, help, titles, columns, codes; catalogs are compiled as written."""

from __future__ import annotations

import ast
import io
import re
import string
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from opttius_cli import i18n
from opttius_cli.cli import build_app
from opttius_cli.command_support.command_catalog import COMMANDS
from opttius_cli.command_support.typer_patches import translation
from opttius_cli.config import list_settings
from opttius_cli.reports.header_text import split_header
from opttius_cli.reports.library import Library
from opttius_cli.reports.shared_columns import load_shared_columns, merge_declaration
from opttius_cli.reports.vocabulary import get_vocabulary, load_vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog, Message

PACKAGE = Path(i18n.__file__).parent
CATALOG = PACKAGE / "locale" / "es" / "LC_MESSAGES" / "opttius.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "n_": (1, 2)}
MARKS = {"_", "N_", "n_"}
LIBRARY = Library(Path("/nonexistent"))


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, locale="es", domain="opttius")


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    """The first form of every message that extraction finds in the code."""
    messages = extract_from_dir(str(PACKAGE), [("**.py", "python")], {}, keywords=KEYWORDS)
    return {_first(message) for _file, _line, message, _comments, _context in messages if message}


@pytest.fixture
def _english_again() -> Iterator[None]:
    before = i18n.get_language()
    yield
    i18n.set_language(before)


def _first(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _forms(texts: Any) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _form, _how in string.Formatter().parse(text) if name is not None}


def test_the_catalog_holds_the_messages_of_the_code_and_nothing_else(
    spanish: Catalog, extracted: set[str]
) -> None:
    translated = {_first(message.id) for message in _messages(spanish)}
    assert (extracted - translated, translated - extracted) == (set(), set()), (
        "run make messages and translate what is new"
    )
    assert not spanish.obsolete


def test_every_message_is_translated(spanish: Catalog) -> None:
    untold = [
        message.id for message in _messages(spanish) if not all(_forms(message.string)) or message.fuzzy
    ]
    assert untold == []


def test_plurals_have_both_forms(spanish: Catalog) -> None:
    for message in _messages(spanish):
        if message.pluralizable:
            assert len(_forms(message.string)) == 2, message.id


def test_placeholders_are_the_same_in_both_languages(spanish: Catalog) -> None:
    wrong = [
        (id_, text)
        for message in _messages(spanish)
        for id_, text in zip(_forms(message.id), _forms(message.string), strict=True)
        if _placeholders(id_) != _placeholders(text)
    ]
    assert wrong == []


def test_translations_end_and_begin_like_their_source(spanish: Catalog) -> None:
    """A space, a colon or a full stop at an edge belongs to what the message becomes a part of."""
    wrong = [
        (id_, text)
        for message in _messages(spanish)
        for id_, text in zip(_forms(message.id), _forms(message.string), strict=True)
        if (id_[0] == " ") != (text[0] == " ") or (id_[-1] in " .:") != (text[-1] in " .:") or "  " in text
    ]
    assert wrong == []


@pytest.mark.usefixtures("_english_again")
def test_no_sentence_ends_in_two_marks(spanish: Catalog) -> None:
    """What is filled in may end in a mark itself: what a person typed, a question, another message."""
    ends_in_value = re.compile(r"\{\w+\}\.(?= |$)")
    messages = [message for message in _messages(spanish) if ends_in_value.search(_first(message.id))]
    assert len(messages) > 20
    for language in i18n.LANGUAGES:
        i18n.set_language(language)
        for message in messages:
            text = _first(message.id)
            for value in ("CM-001?", "stop!", "it cannot be read.", "and so on…"):
                filled = i18n._(text, **dict.fromkeys(_placeholders(text), value))
                assert not re.search(r"[?!.…]\.(?= |$)", filled), filled
    assert i18n._("{path} cannot be read: {why}", path="../x", why="y") == "../x cannot be read: y"


def test_the_compiled_catalog_matches_its_source(spanish: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, spanish)
    assert CATALOG.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run make messages"


def test_extraction_sees_every_marked_text(extracted: set[str]) -> None:
    """Babel overlooks a mark inside another one; such a text would stay English."""
    unseen = [
        (str(file.relative_to(PACKAGE)), text)
        for file in sorted(PACKAGE.rglob("*.py"))
        for text in _marked(ast.parse(file.read_text(encoding="utf-8")))
        if text not in extracted
    ]
    assert unseen == []


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in MARKS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_no_error_is_raised_with_a_text_that_is_not_marked() -> None:
    """A sentence in an error goes through ``_``; a bare text between quotes would never be translated."""
    bare = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}: {argument.value}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error")
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and " " in argument.value
    ]
    assert bare == []


def _every(command: Any, path: str = "opttius") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _every(inner, f"{path} {name}")


@pytest.mark.parametrize(
    ("path", "command"), list(_every(typer.main.get_command(build_app()))), ids=lambda value: str(value)[:40]
)
def test_every_command_and_option_explains_itself_in_spanish(
    path: str, command: Any, spanish: Catalog
) -> None:
    helps = [(path, command.help)]
    for parameter in command.get_params(typer.Context(command)):
        helps.append((f"{path} {parameter.name}", parameter.help))
        if parameter.metavar and parameter.metavar not in {"es|en", "[score]"}:
            helps.append((f"{path} {parameter.name} metavar", parameter.metavar))
    untold = [(where, text) for where, text in helps if not text or text not in spanish]
    assert untold == []


@pytest.mark.usefixtures("_english_again")
@pytest.mark.parametrize("path", [path for path, _command in _every(typer.main.get_command(build_app()))])
def test_a_page_of_help_is_wholly_in_its_language(path: str) -> None:
    pages = {}
    for language in i18n.LANGUAGES:
        i18n.set_language(language)
        command = typer.main.get_command(build_app())
        translation.translate_help(command)
        pages[language] = dict(_every(command))[path].get_help(
            typer.Context(dict(_every(command))[path], info_name=path)
        )
    assert pages["en"].startswith("Usage: opttius")
    assert pages["es"].startswith("Uso: opttius")
    assert set(_sentences(pages["en"])) & set(_sentences(pages["es"])) == set()


def _sentences(page: str) -> list[str]:
    """The explanations of a page: what stands to the right of options, and its headings; not what is typed."""
    columns = [re.split(r" {2,}", line.strip())[-1] for line in page.splitlines() if line.strip()]
    names = {entry.alias for entry in COMMANDS.values()}
    return [
        text
        for text in columns
        if " " in text
        and not text.startswith(("-", "opttius "))
        and not names.issuperset(text.rstrip(".").split(", "))
    ]


@pytest.mark.parametrize(("language", "word"), [("es", "Opciones:"), ("en", "Options:")])
def test_lang_changes_the_help(language: str, word: str) -> None:
    typed = [
        sys.executable,
        "-m",
        "opttius_cli",
        "dashboard",
        "--lang",
        language,
        "--help",
    ]
    done = subprocess.run(typed, capture_output=True, check=True, encoding="utf-8")
    assert word in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("name", LIBRARY.list_project_reports())
def test_every_report_has_a_title_and_columns_in_both_languages(name: str) -> None:
    path = LIBRARY.find_path(name)
    assert path is not None
    header = tomllib.loads(split_header(path.read_text(encoding="utf-8"), name)[0])
    spoken = [header["title"], header["grain"], *header.get("parameters", {}).values()]
    assert [set(texts) for texts in spoken] == [set(i18n.LANGUAGES)] * len(spoken)
    assert all(text.strip() for texts in spoken for text in texts.values())
    assert all(
        texts["es"] != texts["en"] for texts in (header["grain"], *header.get("parameters", {}).values())
    )
    for column in header["columns"]:
        own = header["columns"] if isinstance(header["columns"], dict) else header.get("column", {})
        declaration = merge_declaration(column, own.get(column)) or {}
        titles = [declaration.get(language, "") for language in i18n.LANGUAGES]
        assert all(titles), f"{name}.{column}"
        # A meaning that one language has, the other has too.
        assert len({": " in text for text in titles}) == 1, f"{name}.{column}: {titles}"


def test_every_shared_column_is_shared_and_names_a_section_that_exists() -> None:
    uses = Counter(
        column.name for name in LIBRARY.list_project_reports() for column in LIBRARY.load_report(name).columns
    )
    assert [name for name in load_shared_columns() if uses[name] < 2] == []
    metrics = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^#+ ([\d.]+)\. ", metrics, re.MULTILINE))
    named = {entry["section"] for entry in load_shared_columns().values() if "section" in entry}
    assert named, "no section is named"
    assert named <= sections


def test_every_code_has_a_word_in_both_languages() -> None:
    for name, words in load_vocabularies().items():
        for code, texts in words.items():
            assert set(texts) == set(i18n.LANGUAGES), f"{name}.{code}"
            assert all(text.strip() for text in texts.values()), f"{name}.{code}"


def test_every_vocabulary_is_used() -> None:
    used = [
        column.vocabulary
        for name in LIBRARY.list_project_reports()
        for column in LIBRARY.load_report(name).columns
    ]
    used += [
        report.form.outcomes
        for report in map(LIBRARY.load_report, LIBRARY.list_project_reports())
        if report.form
    ]
    used += [
        texts
        for report in map(LIBRARY.load_report, LIBRARY.list_project_reports())
        for column in report.columns
        for texts in (column.effects, column.vocabulary_of_one, column.effects_of_one)
    ]
    # One that is merged with others is there by its codes.
    shown = {code for texts in used for code in texts.get("es", {}).items()}
    # A table that the code builds itself, as the alerts of a job, names its vocabulary there.
    named = re.compile(r'get_vocabulary\("(\w+)"\)')
    used += [
        get_vocabulary(name)
        for path in PACKAGE.rglob("*.py")
        for name in named.findall(path.read_text(encoding="utf-8"))
    ]
    unused = [
        name
        for name in load_vocabularies()
        if get_vocabulary(name) not in used and not set(get_vocabulary(name)["es"].items()) <= shown
    ]
    assert unused == []


def test_every_setting_is_explained_in_spanish(spanish: Catalog) -> None:
    assert [key for key, item in list_settings().items() if item.metadata["meaning"] not in spanish] == []
