"""Write a proposal as the block for ``opttius.toml``: ready to paste, with comments for what people decide."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from opttius_cli.catalog.status_words import STATUS_WORDS
from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.usual_names import HARMLESS_VALUES, USUAL_VALUES
from opttius_cli.i18n import _
from opttius_cli.period import DEFAULT_ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.doctor.proposal import Proposal, TableProposal
    from opttius_cli.sources.mapping import SourceMapping

_ZONE = f'naive_timezone = "{DEFAULT_ZONE}"'
"""What makes a date without a time of day the day that people wrote."""


def format_block(proposal: Proposal, mapping: SourceMapping, *, has_zone: bool) -> str | None:
    """Return the block, with what the mapping says already; None when there is nothing to propose.

    ``has_zone``: the settings say already in which zone times without one were written.
    """
    if proposal.is_empty:
        return None
    sections = [
        [] if has_zone else _propose_zone(proposal),
        _list_tables(proposal, mapping),
        *(_list_columns(item, mapping) for item in proposal.tables),
        *(_list_values(item, mapping) for item in proposal.tables),
        *(
            _list_words(table, column, words, mapping.words.get(table, {}).get(column, {}))
            for (table, column), words in proposal.words.items()
        ),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _propose_zone(proposal: Proposal) -> list[str]:
    """Return the zone of times without one: columns of one's own are a sheet that the shop wrote by its own clock."""
    if any(item.columns for item in proposal.tables):
        return ["# " + _("At the top of the file: the zone in which the dates were written."), _ZONE]
    if any(item.place for item in proposal.tables):
        hint = _("Are the times local, without a zone? Then write at the top of the file:")
        return [f"# {hint}", f"# {_ZONE}"]
    return []


def _list_tables(proposal: Proposal, mapping: SourceMapping) -> list[str]:
    places = {item.table: item.place for item in proposal.tables if item.place}
    if not places and not proposal.absent:
        return []
    places = {**{table: place for table, place in mapping.tables.items() if table not in places}, **places}
    return [
        "[tables]",
        *(f"{table} = {_quote(place)}" for table, place in places.items()),
        *(_ask_for(name) for name in proposal.absent),
    ]


def _ask_for(name: str) -> str:
    return f'# {name} = "…"  ' + _("required: nothing looks like it")


def _list_columns(item: TableProposal, mapping: SourceMapping) -> list[str]:
    notes = [
        "# " + _("{column} may be {name}, too: one column is read for it", column=_quote(column), name=name)
        for column, name in item.rivals.items()
    ]
    notes += [
        f"# {name} = {_quote(column)}  " + _("if it holds their id, and not their name: remove the first #")
        for name, column in item.doubtful.items()
        if name != "id"
    ]
    if not item.columns and not item.missing:
        return notes
    columns = {**mapping.columns.get(item.table, {}), **item.columns}
    ours = [column.name for column in TABLES[item.table].columns if column.name in columns]
    return [
        f"[columns.{item.table}]",
        *(f"{name} = {_quote(columns[name])}" for name in ours),
        *(_ask_for(name) for name in item.missing),
        *notes,
    ]


def _list_values(item: TableProposal, mapping: SourceMapping) -> list[str]:
    """Return what every row of a table holds; a usual value of what is missing stands in a comment."""
    candidates = USUAL_VALUES | HARMLESS_VALUES
    usual = {name: candidates[item.table, name] for name in item.missing if (item.table, name) in candidates}
    if not item.values and not usual:
        return []
    values = {**mapping.values.get(item.table, {}), **item.values}
    return [
        f"[values.{item.table}]",
        *(f"{name} = {_quote(value)}" for name, value in values.items()),
        *(
            f"# {name} = {_quote(value)}  " + _("if it is so in every row: remove the first #")
            for name, value in usual.items()
        ),
    ]


def _list_words(
    table: str, column: str, words: Mapping[str, str | None], mapped: Mapping[str, str]
) -> list[str]:
    codes = ", ".join(STATUS_WORDS[table, column])
    meanings = {**mapped, **{word: code for word, code in words.items() if code}}
    return [
        f"[words.{table}.{column}]",
        *(f"{_format_key(word)} = {_quote(code)}" for word, code in meanings.items()),
        *(
            f'# {_format_key(word)} = "…"  ' + _("one of {names}", names=codes)
            for word, code in words.items()
            if not code
        ),
    ]


def _format_key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quote(text)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
