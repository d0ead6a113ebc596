"""Only the rooms of the data know DuckDB: another engine is a file beside it, and no other module changes."""

from __future__ import annotations

import re
from io import StringIO
from tokenize import STRING, generate_tokens

import pytest

from architecture.syntax_trees import MODULES

ROOMS = re.compile(r"(engines|snapshot|sources|sample)/.*")
WORDS_FOR_PEOPLE = {
    "command_support/command_catalog.py": "an example of --into names a snapshot's file",
    "command_support/options.py": "--engine takes the name of the engine, and its help says what it is",
    "commands/load.py": "the file of a snapshot ends in .duckdb, which --into checks and says",
    "config.py": "the settings engine and limits.memory say what they are about",
    "setting_parsers.py": "the setting engine takes the name of the engine",
}
"""The modules that name the product to a person, each with what it says of it; none of them uses it."""

NAME = re.compile("duck", re.IGNORECASE)


@pytest.mark.parametrize("module", [name for name in MODULES if not ROOMS.fullmatch(name)])
def test_only_the_rooms_of_the_data_name_duckdb(module: str) -> None:
    """Not for its types, in a function, by its errors or in a comment either: import-linter sees none of these."""
    text = MODULES[module].read_text(encoding="utf-8")
    if module in WORDS_FOR_PEOPLE:
        tokens = list(generate_tokens(StringIO(text).readline))
        assert any(token.type == STRING and NAME.search(token.string) for token in tokens), (
            "it needs no leave"
        )
        text = " ".join(token.string for token in tokens if token.type != STRING)
    assert [line for line in text.splitlines() if NAME.search(line)] == []


def test_every_module_with_leave_is_there() -> None:
    assert set(WORDS_FOR_PEOPLE) <= set(MODULES)
