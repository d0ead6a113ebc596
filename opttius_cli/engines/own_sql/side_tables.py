"""Values that are made beside DuckDB and joined with the views of a user's SQL: pseudonyms and redacted texts.

DuckDB has no keyed digest, and no regular expression that finds personal data in free text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from opttius_cli.privacy.apply_policy import redact_values
from opttius_cli.privacy.free_text import MAY_MATCH
from opttius_cli.privacy.masks import mask_values
from opttius_cli.privacy.pseudonyms import pseudonymize_values
from opttius_cli.sql import quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

    from opttius_cli.privacy.policy import Policy
    from opttius_cli.result import ColumnKind


@dataclass(slots=True)
class SideTables:
    """The tables of such values for one statement; no statement can name them. ``drop`` them after it."""

    con: duckdb.DuckDBPyConnection
    policy: Policy
    _names: list[str] = field(default_factory=list)
    _identified: dict[ColumnKind, list[str]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def join_pseudonyms(self, table: str, name: str, column: str, kind: ColumnKind) -> tuple[str, str]:
        """Return the SQL of ``column`` as a pseudonym of ``kind``, and the join that it needs.

        The values are those of the column ``name`` of the plain view ``table``.
        """
        source = "customer_name(first_name, last_name)" if name == "name" else quote_identifier(name)
        query = f"SELECT CAST({source} AS VARCHAR) FROM temp.main.{quote_identifier(table)}"
        self._identified.setdefault(kind, []).append(query)
        return self._join(f"own_pseudonyms_{kind.value}", column, f"own_{next(self._numbers)}")

    def join_redactions(self, table: str, name: str, column: str) -> tuple[str, str]:
        """Return the SQL of a text ``column`` with the personal data in it masked, and the join that it needs."""
        if self.policy.mode == "revealed":
            return column, ""
        quoted = quote_identifier(name)
        values = self._read_values(
            f"SELECT DISTINCT {quoted} FROM temp.main.{quote_identifier(table)} "
            f"WHERE regexp_matches({quoted}, {sql_literal(MAY_MATCH)})"
        )
        if not len(values):
            return column, ""
        alias = f"own_{next(self._numbers)}"
        side_table = f"own_redactions_{alias}"
        self._store(side_table, values, redact_values(values, self.policy, partial(mask_values, self.con)))
        sql, join = self._join(side_table, column, alias)
        return f"coalesce({sql}, {column})", join

    def create_pseudonyms(self) -> None:
        """Make the pseudonyms of every column that asked for some; one value has one, whatever column it is in."""
        for kind, queries in self._identified.items():
            values = self._read_values(" UNION ".join(dict.fromkeys(queries)))
            pseudonyms = pseudonymize_values(values, kind, self.policy.key)
            self._store(f"own_pseudonyms_{kind.value}", values, pseudonyms)

    def drop(self) -> None:
        """Remove the tables."""
        while self._names:
            self.con.unregister(self._names.pop())

    def _read_values(self, sql: str) -> pa.Array:
        import pyarrow as pa

        column = self.con.sql(f"SELECT DISTINCT * FROM ({sql})").to_arrow_table().column(0).drop_null()
        return pa.concat_arrays(column.chunks) if column.chunks else pa.array([], pa.string())

    def _store(self, name: str, values: pa.Array, shown: pa.Array) -> None:
        """Let DuckDB read ``values`` with what is ``shown`` for each as the table ``name``."""
        import pyarrow as pa

        self.con.register(name, pa.table({"plain": values, "shown": shown}))
        self._names.append(name)

    @staticmethod
    def _join(table: str, column: str, alias: str) -> tuple[str, str]:
        join = f" LEFT JOIN temp.main.{table} AS {alias} ON CAST({column} AS VARCHAR) = {alias}.plain"
        return f"{alias}.shown", join
