"""Find the one customer or segment that a person typed."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import AmbiguousNameError, NotFoundError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.privacy.policy import DEFAULT_POLICY
from opttius_cli.render.cell_formatter import shorten_id
from opttius_cli.reports.own_words import collect_labels, require_code
from opttius_cli.reports.vocabulary import list_codes
from opttius_cli.result import ColumnKind
from opttius_cli.session.run_reports import run_report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.session.state import Session


def find_customer(session: Session, query: str) -> str:
    """Return the id of the one customer in scope whose id (or its beginning), email, RUT or name is ``query``.

    Raises:
        UnknownNameError: nobody matches; similar customers are listed, masked.
        NotFoundError: nobody matches, and nobody is similar.
        AmbiguousNameError: several match; they are listed, masked.
    """
    # What identifies a customer goes before a name, and is found without working out everybody's.
    matches = _fetch_masked_rows(session, "customers/find", {"sought": query}) or _fetch_masked_rows(
        session, "customers/find_by_name", {"sought": query}
    )
    if len(matches) == 1:
        return str(matches[0]["customer_id"])
    if matches:
        raise AmbiguousNameError(_("customer"), _redact_query(session, query), [], _list_commands(matches))
    similar = (
        _fetch_masked_rows(session, "customers/nearest", {"sought": query})
        if session.engine.finds_similar
        else []
    )
    suggestions = [_format_customer(row) for row in similar]
    if not suggestions:
        raise NotFoundError(
            _(
                "There is no customer “{name}”. Look for one by name: opttius customers --search NAME.",
                name=_redact_query(session, query),
            )
        )
    raise UnknownNameError(_("customer"), _redact_query(session, query), suggestions)


def _fetch_masked_rows(session: Session, report: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run one report and return its rows, masked."""
    table = run_report(session, session.library.load_report(report), parameters, DEFAULT_POLICY).table
    return list(table.to_pylist())


def _list_commands(matches: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the command that shows each of these customers, and whom it shows; a shell takes the whole line."""
    ids = [str(row["customer_id"]) for row in matches]
    short = [shorten_id(key) for key in ids]
    names = short if len(set(short)) == len(ids) else ids
    others = [{name: value for name, value in row.items() if name != "customer_id"} for row in matches]
    return [
        f"{shlex.join(['opttius', 'customer', name])}   # {_format_customer(row)}"
        for name, row in zip(names, others, strict=True)
    ]


def _format_customer(row: Mapping[str, Any]) -> str:
    """Format a customer as one line of a message."""
    return " ".join(str(value) for value in row.values() if value)


def _redact_query(session: Session, query: str) -> str:
    """Return what was typed as a message may repeat it: an id as it is, anything else masked."""
    if "@" in query:
        kind = ColumnKind.EMAIL
    elif re.fullmatch(r"\s*[\d.]{6,12}-?[\dkK]?\s*", query):
        kind = ColumnKind.RUT
    elif re.fullmatch(r"(?=.*\d)[\w-]{1,64}", query):
        return query
    else:
        kind = ColumnKind.NAME
    return session.engine.mask_values([query], kind)[0] or ""


_VOCABULARIES = {"lifecycle": "segment", "rfm": "rfm_segment"}
"""The vocabulary of the segments of each scheme."""


def resolve_segment(name: str, scheme: str | None = None) -> tuple[str, str]:
    """Return the segment that ``name`` means, and the scheme it is looked for in: ``scheme``, else lifecycle, else RFM.

    Raises:
        UnknownNameError: there is no such segment; the nearest are named.
    """
    schemes = {scheme: _VOCABULARIES[scheme]} if scheme else _VOCABULARIES
    segment = require_code(name, collect_labels(*schemes.values()), _("segment"))
    return segment, next(name for name, words in schemes.items() if segment in list_codes(words))
