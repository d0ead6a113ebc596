"""Find the SQL files: beside the package in a checkout, inside it in an installed wheel.

A file's name is its theme and its stem, ``base/purchases``. Rooms within a theme keep folders short and are
no part of the name, so a file may move between them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


@cache
def find_sql_folder() -> Path:
    """Return the folder that holds ``base/``, ``dashboard/`` and the other themes."""
    package = Path(__file__).parents[1]
    shipped = package / "_sql"
    return shipped if shipped.is_dir() else package.parent / "sql"


@cache
def index_sql_files() -> dict[str, Path]:
    """Map the name of every SQL file to its path, sorted by name."""
    root = find_sql_folder()
    files = {}
    # os.walk takes a third of the time of Path.rglob, and every command pays it.
    for folder, _subfolders, names in os.walk(root):
        theme = Path(folder).relative_to(root).parts[:1]
        for name in names:
            stem, _dot, extension = name.rpartition(".")
            if theme and extension == "sql":
                files[f"{theme[0]}/{stem}"] = Path(folder, name)
    return dict(sorted(files.items()))


def read_sql(name: str) -> str:
    """Return the text of the SQL file ``name``."""
    return index_sql_files()[name].read_text(encoding="utf-8")
