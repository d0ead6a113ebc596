"""The text cells of one table as a source stages them, with what it refuses: without a whole snapshot around them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from generative.orders_file import connection
from opttius_cli.snapshot.source_protocol import LoadContext, Unread
from opttius_cli.sources.registry import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.snapshot.source_protocol import Part

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Staged:
    """Rows sorted by their cells, the line of each, refusals as (line, reason), and what is not read."""

    rows: list[Cells]
    lines: dict[Cells, int]
    refused: list[tuple[int, str]]
    unread: list[Unread]
    notes: dict[str, int]


def stage_source(name: str, content: bytes, table: str, columns: Sequence[str]) -> Staged:
    """Write ``content`` to a file called ``name``, and read ``columns`` of ``table`` from it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return stage_path(path, table, columns)


def stage_path(path: Path, table: str, columns: Sequence[str]) -> Staged:
    """Read ``columns`` of ``table`` from the source at ``path``."""
    rows: list[Cells] = []
    lines: dict[Cells, int] = {}
    refused: list[tuple[int, str]] = []
    notes: dict[str, int] = {}
    con = connection()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as buffer:
        site = LoadContext(Path(scratch), buffer)
        for part in open_source(str(path)).open_parts(site).get(table, ()):
            cells = _read(con, part, columns, notes)
            places = part.find_lines(con, range(1, len(cells) + 1))
            lines |= {row: places[ordinal] for ordinal, row in enumerate(cells, 1) if ordinal in places}
            rows += cells
            refused += [(refusal.line, refusal.reason) for refusal in part.list_rejected_rows(con)]
            part.drop_view(con)
    return Staged(sorted(rows, key=repr), lines, sorted(refused), site.unread, notes)


def _read(
    con: duckdb.DuckDBPyConnection, part: Part, columns: Sequence[str], notes: dict[str, int]
) -> list[Cells]:
    """The rows of one part, read again where it asks for it."""
    while True:
        staged = part.stage_view(con)
        cells = [f'"{staged.columns[name][0]}"' if name in staged.columns else "NULL" for name in columns]
        try:
            rows = con.execute(f'SELECT {", ".join(cells)} FROM "{staged.view}"').fetchall()
        except duckdb.Error:
            rows = None
        if part.verify_complete(con, None if rows is None else len(rows)):
            notes.update(staged.notes)
            return rows or []


def stage_folder(files: dict[str, bytes], table: str, columns: Sequence[str]) -> Staged:
    """Write ``files`` into a folder, and read ``columns`` of ``table`` from it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return stage_path(Path(folder), table, columns)
