"""The header of an answer in sentences: scope, period, instant, currency and source."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from opttius_cli.i18n import N_, _, n_
from opttius_cli.render.cells import clean

if TYPE_CHECKING:
    from opttius_cli.period import Window
    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Answer, Branch, Scope

MASKING = {"masked": N_("masked"), "anonymous": N_("pseudonyms"), "revealed": N_("shown whole")}
"""How an answer shows personal data, in words."""
_NAMED = 4
"""With more branches than this, only their number is shown."""


def facts(answer: Answer, cells: Cells) -> list[str]:
    """Return the lines above the figures: title, scope, period and comparison, instant, currency, masking."""
    head = answer.head
    lines = [clean(head.title), scope(head.scope)] if head.title else [scope(head.scope)]
    if head.period:
        days = head.period.window.days
        told = n_(
            "{dates} ({count} day)", "{dates} ({count} days)", days, dates=window(head.period.window, cells)
        )
        if head.previous:
            told = _("{period}, compared with {dates}", period=told, dates=window(head.previous, cells))
        lines.append(told)
    lines.append(
        _(
            "As of {as_of} ({zone}), money in {currency}",
            as_of=cells.instant(head.as_of),
            zone=head.timezone,
            currency=clean(head.currency),
        )
    )
    if answer.masking == "revealed":
        lines.append(_("Personal data is shown whole: handle with care."))
    elif answer.masking == "anonymous":
        lines.append(_("Pseudonyms stand for people and ids."))
    return lines


def scope(of: Scope) -> str:
    """Return the organization and its branches in one line."""
    owner = clean(
        of.organization_name or of.organization_id or (_("All data") if of.whole else _("No organization"))
    )
    if of.whole and len(of.branches) != 1:
        count = len(of.branches)
        told = n_("all of it ({count} branch)", "all of it ({count} branches)", count)
    elif len(of.branches) > _NAMED:
        told = n_("{count} branch", "{count} branches", len(of.branches))
    else:
        told = ", ".join(map(branch, of.branches))
    return f"{owner} · {told}" if told else owner


def branch(of: Branch) -> str:
    """Return the code and name of a branch, or its id if it has neither."""
    return clean(" ".join(text for text in (of.code, of.name) if text) or of.id)


def window(of: Window, cells: Cells) -> str:
    """Return the first and last date."""
    return (
        f"{cells.date(of.first)} \N{EN DASH} {cells.date(of.last)}"
        if of.first != of.last
        else cells.date(of.first)
    )


def loaded(answer: Answer, cells: Cells) -> str:
    """Return when the data was loaded, in the report's zone."""
    return cells.instant(answer.loaded_at.astimezone(ZoneInfo(answer.head.timezone)))
