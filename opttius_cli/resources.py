"""Find the SQL files: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def find_sql_folder() -> Path:
    """Return the folder that holds ``base/``, ``dashboard/`` and the other report folders."""
    package = Path(__file__).parent
    shipped = package / "_sql"
    return shipped if shipped.is_dir() else package.parent / "sql"


def read_sql(name: str) -> str:
    """Return the text of ``<name>.sql`` in the SQL folder."""
    return (find_sql_folder() / f"{name}.sql").read_text(encoding="utf-8")
