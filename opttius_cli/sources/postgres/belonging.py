"""The SQL conditions that select the rows of a scope on the server.

Ids are compared as the loader compares them: UUIDs in a text column may be written in capitals, in braces or
without hyphens. A column of type uuid is compared directly, so that its index can be used.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.sources.postgres.selection import literal, literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from opttius_cli.catalog.tables import Table

_UUID = "'^[0-9a-f]{32}$'"


@dataclass(frozen=True, slots=True)
class Limits:
    """The owners of the rows to read: ``branches``, and ``organization`` for what its branches share.

    ``whole`` says that ``branches`` are all of its branches; then its rows without a branch are read, too.
    """

    branches: Sequence[str]
    organization: str | None
    whole: bool

    @property
    def by_uuid(self) -> bool:
        """Whether the ids of this database are UUIDs."""
        return all(map(_is_uuid, self.branches))


def condition(
    table: Table, types: Mapping[str, str], schema: str, limits: Limits, orders: Mapping[str, str]
) -> str | None:
    """Build the condition for the rows of a table that ``scope_filter`` selects; None when it selects all.

    ``types`` maps the table's columns to their types, ``order_types`` those of the orders, which own child
    rows.
    """
    if table.tenancy == "branch":
        return _of_branches(types, limits)
    if table.tenancy == "organization":
        return _of_organization(types, limits)
    if table.tenancy == "parent":
        owned = _of_branches(orders, limits)
        child, parent = types["order_id"], orders["id"]
        mine, its = quoted("order_id"), quoted("id")
        if not child == parent == "uuid":
            mine, its = _spelled("order_id", limits), _spelled("id", limits)
        return f'{mine} IN (SELECT {its} FROM {quoted(schema)}."orders" WHERE {owned})'
    return None


def of_admin(reader: str | None) -> str | None:
    """Build the condition for admins: only the one whose rights apply, or no one; None reads every admin.

    The database may lower-case letters beyond ASCII differently, so such an address is looked up here.
    """
    if reader is None:
        return "FALSE"
    return f'lower(btrim("email"::text)) = {literal(reader)}' if reader.isascii() else None


def _of_branches(types: Mapping[str, str], limits: Limits) -> str:
    """Match rows that name one of the branches, and rows of the organization that name no branch."""
    ways = []
    if limits.branches and "branch_id" in types:
        ways.append(_among("branch_id", types, limits.branches, limits))
    if limits.whole and limits.organization is not None and "organization_id" in types:
        own = _among("organization_id", types, [limits.organization], limits)
        ways.append(f"({_names_none('branch_id', types, limits)} AND {own})" if "branch_id" in types else own)
    return _any(ways)


def _of_organization(types: Mapping[str, str], limits: Limits) -> str:
    """Match rows that the branches of an organization share: each branch may see them."""
    ways = []
    if limits.organization is not None and "organization_id" in types:
        ways.append(_among("organization_id", types, [limits.organization], limits))
    if limits.branches and "branch_id" in types:
        ways.append(_among("branch_id", types, limits.branches, limits))
    return _any(ways)


def _any(ways: Sequence[str]) -> str:
    return f"({' OR '.join(ways)})" if ways else "FALSE"


def _among(name: str, types: Mapping[str, str], ids: Iterable[str], limits: Limits) -> str:
    """Match a column that holds one of ``ids``."""
    if types[name] == "uuid":
        # Such a column holds only UUIDs, and the server would reject any other text.
        known = [one for one in ids if _is_uuid(one)]
        return f"{quoted(name)} IN ({literals(known)})" if known else "FALSE"
    spelled = (one.replace("-", "") if limits.by_uuid else one for one in ids)
    return f"{_spelled(name, limits)} IN ({literals(spelled)})"


def _names_none(name: str, types: Mapping[str, str], limits: Limits) -> str:
    """Match a column that holds no valid id."""
    if types[name] == "uuid":
        return f"{quoted(name)} IS NULL"
    text = f"coalesce({_spelled(name, limits)}, '')"
    return f"{text} !~ {_UUID}" if limits.by_uuid else f"{text} = ''"


def _spelled(name: str, limits: Limits) -> str:
    """Convert a column to text in which each id is written in one way only."""
    text = f"{quoted(name)}::text"
    return f"translate(lower({text}), '-{{}}', '')" if limits.by_uuid else text


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
