"""What the cells of some columns of a source are, without loading it: words of a status, ids that others use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.sql import fetch_first, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import duckdb

    from opttius_cli.snapshot.source_protocol import LoadContext, Part, Source

_MOST_WORDS = 20
"""How many words a column of statuses has at most; one with more holds something else."""
_STRANGE = re.compile(r"@|\d{5}|.{40}")
"""What no word of a status has: an address, a long number, or so many signs."""


@dataclass(frozen=True, slots=True)
class CellSample:
    """The different cells of some columns, in the table ``sampled_cells`` of a connection; empty cells are left out."""

    con: duckdb.DuckDBPyConnection

    def list_words(self, table: str, column: str) -> list[str]:
        """Return the words of a column in lower case; nothing when they are too many for a column of statuses."""
        rows = self.con.execute(
            "SELECT DISTINCT lower(cell) AS word FROM sampled_cells WHERE table_name = $1 AND column_name = $2 "
            f"ORDER BY word LIMIT {_MOST_WORDS + 1}",
            [table, column],
        ).fetchall()
        words = [str(word) for (word,) in rows]
        # Whatever else a column holds, it may be of people, and is shown to nobody.
        is_status = len(words) <= _MOST_WORDS and not any(map(_STRANGE.search, words))
        return words if is_status else []

    def is_key(self, table: str, column: str) -> bool:
        """Return whether every row has a cell of its own in a column."""
        counts = fetch_first(
            self.con.execute(
                "SELECT count(*), sum(copies), any_value(rows) FROM sampled_cells "
                "WHERE table_name = $1 AND column_name = $2",
                [table, column],
            )
        )
        return bool(counts and counts[0] and counts[0] == counts[1] == counts[2])

    def refers(self, table: str, column: str, to_table: str) -> bool:
        """Return whether most of the different cells of a column are ids of ``to_table``."""
        counts = fetch_first(
            self.con.execute(
                "SELECT count(*), count(*) FILTER (cell IN (SELECT cell FROM sampled_cells WHERE table_name = $3 "
                "AND column_name = 'id')) FROM sampled_cells WHERE table_name = $1 AND column_name = $2",
                [table, column, to_table],
            )
        )
        return bool(counts and counts[1] * 2 > counts[0])


def sample_cells(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    context: LoadContext,
    columns: Mapping[str, Collection[str]],
) -> CellSample:
    """Return the different cells of ``columns``, by table, as the source has them; what cannot be read has none."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sampled_cells "
        "(table_name VARCHAR, column_name VARCHAR, cell VARCHAR, copies BIGINT, rows BIGINT)"
    )
    try:
        parts = source.open_parts(context)
    except SourceError:
        # Why it cannot be opened is a finding of another step.
        return CellSample(con)
    for table, names in columns.items():
        _sample_table(con, table, names, parts.get(table, ()))
    return CellSample(con)


def _sample_table(
    con: duckdb.DuckDBPyConnection, table: str, names: Collection[str], parts: Sequence[Part]
) -> None:
    import duckdb

    for part in parts:
        try:
            staged = part.stage_view(con)
            view = quote_identifier(staged.view)
            is_row = " OR ".join(
                f"{quote_identifier(cell)} IS NOT NULL" for cell, _type in staged.columns.values()
            )
            for name in names:
                if name not in staged.columns:
                    continue
                cell = f"read_id(CAST({quote_identifier(staged.columns[name][0])} AS VARCHAR))"
                count = f"(SELECT count(*) FROM {view} WHERE {is_row})" if name == "id" else "NULL"
                con.execute(
                    f"INSERT INTO sampled_cells SELECT {sql_literal(table)}, {sql_literal(name)}, {cell} AS cell, "
                    f"count(*), {count} FROM {view} WHERE {cell} IS NOT NULL GROUP BY {cell}"
                )
        except (SourceError, duckdb.Error) as error:
            raise_if_unrecoverable(error)
        finally:
            part.drop_view(con)
