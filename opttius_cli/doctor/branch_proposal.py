"""Propose where the branches are, when no file or sheet is of them: a column names them, or there is one shop only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.proposal import Proposal, TableProposal
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.sources.mapping import SourceMapping

_ONLY_ID = "1"
"""The id of the only shop; each table that belongs to branches refers to it."""
_WITNESSES = ("orders", "customers")
"""Tables whose sheet may name the branches, the surer first: every branch sells."""


def propose_branches(proposal: Proposal, mapping: SourceMapping) -> Proposal:
    """Return the proposal with the branches; as it is, when they are there or their ids are somebody else's."""
    if "branches" not in proposal.absent:
        return proposal
    absent = [name for name in proposal.absent if name != "branches"]
    if mapping.values.get("branches"):
        return replace(proposal, absent=absent)
    by_table = {item.table: item for item in proposal.tables}
    for name in _WITNESSES:
        item = by_table.get(name)
        column = item and {**mapping.columns.get(name, {}), **item.columns}.get("branch_id")
        place = item and (item.place or mapping.tables.get(name))
        if column and place:
            branches = TableProposal("branches", place, {"id": column, "name": column}, ())
            return replace(proposal, absent=absent, tables=[branches, *proposal.tables])
    if not proposal.tables or any("branch_id" in item.ready for item in proposal.tables):
        return proposal
    shop = TableProposal("branches", None, {}, (), values={"id": _ONLY_ID, "name": _("My shop")})
    return replace(proposal, absent=absent, tables=[shop, *map(_assign_shop, proposal.tables)])


def _assign_shop(item: TableProposal) -> TableProposal:
    """Return a table whose rows all belong to the only shop, where it is one of branches."""
    table = TABLES[item.table]
    if table.tenancy != "branch" or not table.has_column("branch_id") or "branch_id" in item.columns:
        return item
    missing = [name for name in item.missing if name != "branch_id"]
    return replace(item, missing=missing, values={"branch_id": _ONLY_ID, **item.values})
