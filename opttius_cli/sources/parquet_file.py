"""Read a Parquet file, whose cells are already typed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.snapshot.source_protocol import RejectedRow, StagedView
from opttius_cli.sources.dialect import find_column_name
from opttius_cli.sources.file_types import translate_io_errors
from opttius_cli.sql import path_literal, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.file_names import NamedFile


@dataclass(slots=True)
class ParquetFile:
    """One Parquet file with rows of ``table``."""

    file: NamedFile
    table: Table
    _view: str = field(default_factory=lambda: f"parquet_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of the file's own columns."""
        import duckdb

        path, column_names = self.file.path, {column.name for column in self.table.columns}
        with translate_io_errors(path), path.open("rb"):
            try:
                con.execute(
                    f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS "
                    f"SELECT * FROM read_parquet({path_literal(path)})"
                )
                description = con.execute(f"DESCRIBE {quote_identifier(self._view)}").fetchall()
            except duckdb.Error as error:
                raise_if_unrecoverable(error)
                raise self._build_damaged_error() from error
        columns: dict[str, tuple[str, str]] = {}
        for name, type_name, *_rest in description:
            normalized = find_column_name(self.table, str(name))
            if normalized in column_names and normalized in columns:
                raise UnreadableFileError(
                    path, _("it has the column “{column}” twice. Export it again.", column=normalized)
                )
            if normalized in column_names:
                columns[normalized] = (str(name), str(type_name))
        unknown_columns = [
            str(name)
            for name, *_rest in description
            if find_column_name(self.table, str(name)) not in column_names
        ]
        return StagedView(self._view, columns, unknown_columns=unknown_columns)

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True, or raise when reading stopped early: there is no slower way to read Parquet."""
        if rows is None:
            raise self._build_damaged_error()
        return True

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return nothing: every row has every cell."""
        return []

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return each row's number as its line."""
        return {ordinal: ordinal for ordinal in ordinals}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")

    def _build_damaged_error(self) -> UnreadableFileError:
        return UnreadableFileError(
            self.file.path, _("its Parquet data is cut short or damaged. Export it again.")
        )
