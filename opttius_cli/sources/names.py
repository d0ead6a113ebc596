"""Find which table a file, sheet or block holds by its name, and build the error when there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, hint_of_own, listed
from opttius_cli.i18n import _
from opttius_cli.sources.files import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

# After “_”, only these words: customers_notes would be another table.
_TAIL = re.compile(r"$|[-. (].*|_(rows|export|part|all|copy|\d).*", re.IGNORECASE)


def table_of(stem: str) -> str | None:
    """Return the table of a file called ``stem``: ``orders``, ``Orders-2025``, ``public.orders_rows``."""
    name = stem.strip().lower().removeprefix("public.")
    fitting = [table for table in TABLES if name.startswith(table) and _TAIL.fullmatch(name[len(table) :])]
    return max(fitting, key=len, default=None)


def stamp(path: Path) -> str:
    """Return a file's name, size and modification time. Raises UnreadableFileError when it is gone."""
    with reading(path):
        stat = path.stat()
    return f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"


def nothing_known(path: Path | str, found: Sequence[str]) -> SourceError:
    """Return the error about a source that contains none of the catalog's tables."""
    if not found:
        return SourceError(
            _(
                "{path} is empty. Put one file per table into it: branches.csv, customers.csv, orders.csv …",
                path=path,
            )
        )
    return SourceError(
        _(
            "{path} contains no known table: found {names}; expected branches, customers, orders … "
            "Name each after its table.",
            path=path,
            names=listed(sorted(found), 5),
        )
        + hint_of_own(Path(path).name)
    )
