"""Find the one customer or segment that a person typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import AmbiguousError, NotFoundError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.names import meant
from opttius_cli.privacy.policy import MASKED
from opttius_cli.reports.header import vocabulary
from opttius_cli.result import Kind
from opttius_cli.session.answering import result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.session.state import Session


def find_customer(session: Session, sought: str) -> str:
    """Return the id of the one customer in scope whose id, email or RUT is ``query``.

    Raises:
        UnknownNameError: nobody matches; similar customers are listed, masked.
        NotFoundError: nobody matches, and nobody is similar.
        AmbiguousNameError: several match; they are listed, masked.
    """
    found = _ask(session, "customers/find", {"sought": sought})
    if len(found) == 1:
        return str(found[0]["customer_id"])
    if found:
        raise AmbiguousError(_("customer"), _shown_sought(sought), [_masked_line(row) for row in found])
    near = [_masked_line(row) for row in _ask(session, "customers/nearest", {"sought": sought})]
    if not near:
        raise NotFoundError(
            _(
                "There is no customer “{name}”. Look for one by name: opttius customers --search NAME.",
                name=_shown_sought(sought),
            )
        )
    raise UnknownNameError(_("customer"), _shown_sought(sought), near)


def _ask(session: Session, report: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run one report and return its rows, masked."""
    table = result_of(session, session.library.report(report), parameters, MASKED).table
    return list(table.to_pylist())


def _masked_line(row: Mapping[str, Any]) -> str:
    """Format a customer as one line of a message."""
    return " ".join(str(value) for value in row.values() if value)


def _shown_sought(sought: str) -> str:
    """Return what was typed as a message may repeat it: an id as it is, anything else masked."""
    from opttius_cli.privacy.masks import mask

    if "@" in sought:
        return mask(sought.strip(), Kind.EMAIL) or ""
    is_rut = re.fullmatch(r"\s*[\d.]{6,12}-?[\dkK]?\s*", sought)
    if is_rut:
        return mask(sought, Kind.RUT) or ""
    is_id = re.fullmatch(r"(?=.*\d)[\w-]{1,64}", sought)
    return sought if is_id else mask(sought, Kind.NAME) or ""


def segment_named(name: str) -> str:
    """Return the segment of either scheme that ``name`` means. Raises UnknownNameError, listing them all."""
    names = list(vocabulary("segment")["en"] | vocabulary("rfm_segment")["en"])
    found = meant(name, names)
    if found is None:
        raise UnknownNameError(_("segment"), name, names)
    return found
