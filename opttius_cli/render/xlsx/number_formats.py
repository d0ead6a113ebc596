"""Number formats of a workbook, by the kind of a column; they change only what is shown, not the value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.render.cell_formatter import get_date_pattern, get_money_format
from opttius_cli.render.kpis import get_growth_arrow
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.render.cell_formatter import CellFormatter

_LCIDS = {"es_CL": "340A", "es_AR": "2C0A", "es_ES": "C0A", "en_US": "409"}
"""The Windows locale ids of number formats; separators follow the settings of the reader's own program."""


def build_number_format(kind: ColumnKind, formatter: CellFormatter) -> str:
    """Return the number format of a kind."""
    lcid = _LCIDS.get(formatter.locale, "")
    if kind is ColumnKind.MONEY:
        money_format = get_money_format(formatter.locale, formatter.currency)
        digits = "#,##0" + ("." + "0" * money_format.max_decimals if money_format.max_decimals else "")
        return ";".join(
            _format_affix(prefix, lcid) + digits + _format_affix(suffix, lcid)
            for prefix, suffix in (money_format.affixes, money_format.negative_affixes)
        )
    if kind is ColumnKind.DATE:
        return (f"[$-{lcid}]" if lcid else "") + get_date_pattern(formatter.locale)
    return {
        ColumnKind.COUNT: "#,##0",
        ColumnKind.PERCENT: '0.00"%"',
        ColumnKind.DAYS: "0.0",
        ColumnKind.NUMBER: "General",
    }.get(kind, "General")


def build_change_format(kind: ColumnKind, *, is_difference: bool) -> str:
    """Return the number format of how much a figure of ``kind`` changed: an arrow in place of the sign."""
    if not is_difference:
        size = '0.00"%"'
    elif kind is ColumnKind.DAYS:
        size = "0.0" + _quote_literal(_("{number} days", number=""))
    else:
        size = "0.00" + _quote_literal(_("{number} points", number=""))
    return ";".join((*(f'"{get_growth_arrow(sign)} "{size}' for sign in (1, -1)), f'"{get_growth_arrow(0)}"'))


def _format_affix(text: str, lcid: str) -> str:
    """Quote the text before or after the digits for a number format; a currency sign gets its locale id."""
    match = re.fullmatch(r"(-?)(.*?)(-?)([\s\u00a0]*)", text) if lcid else None
    if match is None or not match[2].strip() or re.search(r"[\[\]\-]", match[2]):
        return _quote_literal(text)
    leading = re.match(r"[\s\u00a0]*", match[2])
    blank = leading[0] if leading else ""
    return (
        _quote_literal(match[1] + blank)
        + f"[${match[2].strip()}-{lcid}]"
        + _quote_literal(match[3] + match[4])
    )


def _quote_literal(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""
