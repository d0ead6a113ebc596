"""Decide by cells what the names of columns leave open: whether ids are ids, and what the words of a status mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.status_words import STATUS_WORDS, propose_code
from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.usual_names import simplify_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from opttius_cli.doctor.proposal import Proposal, TableProposal
    from opttius_cli.sources.mapping.cell_sample import CellSample

_REFERENCES = {"customer_id": "customers"}
"""Which table's ids a doubtful column must hold."""


def list_sampled(proposal: Proposal) -> dict[str, list[str]]:
    """Return the columns that have to be read, by table: statuses, doubtful ones, and the ids that these refer to."""
    columns: dict[str, list[str]] = {}
    for item in proposal.tables:
        columns.setdefault(item.table, []).extend(item.doubtful)
        for name in item.doubtful:
            if name in _REFERENCES:
                columns.setdefault(_REFERENCES[name], []).append("id")
    for table, column in STATUS_WORDS:
        columns.setdefault(table, []).append(column)
    return {table: list(dict.fromkeys(names)) for table, names in columns.items() if names}


def apply_evidence(proposal: Proposal, sample: CellSample, paid_statuses: Collection[str]) -> Proposal:
    """Return the proposal with each doubtful column that its cells prove, and with what unknown words mean.

    A few odd words among those of the app, none of which means a thing for certain, are left to ``opttius check``.
    """
    words = {}
    for (table, column), codes in STATUS_WORDS.items():
        known = {*codes, *paid_statuses} if column == "payment_status" else {*codes}
        present = sample.list_words(table, column)
        meanings = {word: propose_code(table, column, word) for word in present if word not in known}
        if any(meanings.values()) or (meanings and known.isdisjoint(present)):
            words[table, column] = meanings
    return replace(proposal, tables=[_decide_doubts(item, sample) for item in proposal.tables], words=words)


def _decide_doubts(item: TableProposal, sample: CellSample) -> TableProposal:
    columns, doubtful = dict(item.columns), dict(item.doubtful)
    for name, column in item.doubtful.items():
        if name == "id" and sample.is_key(item.table, "id"):
            # The column stays what it is called, too.
            own = simplify_name(column)
            columns |= {name: column} | ({own: column} if TABLES[item.table].has_column(own) else {})
        elif name in _REFERENCES and sample.refers(item.table, name, _REFERENCES[name]):
            columns[name] = column
        elif name != "id":
            continue
        del doubtful[name]
    missing = [name for name in item.missing if name not in columns]
    return replace(item, columns=columns, doubtful=doubtful, missing=missing)
