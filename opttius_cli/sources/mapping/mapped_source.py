"""A source of files whose tables are completed as ``opttius.toml`` says: constants, words, and a table of one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.snapshot.source_protocol import FileSource
from opttius_cli.sources.mapping.mapped_part import ConstantRow, MappedPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.snapshot.source_protocol import LoadContext, Part, Source
    from opttius_cli.sources.mapping.source_mapping import SourceMapping

_TABLES_OF_ONE_ROW = ("organizations", "branches")
"""What a shop may have a single one of, and then keeps no sheet of."""


@dataclass(frozen=True, slots=True)
class MappedSource(FileSource):
    """A source of files whose own names the ``mapping`` has told it already."""

    source: Source
    mapping: SourceMapping

    @property
    def name(self) -> str:
        """Return the path of the source."""
        return self.source.name

    def compute_fingerprint(self) -> str:
        """Return that of the source and of the mapping."""
        return self.source.compute_fingerprint() + self.mapping.stamp

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Return the parts of every table, completed, and the tables whose only row stands in the mapping."""
        parts = {
            name: self._complete(name, pieces) for name, pieces in self.source.open_parts(context).items()
        }
        for name in _TABLES_OF_ONE_ROW:
            if name not in parts and self.mapping.values.get(name):
                parts[name] = [ConstantRow(name, self.mapping.values[name])]
        return parts

    def _complete(self, name: str, pieces: Sequence[Part]) -> Sequence[Part]:
        table = self.mapping.get_table(name)
        values, words = self.mapping.values.get(name, {}), self.mapping.words.get(name, {})
        digested = "id" if name == "customers" else "customer_id"
        digests = [digested] if self.mapping.has_personal_ids and table.has_column(digested) else []
        if not (values or words or digests or table.twins):
            return pieces
        key = self.mapping.id_key
        return [MappedPart(piece, table, values, words, digests, key) for piece in pieces]
