"""One customer on one screen: who it is, when to expect the next purchase, twelve months, and what happened last."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from rich.text import Text

from opttius_cli.i18n import _, n_, pick_number
from opttius_cli.render.answer_header import build_header_lines
from opttius_cli.render.cell_formatter import (
    NO_VALUE,
    build_formatter,
    escape_control_chars,
    shorten_id,
)
from opttius_cli.render.terminal.grid import build_grid
from opttius_cli.render.terminal.screen import BAR, QUIET, STRONG, TITLE, Screen, highlight_bars, wrap_text
from opttius_cli.render.terminal.sparkline import draw_sparkline
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Result

MOST_EVENTS = 10
_LINES_AROUND_EVENTS = 4
"""Their title, their header, the way to the rest, and the prompt."""
_MOST_FAVOURITES = 3


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write one customer for a terminal of ``style.width`` columns; ``--all`` has the rest."""
    formatter = build_formatter(style.language, answer)
    screen = Screen(out, style)
    results = {part.path: part.result for part in answer.parts}
    profile, analytics = (_read_row(results[path,]) for path in ("customer", "analytics"))
    scope, *facts = build_header_lines(answer, formatter)
    above: list[Text | str] = [
        *wrap_text(scope, screen.width),
        *wrap_text(" · ".join(facts), screen.width),
        "",
        _build_title(profile, analytics, results, formatter),
        *wrap_text(_build_contact(profile, formatter), screen.width),
        *wrap_text(_describe_rhythm(analytics, formatter), screen.width),
        *wrap_text(_describe_value(analytics, formatter), screen.width),
        _build_months(results["monthly_spending",], formatter),
        *filter(
            None, wrap_text(_describe_favourites(results["favourite_products",], formatter), screen.width)
        ),
        "",
    ]
    for line in above:
        screen.write_line(line)
    room = style.height - len(above) - _LINES_AROUND_EVENTS
    _write_events(
        results["timeline",], _format_id(profile), min(MOST_EVENTS, max(1, room)), formatter, screen
    )


def _read_row(result: Result) -> dict[str, Any]:
    return dict(result.table.slice(0, 1).to_pylist()[0])


def _build_title(
    profile: Mapping[str, Any],
    analytics: Mapping[str, Any],
    results: Mapping[tuple[str, ...], Result],
    formatter: CellFormatter,
) -> Text:
    columns = {column.name: column for column in results["analytics",].columns}
    segments = " · ".join(
        formatter.format_cell(columns[name], analytics[name]) for name in ("segment", "rfm_segment")
    )
    name = formatter.format_value(profile["name"], ColumnKind.NAME)
    return Text(name, TITLE).append("  ").append(segments, STRONG)


def _build_contact(profile: Mapping[str, Any], formatter: CellFormatter) -> str:
    """Return the id as ``opttius customer`` takes it, the branch, and how to reach the customer."""
    texts = [
        formatter.format_value(profile[name], ColumnKind.TEXT) for name in ("branch", "phone", "email", "rut")
    ]
    return " · ".join([_format_id(profile), *(text for text in texts if text != NO_VALUE)])


def _format_id(profile: Mapping[str, Any]) -> str:
    """Return of the id what ``opttius customer`` needs."""
    return escape_control_chars(shorten_id(str(profile["id"])))


def _describe_rhythm(analytics: Mapping[str, Any], formatter: CellFormatter) -> str:
    """Say when the last purchase was, how long it usually takes, and when the next one is due by that."""
    last, usual = analytics["last_purchase"], analytics["average_days_between_purchases"]
    if last is None:
        return _("Has not bought yet.")
    days = analytics["days_since_last_purchase"]
    texts = [
        n_(
            "Last purchase {date}, {count} day ago",
            "Last purchase {date}, {count} days ago",
            days,
            date=formatter.format_date(last),
        )
    ]
    if usual:
        days_text = formatter.format_value(usual, ColumnKind.DAYS)
        texts.append(
            n_("usually every {days} day", "usually every {days} days", pick_number(usual), days=days_text)
        )
        due = last + timedelta(days=round(usual))
        texts.append(_("next expected {date}", date=formatter.format_date(due)))
    return " · ".join(texts)


def _describe_value(analytics: Mapping[str, Any], formatter: CellFormatter) -> str:
    texts = [
        n_("{count} purchase", "{count} purchases", analytics["purchases"]),
        _("{money} in total", money=formatter.format_money(analytics["total_spent"])),
    ]
    if analytics["average_order_value"] is not None:
        texts.append(_("{money} each", money=formatter.format_money(analytics["average_order_value"])))
    if analytics["rfm_score"]:
        texts.append(f"RFM {analytics['rfm_score']}")
    return " · ".join(texts)


def _build_months(result: Result, formatter: CellFormatter) -> Text:
    """Return the last twelve months as one row of bars, the current one last."""
    rows = result.table.to_pylist()
    amounts = [row["amount"] or 0 for row in rows]
    line = Text(f"{rows[0]['month']} ", QUIET).append(draw_sparkline(amounts, len(rows))[0], BAR)
    line.append(f" {rows[-1]['month']}", QUIET)
    money = formatter.format_money(sum(amounts))
    return line.append("  " + _("{money} in twelve months", money=money))


def _describe_favourites(result: Result, formatter: CellFormatter) -> str:
    rows = [] if result.absent else result.table.slice(0, _MOST_FAVOURITES).to_pylist()
    names = [formatter.format_value(row["name"], ColumnKind.TEXT) for row in rows]
    return _("Buys most: {names}", names=", ".join(names)) if names else ""


def _write_events(
    result: Result, customer_id: str, most: int, formatter: CellFormatter, screen: Screen
) -> None:
    """Write what happened last, newest first, and how to see what happened before."""
    count = len(result.table)
    newest = result.table.take(list(range(count - 1, max(-1, count - 1 - most), -1)))
    names = ("date", "event", "number", "status", "amount")
    places = [place for place, column in enumerate(result.columns) if column.name in names]
    shown = replace(
        result, columns=tuple(result.columns[place] for place in places), table=newest.select(places)
    )
    screen.write_line(formatter.get_title(result), TITLE)
    if count:
        grid = build_grid(shown, formatter, screen.width)
        for line in grid.build_header():
            screen.write_line(line, QUIET)
        for line in grid.iter_lines():
            screen.write_line(highlight_bars(line))
    if count > most:
        command = shlex.join(["opttius", "customer", customer_id, "--all"])
        note = _("{shown} of {number}. All: {command}", shown=most, number=count, command=command)
        screen.write_line(note, QUIET)
