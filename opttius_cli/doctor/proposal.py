"""What ``opttius doctor`` proposes to write into ``opttius.toml``, before it is text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.sources.mapping import SourceMapping


@dataclass(frozen=True, slots=True)
class TableProposal:
    """A table of the source: where it is (None: where it is called so), its columns, and what nothing looks like.

    ``ready`` are the columns of ours that are read without the proposal; ``values`` are those that get the same in
    every row. ``rivals`` are further columns of the source, each with the column of ours that another one is read for;
    ``doubtful`` are columns of ours with one of the source that is it only if its cells are what it holds.
    """

    table: str
    place: str | None
    columns: Mapping[str, str]
    missing: Sequence[str]
    ready: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed of each table, the required ones that nothing looks like, and the meanings of unknown words.

    ``words`` are by table and column of a status; None for a word whose meaning is not certain.
    """

    tables: Sequence[TableProposal]
    absent: Sequence[str]
    words: Mapping[tuple[str, str], Mapping[str, str | None]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to propose."""
        return not self.words and not any(item.place or item.columns or item.values for item in self.tables)

    def draft_mapping(self, mapping: SourceMapping) -> SourceMapping:
        """Return the mapping that results when all of the proposal is taken, with every doubtful column."""
        places = {item.table: item.place for item in self.tables if item.place}
        columns = {
            item.table: {**mapping.columns.get(item.table, {}), **item.doubtful, **item.columns}
            for item in self.tables
        }
        values = {item.table: {**mapping.values.get(item.table, {}), **item.values} for item in self.tables}
        return replace(mapping, tables={**mapping.tables, **places}, columns=columns, values=values)
