"""Which rows of the database belong to a scope, in the server's words.

Ids are compared as the loader will: where they are UUIDs, a column that holds them as text may spell them in
capitals, in braces or without hyphens. A column of type uuid is compared as it is, so that its index serves.
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
    """Whose rows are asked for: those of ``branches``, and of ``organization`` what its branches share.

    When ``branches`` are all it has (``whole``), its rows that name no branch are, too.
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
    """Which rows of a table belong to ``limits``; None when every row does.

    ``types`` are the columns that the table has, ``orders`` those of the orders, through which a child belongs.
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
    """Which admins are asked for: nobody but the one whose rights apply, and none where nobody's do.

    The database may fold letters beyond ASCII otherwise than we do; to look such an address up, every admin is read.
    """
    if reader is None:
        return "FALSE"
    return f'lower(btrim("email"::text)) = {literal(reader)}' if reader.isascii() else None


def _of_branches(types: Mapping[str, str], limits: Limits) -> str:
    """A branch owns the rows that name it, an organization those of its own that name none."""
    ways = []
    if limits.branches and "branch_id" in types:
        ways.append(_among("branch_id", types, limits.branches, limits))
    if limits.whole and limits.organization is not None and "organization_id" in types:
        own = _among("organization_id", types, [limits.organization], limits)
        ways.append(f"({_names_none('branch_id', types, limits)} AND {own})" if "branch_id" in types else own)
    return _any(ways)


def _of_organization(types: Mapping[str, str], limits: Limits) -> str:
    """What the branches of an organization share belongs to each of them."""
    ways = []
    if limits.organization is not None and "organization_id" in types:
        ways.append(_among("organization_id", types, [limits.organization], limits))
    if limits.branches and "branch_id" in types:
        ways.append(_among("branch_id", types, limits.branches, limits))
    return _any(ways)


def _any(ways: Sequence[str]) -> str:
    return f"({' OR '.join(ways)})" if ways else "FALSE"


def _among(name: str, types: Mapping[str, str], ids: Iterable[str], limits: Limits) -> str:
    """That a column names one of ``ids``."""
    if types[name] == "uuid":
        # What is no UUID it cannot name, and the server would take it for an error.
        known = [one for one in ids if _is_uuid(one)]
        return f"{quoted(name)} IN ({literals(known)})" if known else "FALSE"
    spelled = (one.replace("-", "") if limits.by_uuid else one for one in ids)
    return f"{_spelled(name, limits)} IN ({literals(spelled)})"


def _names_none(name: str, types: Mapping[str, str], limits: Limits) -> str:
    """That a column names nothing which could be read as an id."""
    if types[name] == "uuid":
        return f"{quoted(name)} IS NULL"
    text = f"coalesce({_spelled(name, limits)}, '')"
    return f"{text} !~ {_UUID}" if limits.by_uuid else f"{text} = ''"


def _spelled(name: str, limits: Limits) -> str:
    """A column as text in which one id is always written the same."""
    text = f"{quoted(name)}::text"
    return f"translate(lower({text}), '-{{}}', '')" if limits.by_uuid else text


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
