"""Names are the field's words: no fillers, and functions that begin with a verb.

A filler is a word that says how a value came instead of what it is (``found``, ``told``, ``given``). The
limits are those of well-known projects of this kind, whose rates lie between 1 and 3 per 1,000.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from architecture.syntax_trees import PACKAGE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILLERS = frozenset(
    [
        "found",
        "one",
        "known",
        "told",
        "said",
        "tell",
        "made",
        "held",
        "wanted",
        "seen",
        "kept",
        "asked",
        "given",
        "sought",
        "settled",
        "whose",
        "what",
        "besides",
        "anew",
        "meanwhile",
        "aside",
        "litter",
        "trouble",
    ]
)
PARTICIPLES = frozenset(
    [
        "made",
        "held",
        "told",
        "said",
        "seen",
        "kept",
        "given",
        "known",
        "found",
        "sought",
        "written",
        "shown",
        "drawn",
        "begun",
        "torn",
        "thrown",
        "hidden",
        "grown",
        "foretold",
        "led",
        "spoken",
        "meant",
        "built",
        "chosen",
        "taken",
    ]
)
VERBS_IN_ED = frozenset({"need", "feed", "embed", "speed", "seed"})
"""They end as a participle does."""

EXCEPTIONS = {
    "given": "hypothesis.given is how a property test says what it draws",
    "one_of": "JSON Schema and Hypothesis call a choice among values so",
    "what": "a column of the sample's table of odd cases",
}
"""Identifiers that are not counted, each with its reason."""

every_folder = pytest.mark.parametrize(
    ("folder", "most"), [(PACKAGE, 4.0), (ROOT / "tests", 6.0)], ids=["opttius_cli", "tests"]
)


def iter_identifiers(folder: Path) -> Iterator[str]:
    """Every identifier as often as it is written, without keywords."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                yield token.string


def iter_function_names(folder: Path) -> Iterator[str]:
    """The name of every function, dunder methods apart."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
                yield node.name


def begins_with_participle(name: str) -> bool:
    """Tell whether a function is called by what was done, not by what it does."""
    word = name.strip("_").lower().partition("_")[0]
    return word in PARTICIPLES or (word.endswith("ed") and word not in VERBS_IN_ED)


@every_folder
def test_few_identifiers_have_a_filler(folder: Path, most: float) -> None:
    identifiers = list(iter_identifiers(folder))
    fillers = [
        name for name in identifiers if name not in EXCEPTIONS and FILLERS & set(re.split("_+", name.lower()))
    ]
    assert identifiers, "no code was found"
    assert 1000 * len(fillers) / len(identifiers) <= most, sorted(set(fillers))


def test_few_functions_begin_with_a_participle() -> None:
    names = list(iter_function_names(PACKAGE))
    participles = [name for name in names if begins_with_participle(name)]
    assert names, "no function was found"
    assert 100 * len(participles) / len(names) <= 3, participles


def test_every_exception_is_used() -> None:
    identifiers = {name for folder in (PACKAGE, ROOT / "tests") for name in iter_identifiers(folder)}
    assert [name for name in EXCEPTIONS if name not in identifiers] == []
