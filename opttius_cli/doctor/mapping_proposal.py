"""Propose how ``opttius.toml`` maps spreadsheets of one's own: tables, columns, constants and words, in one block.

A column of the source is proposed once, for the column whose usual names it has (an id is the row's number, too, where
it is called so); one that is known to be another thing is never proposed for what it merely resembles. Where a name
says too little, the cells decide.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.branch_proposal import propose_branches
from opttius_cli.doctor.cell_evidence import apply_evidence, list_sampled
from opttius_cli.doctor.proposal import Proposal, TableProposal
from opttius_cli.doctor.usual_names import (
    DOUBTFUL_NAMES,
    HARMLESS_VALUES,
    is_ours,
    is_usual,
    list_keys,
    list_usual_names,
    simplify_name,
)
from opttius_cli.sources.mapping.source_mapping import NUMBERED_TABLES, ROW_ID
from opttius_cli.sources.table_names import detect_table, guess_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from opttius_cli.catalog.tables import Table
    from opttius_cli.doctor.headers import SheetHeader
    from opttius_cli.sources.mapping import SourceMapping
    from opttius_cli.sources.mapping.cell_sample import CellSample

    ReadCells = Callable[[SourceMapping, Mapping[str, Collection[str]]], CellSample]

_CLOSE = 0.82
_FEWEST = 2
"""How many columns a sheet must have of a table to be taken for it by its columns alone."""


def build_proposal(
    headers: Sequence[SheetHeader],
    present: Mapping[str, Collection[str]],
    mapping: SourceMapping,
    *,
    read_cells: ReadCells | None = None,
    paid_statuses: Collection[str] = (),
) -> Proposal:
    """Return what to write into ``opttius.toml``.

    ``headers`` are all files and sheets with the names of their columns, ``present`` the tables that are read already
    with their columns; ``read_cells`` reads some columns of the source under a mapping. ``paid_statuses`` are words of
    people's own that the settings take for paid.
    """
    tables = [
        _propose_columns(
            TABLES[name], None, [column for column in present[name] if not column.startswith("~")], mapping
        )
        for name in TABLES
        if name in present
    ]
    tables += [
        _propose_columns(TABLES[name], header.place, header.columns, mapping)
        for name, header in _assign_tables(headers, present).items()
    ]
    names = {item.table for item in tables}
    absent = [name for name, table in TABLES.items() if table.required and name not in names]
    proposal = propose_branches(Proposal(tables, absent), mapping)
    if read_cells is None or not tables:
        return proposal
    sample = read_cells(proposal.draft_mapping(mapping), list_sampled(proposal))
    return apply_evidence(proposal, sample, paid_statuses)


def _assign_tables(
    headers: Iterable[SheetHeader], present: Mapping[str, Collection[str]]
) -> dict[str, SheetHeader]:
    """Return a file or sheet for each table that is not read: by its name, else by most of its columns."""
    chosen: dict[str, SheetHeader] = {}
    unnamed = []
    for header in headers:
        if detect_table(header.stem) in present:
            continue
        guess = guess_table(header.stem)
        if (
            guess
            and guess not in present
            and guess not in chosen
            and _count_columns(TABLES[guess], header.columns)
        ):
            chosen[guess] = header
        else:
            unnamed.append(header)
    for name, table in TABLES.items():
        if not table.required or name in present or name in chosen:
            continue
        scores = [(_count_columns(table, header.columns), header) for header in unnamed]
        best = max(scores, key=lambda item: item[0], default=None)
        if best and best[0] >= _FEWEST:
            chosen[name] = best[1]
            unnamed.remove(best[1])
    return {name: chosen[name] for name in TABLES if name in chosen}


def _count_columns(table: Table, columns: Sequence[str]) -> int:
    exact = [column for column in columns if table.has_column(simplify_name(column))]
    found = {simplify_name(column) for column in exact}
    return len(found) + len(
        _match_columns(table, [column for column in columns if column not in exact], found)
    )


def _propose_columns(
    table: Table, place: str | None, columns: Sequence[str], mapping: SourceMapping
) -> TableProposal:
    """Propose a column of the source for each column of ours that is not there under its own name."""
    own = {column for column in columns if table.has_column(simplify_name(column))}
    mapped = mapping.columns.get(table.name, {})
    ready = {simplify_name(column) for column in own} | {*mapped, *mapping.values.get(table.name, {})}
    matches = _match_columns(table, [column for column in columns if column not in own], ready)
    left = [
        column
        for column in columns
        if column not in own and column not in matches.values() and column not in mapped.values()
    ]
    taken = {*ready, *matches}
    rivals = {column: name for column in left if (name := _find_rival(table, column, taken))}
    by_name = {simplify_name(column): column for column in own} | matches
    matches |= _share_id(table, matches, taken)
    missing = [name for name in table.mandatory_columns if name not in taken]
    values = {}
    if place or matches or mapped:
        # Of a sheet of people's own; what an export of the app lacks is to be exported again.
        values = {name: value for name in missing if (value := _find_value(table, name))}
    return TableProposal(
        table.name,
        place,
        matches,
        [name for name in missing if name not in values],
        ready=frozenset(ready),
        values=values,
        rivals=rivals,
        doubtful=_find_doubtful(table, left, taken, by_name),
    )


def _find_value(table: Table, name: str) -> str | None:
    """Return what may be taken for a column that a sheet does not have."""
    if name == "id" and table.name in NUMBERED_TABLES:
        return ROW_ID
    return HARMLESS_VALUES.get((table.name, name))


def _share_id(table: Table, matches: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Return the number that people know a row by, where it is called so and is read as the id already."""
    name = simplify_name(matches.get("id", ""))
    return {
        column.name: matches["id"]
        for column in table.columns
        if column.name.endswith("_number")
        and column.name not in taken
        and name in list_usual_names(table, column.name)
    }


def _find_doubtful(
    table: Table, left: Sequence[str], ready: Collection[str], columns: Mapping[str, str]
) -> dict[str, str]:
    """Return our columns that may be one of those ``left``; and, for a missing id, a column that may serve as it."""
    names = {simplify_name(column): column for column in left}
    doubtful = {
        name: names[usual]
        for name, usual_names in DOUBTFUL_NAMES.items()
        if table.has_column(name) and name not in ready
        for usual in usual_names
        if usual in names
    }
    key = next((name for name in list_keys(table) if name in columns), None)
    if key and "id" not in ready:
        doubtful["id"] = columns[key]
    return doubtful


def _find_rival(table: Table, column: str, taken: Collection[str]) -> str | None:
    """Return our column that ``column`` is a usual name of, when another column is already read for it."""
    word = simplify_name(column)
    if is_ours(word):
        return None
    return next(
        (
            item.name
            for item in table.columns
            if item.name in taken and word in list_usual_names(table, item.name)
        ),
        None,
    )


def _match_columns(table: Table, columns: Sequence[str], found: Collection[str]) -> dict[str, str]:
    """Return our columns with the source's: by usual names in their order, then by likeness of what is left."""
    left = {simplify_name(column): column for column in columns}
    wanted = [column.name for column in table.columns if column.name not in found]
    # A column without which the table cannot be read has the first choice.
    wanted.sort(key=lambda name: name not in table.mandatory_columns)
    matches: dict[str, str] = {}
    for name in wanted:
        usual = next((other for other in list_usual_names(table, name) if other in left), None)
        if usual is not None:
            matches[name] = left.pop(usual)
    unknown = {name: column for name, column in left.items() if not is_usual(name)}
    for name in (name for name in wanted if name not in matches):
        if near := get_close_matches(name, unknown, n=1, cutoff=_CLOSE):
            matches[name] = unknown.pop(near[0])
    return {column.name: matches[column.name] for column in table.columns if column.name in matches}
