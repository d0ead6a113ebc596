"""Errors on a terminal: wrapped between words, and what is to be typed on lines of its own."""

from __future__ import annotations

import pytest

from opttius_cli.diagnostics import layout_error

LONG = "/a/long/path/" + "x" * 60


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [("Error: Which job? Type opttius job run NAME, or opttius job run --due.",
      ["Error: Which job? Type", "    opttius job run NAME", "or", "    opttius job run --due"]),
     ("Error: There is none. Look for one by name: opttius customers --search NAME.",
      ["Error: There is none. Look for one by", "name:", "    opttius customers --search NAME"]),
     ("Error: Falta una clave. Escriba opttius config key para crear una, y póngala en el archivo.",
      ["Error: Falta una clave. Escriba", "    opttius config key", "para crear una, y póngala en el archivo."]),
     ("Error: There are 2 organizations. Choose one with --organization NAME.",
      ["Error: There are 2 organizations. Choose", "one with", "    --organization NAME"]),
     ("Error: Type: pip install 'opttius-cli[html]'.", ["Error: Type:", "    pip install 'opttius-cli[html]'"]),
     (f"Error: {LONG} cannot be read: it is cut.", ["Error:", LONG, "cannot be read: it is cut."]),
     ("Error: write source in opttius.toml (opttius init).",
      ["Error: write source in opttius.toml", "(opttius init)."])],
)  # fmt: skip
def test_lines(sentence: str, lines: list[str]) -> None:
    assert layout_error(sentence, 40) == lines


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_word_is_lost(width: int) -> None:
    sentence = (
        "Error: No source is set. Type --source FOLDER, set OPTTIUS_SOURCE, or type opttius init to begin."
    )
    words = sentence.replace("FOLDER,", "FOLDER").split()
    assert " ".join(layout_error(sentence, width)).split() == words
