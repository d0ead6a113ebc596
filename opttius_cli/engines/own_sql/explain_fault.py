"""Explain what is wrong with a user's SQL: DuckDB's messages about names are told in the language of the session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.engines.own_sql.statement import InvalidStatementError
from opttius_cli.errors import format_list
from opttius_cli.i18n import _
from opttius_cli.name_matching import suggest_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_QUOTED = re.compile(r'"([^"]+)"')
_NEAR = re.compile(r"^(?:Candidate \w+:|Did you mean) (.*)$", re.MULTILINE)
"""The line in which DuckDB names what may be meant."""
_MOST_NAMES = 4


def explain_fault(message: str, columns: Sequence[str] = ()) -> InvalidStatementError:
    """Return the error for a message of DuckDB; ``columns`` are those of the tables that the statement names.

    A message that is not known is told as DuckDB's own.
    """
    first_line = message.strip().partition("\n")[0]
    for pattern, explain in _EXPLANATIONS:
        if match := pattern.search(first_line):
            near = [name for line in _NEAR.findall(message) for name in _QUOTED.findall(line)]
            name = match["name"]
            return InvalidStatementError(explain(match.groupdict(), near or list(columns)), name)
    text = first_line.partition(" Error: ")[2] or first_line
    return InvalidStatementError(_("DuckDB says: {text}", text=text))


def find_line(sql: str, name: str, position: int | None = None) -> int | None:
    """Return the line of ``sql`` at ``position``, else that which names ``name`` first, outside comments.

    None where it is not known, or there is one line only.
    """
    lines = sql.rstrip().splitlines()
    if len(lines) < 2 or not name:  # noqa: PLR2004 - one line needs no number
        return None
    if position is not None:
        return sql.encode()[:position].count(b"\n") + 1
    wanted = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)", re.IGNORECASE)
    loose = re.compile(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)", re.IGNORECASE)
    for pattern in (wanted, loose):
        for number, line in enumerate(lines, 1):
            if pattern.search(line.partition("--")[0]):
                return number
    return None


def _suggest(sentence: str, name: str, near: Sequence[str]) -> str:
    """Return ``sentence`` and the names most like ``name``."""
    if not near:
        return sentence
    names = format_list(suggest_names(name, near, limit=_MOST_NAMES))
    return f"{sentence} {_('The nearest: {names}.', names=names)}"


def _explain_column(parts: dict[str, str], near: Sequence[str]) -> str:
    table = parts.get("table")
    name = f"{table}.{parts['name']}" if table else parts["name"]
    return _suggest(_("there is no column {name}.", name=name), parts["name"], near)


def _explain_ambiguous(parts: dict[str, str], _near: Sequence[str]) -> str:
    names = format_list(re.findall(r"'([^']+)'", parts["uses"]))
    return _("the column {name} is in several tables. Type one of {names}.", name=parts["name"], names=names)


def _explain_function(parts: dict[str, str], near: Sequence[str]) -> str:
    return _suggest(_("there is no function {name}.", name=parts["name"]), parts["name"], near)


def _explain_table(parts: dict[str, str], near: Sequence[str]) -> str:
    return _suggest(_("there is no table {name} in its FROM.", name=parts["name"]), parts["name"], near)


def _explain_group(parts: dict[str, str], _near: Sequence[str]) -> str:
    return _(
        "the column {name} is neither in GROUP BY nor in an aggregate. Add it to GROUP BY, or take max({name}).",
        name=parts["name"],
    )


def _explain_types(parts: dict[str, str], _near: Sequence[str]) -> str:
    return _(
        "{call} does not exist for these types. Convert the values, as in CAST(column AS DOUBLE).",
        call=parts["call"],
    )


def _explain_syntax(parts: dict[str, str], _near: Sequence[str]) -> str:
    return _("syntax error at “{name}”.", name=parts["name"])


_EXPLANATIONS: tuple[tuple[re.Pattern[str], Callable[[dict[str, str], Sequence[str]], str]], ...] = (
    (re.compile(r'Referenced column "(?P<name>.+?)" not found'), _explain_column),
    (
        re.compile(r'(?:Values list|Table) "(?P<table>.+?)" does not have a column named "(?P<name>.+?)"'),
        _explain_column,
    ),
    (
        re.compile(r'Ambiguous reference to column name "(?P<name>.+?)" \(use: (?P<uses>.+)\)'),
        _explain_ambiguous,
    ),
    (re.compile(r"Function with name (?P<name>\S+) does not exist"), _explain_function),
    (re.compile(r'Referenced table "(?P<name>.+?)" not found'), _explain_table),
    (re.compile(r'column "(?P<name>.+?)" must appear in the GROUP BY'), _explain_group),
    (re.compile(r"argument types '(?P<call>(?P<name>\w+)\([^']*)'"), _explain_types),
    (re.compile(r'syntax error at or near "(?P<name>.*?)"'), _explain_syntax),
)
