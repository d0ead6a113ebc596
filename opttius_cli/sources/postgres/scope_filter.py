"""The SQL conditions that select the rows of a scope on the server.

Ids are compared as the loader compares them: UUIDs in a text column may be written in capitals, in braces or
without hyphens. A column of type uuid is compared directly, so that its index can be used.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.sql import quote_identifier, sql_literal, sql_literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from opttius_cli.catalog.tables import Table

_UUID_PATTERN = "'^[0-9a-f]{32}$'"


@dataclass(frozen=True, slots=True)
class ScopeFilter:
    """The owners of the rows to read: ``branches``, and ``organization`` for what its branches share.

    When ``branches`` are all it has (``whole``), its rows that name no branch are, too. ``holds_nobodys``: what names
    neither a branch nor an organization is read as if it named this one.
    """

    branches: Sequence[str]
    organization: str | None
    whole: bool
    holds_nobodys: bool = False

    @property
    def has_uuid_ids(self) -> bool:
        """Return whether the ids of this database are UUIDs."""
        return all(map(_is_uuid, self.branches))


def build_where_clause(
    table: Table,
    types: Mapping[str, str],
    schema: str,
    scope_filter: ScopeFilter,
    order_types: Mapping[str, str],
) -> str | None:
    """Build the condition for the rows of a table that ``scope_filter`` selects; None when it selects all.

    ``types`` maps the table's columns to their types, ``order_types`` those of the orders, which own child
    rows.
    """
    if table.tenancy == "branch":
        return _match_branches(types, scope_filter)
    if table.tenancy == "organization":
        return _match_organization(types, scope_filter)
    if table.tenancy == "parent":
        order_condition = _match_branches(order_types, scope_filter)
        child_type, parent_type = types["order_id"], order_types["id"]
        child_id, parent_id = quote_identifier("order_id"), quote_identifier("id")
        if not child_type == parent_type == "uuid":
            child_id, parent_id = _normalize_id("order_id", scope_filter), _normalize_id("id", scope_filter)
        return f'{child_id} IN (SELECT {parent_id} FROM {quote_identifier(schema)}."orders" WHERE {order_condition})'
    return None


def build_admin_clause(reader: str | None) -> str | None:
    """Build the condition for admins: only the one whose rights apply, or no one; None reads every admin.

    The database may lower-case letters beyond ASCII differently, so such an address is looked up here.
    """
    if reader is None:
        return "FALSE"
    return f'lower(btrim("email"::text)) = {sql_literal(reader)}' if reader.isascii() else None


def _match_branches(types: Mapping[str, str], scope_filter: ScopeFilter) -> str:
    """Match rows that name one of the branches, and rows of the organization that name no branch."""
    conditions = []
    if scope_filter.branches and "branch_id" in types:
        conditions.append(_match_ids("branch_id", types, scope_filter.branches, scope_filter))
    if scope_filter.whole and scope_filter.organization is not None and "organization_id" in types:
        organization_match = _match_ids("organization_id", types, [scope_filter.organization], scope_filter)
        conditions.append(
            f"({_match_no_id('branch_id', types, scope_filter)} AND {organization_match})"
            if "branch_id" in types
            else organization_match
        )
    if scope_filter.whole and scope_filter.holds_nobodys:
        conditions.append(_of_nobody(types, scope_filter))
    return _join_conditions(conditions)


def _of_nobody(types: Mapping[str, str], scope_filter: ScopeFilter) -> str:
    """That a row names neither a branch nor an organization; every row of a table without such columns is so."""
    owners = [name for name in ("branch_id", "organization_id") if name in types]
    return f"({' AND '.join(_match_no_id(name, types, scope_filter) for name in owners) or 'TRUE'})"


def _match_organization(types: Mapping[str, str], scope_filter: ScopeFilter) -> str:
    """Match rows that the branches of an organization share: each branch may see them."""
    conditions = []
    if scope_filter.organization is not None and "organization_id" in types:
        conditions.append(_match_ids("organization_id", types, [scope_filter.organization], scope_filter))
    if scope_filter.branches and "branch_id" in types:
        conditions.append(_match_ids("branch_id", types, scope_filter.branches, scope_filter))
    if scope_filter.holds_nobodys:
        conditions.append(_of_nobody(types, scope_filter))
    return _join_conditions(conditions)


def _join_conditions(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(conditions)})" if conditions else "FALSE"


def _match_ids(name: str, types: Mapping[str, str], ids: Iterable[str], scope_filter: ScopeFilter) -> str:
    """Match a column that holds one of ``ids``."""
    if types[name] == "uuid":
        # Such a column holds only UUIDs, and the server would reject any other text.
        uuids = [row_id for row_id in ids if _is_uuid(row_id)]
        return f"{quote_identifier(name)} IN ({sql_literals(uuids)})" if uuids else "FALSE"
    normalized = (row_id.replace("-", "") if scope_filter.has_uuid_ids else row_id for row_id in ids)
    return f"{_normalize_id(name, scope_filter)} IN ({sql_literals(normalized)})"


def _match_no_id(name: str, types: Mapping[str, str], scope_filter: ScopeFilter) -> str:
    """Match a column that holds no valid id."""
    if types[name] == "uuid":
        return f"{quote_identifier(name)} IS NULL"
    text = f"coalesce({_normalize_id(name, scope_filter)}, '')"
    return f"{text} !~ {_UUID_PATTERN}" if scope_filter.has_uuid_ids else f"{text} = ''"


def _normalize_id(name: str, scope_filter: ScopeFilter) -> str:
    """Convert a column to text in which each id is written in one way only."""
    text = f"{quote_identifier(name)}::text"
    return f"translate(lower({text}), '-{{}}', '')" if scope_filter.has_uuid_ids else text


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
