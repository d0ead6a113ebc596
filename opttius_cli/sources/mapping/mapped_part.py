"""A part whose columns are named, filled and translated as ``opttius.toml`` says, before its cells are read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import StagedView
from opttius_cli.sources.mapping.source_mapping import ROW_ID
from opttius_cli.sql import quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.snapshot.source_protocol import Part, RejectedRow


@dataclass(slots=True)
class MappedPart:
    """A part of ``table``, as the mapping names it, with its constant ``values`` and the meanings of its ``words``.

    Of the columns in ``digests``, whose cells are personal and would be shown as ids, only a digest is taken, with
    ``id_key``. A row without any filled cell stays without one: it is no row, and no constant makes it one.
    """

    part: Part
    table: Table
    values: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    digests: Sequence[str] = ()
    id_key: str = field(default="", repr=False)
    _view: str = field(default_factory=lambda: f"mapped_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the part's own label."""
        return self.part.label

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view over that of the part. Raises SourceError when the part has a column that is a constant."""
        staged = self.part.stage_view(con)
        if not staged.is_empty:
            self._refuse_constants(staged)
        twins = {
            ours: staged.columns[first] for ours, first in self.table.twins.items() if first in staged.columns
        }
        columns = {**staged.columns, **twins}
        words = {name: words for name, words in self.words.items() if name in columns}
        digests = [name for name in self.digests if name in columns]
        if not (self.values or words or digests):
            return replace(staged, columns=columns)
        cells = {name: quote_identifier(cell) for name, (cell, _type) in columns.items()}
        is_row = " OR ".join(f"{cell} IS NOT NULL" for cell in dict.fromkeys(cells.values())) or "FALSE"
        texts = {name: _translate(cells[name], items, is_row) for name, items in words.items()}
        texts |= {name: _digest(texts.get(name, cells[name]), self.id_key) for name in digests}
        constants = {name: self._build_constant(value, is_row) for name, value in self.values.items()}
        selected = ", ".join(
            f"{expression} AS {quote_identifier(name)}"
            for name, expression in {**cells, **texts, **constants}.items()
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS "
            f"SELECT {selected} FROM {quote_identifier(staged.view)}"
        )
        types = {name: (name, type_name) for name, (_cell, type_name) in columns.items()}
        types |= {name: (name, "VARCHAR") for name in (*texts, *constants)}
        return replace(staged, view=self._view, columns=types)

    def _refuse_constants(self, staged: StagedView) -> None:
        """Raise SourceError when the part has a column that is said to be the same in every row."""
        for name in self.values:
            if name in staged.columns:
                raise SourceError(
                    _(
                        "opttius.toml, [values.{table}] {name}: {file} has a column of that name. Remove this line.",
                        table=self.table.name,
                        name=name,
                        file=self.label,
                    )
                )

    def _build_constant(self, value: str, is_row: str) -> str:
        text = sql_literal(value)
        if value == ROW_ID:
            text = f"{sql_literal(f'{self.label}#')} || row_number() OVER ()"
        return f"CASE WHEN {is_row} THEN {text} END"

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether the part is complete."""
        return self.part.verify_complete(con, rows)

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the rows that the part left out."""
        return self.part.list_rejected_rows(con)

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the lines of these rows: the view has the rows of the part, in their order."""
        return self.part.find_lines(con, ordinals)

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and that of the part."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        self.part.drop_view(con)


def _translate(cell: str, words: Mapping[str, str], is_row: str) -> str:
    """Return the SQL of what a cell means: of a word without regard to case and outer blanks, else of itself.

    The empty word stands for an empty cell of a row that holds something.
    """
    cases = "".join(
        f" WHEN lower(bare_text({sql_literal(word)})) THEN {sql_literal(code)}"
        for word, code in words.items()
    )
    word = f"lower(bare_text({cell}))"
    if "" in words:
        word = f"CASE WHEN {is_row} THEN coalesce({word}, '') END"
    return f"CASE {word}{cases} ELSE CAST({cell} AS VARCHAR) END"


def _digest(cell: str, key: str) -> str:
    """Return the SQL of what stands for a personal cell: the same for a RUT with and without dots and dash."""
    text = f"read_id(CAST({cell} AS VARCHAR))"
    bare = f"CASE WHEN looks_like_rut({text}) THEN rut_key({text}) ELSE search_key({text}) END"
    return f"md5({sql_literal(key)} || {bare})"


@dataclass(slots=True)
class ConstantRow:
    """The only row of a table of which no file or sheet is there: its values stand in ``opttius.toml``."""

    table: str
    values: Mapping[str, str]
    _view: str = field(default_factory=lambda: f"constants_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return where the row stands."""
        return f"opttius.toml [values.{self.table}]"

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of the row."""
        cells = ", ".join(
            f"{sql_literal(value)} AS {quote_identifier(name)}" for name, value in self.values.items()
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells}")
        return StagedView(self._view, {name: (name, "VARCHAR") for name in self.values})

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True: there is no more than the row."""
        return True

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return nothing."""
        return []

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return nothing: the row is not a line."""
        return {}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
