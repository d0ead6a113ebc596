"""Find which table a file, sheet or block holds by its name, and build the error when there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, explain_own_report, format_list
from opttius_cli.i18n import _
from opttius_cli.sources.file_types import translate_io_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

# After “_”, only these words: customers_notes would be another table.
_TAIL = re.compile(r"$|[-. (].*|_(rows|export|part|all|copy|\d).*", re.IGNORECASE)


def detect_table(stem: str) -> str | None:
    """Return the table of a file called ``stem``: ``orders``, ``Orders-2025``, ``public.orders_rows``."""
    name = stem.strip().lower().removeprefix("public.")
    candidates = [table for table in TABLES if name.startswith(table) and _TAIL.fullmatch(name[len(table) :])]
    return max(candidates, key=len, default=None)


def file_stamp(path: Path) -> str:
    """Return a file's name, size and modification time. Raises UnreadableFileError when it is gone."""
    with translate_io_errors(path):
        stat = path.stat()
    return f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"


def no_tables_error(path: Path | str, names: Sequence[str]) -> SourceError:
    """Return the error about a source that contains none of the catalog's tables."""
    if not names:
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
            names=format_list(sorted(names), 5),
        )
        + explain_own_report(Path(path).name)
    )
