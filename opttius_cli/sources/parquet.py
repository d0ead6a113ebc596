"""Read a Parquet file, whose cells are already typed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.errors import UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import Refusal, Staged
from opttius_cli.sources.duck import one_file
from opttius_cli.sources.files import Named, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.catalog.tables import Table


@dataclass(slots=True)
class ParquetFile:
    """One Parquet file with rows of ``table``."""

    file: Named
    table: Table
    _view: str = field(default_factory=lambda: f"parquet_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Create a view of the file's own columns."""
        import duckdb

        path, known = self.file.path, {column.name for column in self.table.columns}
        with reading(path), path.open("rb"):
            try:
                con.execute(
                    f"CREATE OR REPLACE TEMP VIEW {quoted(self._view)} AS "
                    f"SELECT * FROM read_parquet({one_file(path)})"
                )
                described = con.execute(f"DESCRIBE {quoted(self._view)}").fetchall()
            except duckdb.Error as error:
                raise self._broken() from error
        columns: dict[str, tuple[str, str]] = {}
        for name, given, *_rest in described:
            plain = str(name).strip().lower()
            if plain in known and plain in columns:
                raise UnreadableError(
                    path, _("it has the column “{column}” twice. Export it again.", column=plain)
                )
            if plain in known:
                columns[plain] = (str(name), str(given))
        others = [str(name) for name, *_rest in described if str(name).strip().lower() not in known]
        return Staged(self._view, columns, others=others)

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True, or raise when reading stopped early: there is no slower way to read Parquet."""
        if rows is None:
            raise self._broken()
        return True

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return nothing: every row has every cell."""
        return []

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return each row's number as its line."""
        return {ordinal: ordinal for ordinal in ordinals}

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view."""
        con.execute(f"DROP VIEW IF EXISTS {quoted(self._view)}")

    def _broken(self) -> UnreadableError:
        return UnreadableError(
            self.file.path, _("its Parquet data is cut short or damaged. Export it again.")
        )
