"""The first screen of the dashboard: how the shops are doing, on 24 lines of 80 columns, and what to do about it.

Everything else is one command away, and named.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from opttius_cli.answer_parts import find_changes, find_left_out, list_unfilled, read_kpis, read_rows
from opttius_cli.i18n import _, n_
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import (
    MASKING_LABELS,
    build_total_loss_lines,
    describe_branch,
    describe_freshness,
    is_stale,
)
from opttius_cli.render.cell_formatter import build_formatter, escape_control_chars
from opttius_cli.render.printed_commands import build_command, list_common_options
from opttius_cli.render.terminal.changes import format_change
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.overview_blocks import (
    build_branches,
    build_figures,
    build_goals,
    build_weekdays,
    join_blocks,
)
from opttius_cli.render.terminal.screen import (
    BAR,
    BLOCK_GAP,
    QUIET,
    STRONG,
    TITLE,
    WARNING,
    Block,
    Screen,
    wrap_text,
)
from opttius_cli.render.terminal.sparkline import draw_sparkline
from opttius_cli.render.terminal.week_lines import build_week_lines
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.period import Window
    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer

_SPARK_WIDTH, _LEAST_SPARK_WIDTH = 31, 5
_WIDE = 120
_LEAST_WEEK_LINES = 1
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the first screen for a terminal of ``style.width`` columns."""
    formatter = build_formatter(style.language, answer)
    screen = Screen(out, style)
    width = screen.width or 80
    lines = [*_build_head(answer, formatter, width), Text(), _build_revenue(answer, formatter, width)]
    lines += [*_build_linked_elsewhere(answer, formatter), Text(), *_build_blocks(answer, formatter, width)]
    foot = [Text(), *_build_foot(answer, formatter, width)]
    week = _build_week(answer, formatter, width)
    room = max(_LEAST_WEEK_LINES + 1, style.height - 2 - len(lines) - len(foot))
    for line in (*lines, *([Text(), *week[:room]] if week else []), *foot):
        line.truncate(width, overflow="ellipsis")
        screen.write_line(line)


def _build_head(answer: Answer, formatter: CellFormatter, width: int) -> list[Text]:
    """Return scope and period, then how fresh the data are and what the period is compared with."""
    header = answer.header
    scope, period = header.scope, header.period
    owner = escape_control_chars(scope.organization_name or scope.organization_id or _("All data"))
    count = len(scope.branches)
    branches = (
        describe_branch(scope.branches[0]) if count == 1 else n_("{count} branch", "{count} branches", count)
    )
    lines = _sides(
        Text(f"{owner} · {branches}", STRONG),
        Text(_format_period(period.window, formatter) if period else "", QUIET),
        width,
    )
    fresh = describe_freshness(answer, formatter)
    data_at = _("Data as of {date}", date=f"{formatter.format_day(header.as_of.date())} {header.as_of:%H:%M}")
    left = Text(" · ".join(filter(None, (data_at, fresh))), WARNING if is_stale(answer) else QUIET)
    right = _("against {dates}", dates=_format_dates(header.previous, formatter)) if header.previous else ""
    lines += _sides(left, Text(right, QUIET), width)
    lines += [Text(sentence, WARNING) for sentence in build_total_loss_lines(answer, formatter)]
    if answer.masking != "masked":
        lines.append(Text(_("Personal data: {how}", how=_(MASKING_LABELS[answer.masking])), QUIET))
    return lines


def _format_period(window: Window, formatter: CellFormatter) -> str:
    return n_(
        "{dates} ({count} day)",
        "{dates} ({count} days)",
        window.day_count,
        dates=_format_dates(window, formatter),
    )


def _format_dates(window: Window, formatter: CellFormatter) -> str:
    """Return both dates of a window, the year only once where it is the same."""
    if window.first == window.last:
        return formatter.format_date(window.last)
    first = formatter.format_day(window.first, with_year=True)
    if window.first.year == window.last.year:
        first = formatter.format_day(window.first)
    return f"{first} – {formatter.format_day(window.last, with_year=True)}"


def _sides(left: Text, right: Text, width: int) -> list[Text]:
    """Return one line with a text at each side, or two where they do not fit."""
    left.truncate(width, overflow="ellipsis")
    blanks = width - left.cell_len - right.cell_len
    if not right.cell_len:
        return [left]
    if blanks < 1:
        return [left, right]
    return [left.append(" " * blanks).append_text(right)]


def _build_revenue(answer: Answer, formatter: CellFormatter, width: int) -> Text:
    """Return the revenue with its change, its days as a line, and the best of them."""
    kpis, changes = read_kpis(answer), find_changes(answer)
    line = Text(_("REVENUE"), TITLE).append("  ")
    line.append(formatter.format_money(kpis.get("total_revenue", (None, None))[1]), STRONG).append("  ")
    change = changes.get("total_revenue", (None, None))[1]
    line.append_text(format_change(change, ColumnKind.MONEY, formatter))
    if change is not None and list_unfilled(answer):
        line.append(" ").append(_("⚠ rests on days without data"), WARNING)
    days = read_rows(answer, "trends", "sales")
    best = max(days, key=lambda day: day["value"] or 0, default=None)
    note = (
        _("best: {date}", date=formatter.format_weekday(best["date"])) if best and best["value"] > 0 else ""
    )
    room = min(_SPARK_WIDTH if width < _WIDE else 2 * _SPARK_WIDTH, width - line.cell_len - len(note) - 6)
    if days and room >= _LEAST_SPARK_WIDTH:
        line.append("   ").append(draw_sparkline([day["value"] for day in days], room)[0], BAR)
        line.append(f"   {note}", QUIET)
    return line


def _build_linked_elsewhere(answer: Answer, formatter: CellFormatter) -> list[Text]:
    """Return why one branch alone has another revenue than in its chain, where that is so."""
    scope = answer.header.scope
    if scope.whole_organization or len(scope.branches) != 1:
        return []
    _count, amount = find_left_out(answer, "link_outside_scope") or (0, 0)
    if not amount:
        return []
    return [
        Text(
            _(
                "Includes {amount} on orders from elsewhere: {command}",
                amount=formatter.format_money(amount),
                command=shlex.join(["opttius", "branches", *answer.period_options]),
            ),
            QUIET,
        )
    ]


def _build_blocks(answer: Answer, formatter: CellFormatter, width: int) -> list[Text]:
    """Return what stands below the revenue: the branches, or the days of the week; the figures; and the goals."""
    goals = build_goals(answer, formatter)
    first = (
        build_branches(answer, formatter, width)
        if len(answer.header.scope.branches) > 1
        else goals or build_weekdays(answer, formatter, width)
    )
    kpis, changes = read_kpis(answer), find_changes(answer)
    beside = [block for block in (first, build_figures(kpis, changes, formatter, 1)) if block]
    if _fit(beside, width):
        if goals and goals is not first and _fit([*beside, goals], width):
            beside.append(goals)
        return join_blocks(beside)
    figures = build_figures(kpis, changes, formatter, 2)
    if figures.width > width:
        figures = beside[-1]
    return [*first.lines, Text(), *figures.lines] if first else list(figures.lines)


def _fit(blocks: Sequence[Block], width: int) -> bool:
    """Return whether blocks fit beside each other."""
    return sum(block.width for block in blocks) + BLOCK_GAP * (len(blocks) - 1) <= width


def _build_week(answer: Answer, formatter: CellFormatter, width: int) -> list[Text]:
    """Return the heading and the lines of the week; nothing when there is nothing to do."""
    week = build_week_lines(answer, formatter)
    if not week:
        return []
    command_width = max(len(line.command) for line in week)
    text_width = min(max(len(line.text) for line in week), width - command_width - 5)
    lines = [Text(_("This week"), TITLE)]
    for line in week:
        # A short command leaves its text more room than the column has.
        room = max(text_width, min(len(line.text), width - len(line.command) - 5))
        lines.append(
            Text(f" · {fit_text(escape_control_chars(line.text), room)}  ").append(line.command, BAR)
        )
    return lines


def _build_foot(answer: Answer, formatter: CellFormatter, width: int) -> list[Text]:
    """Return how many notes on the data there are, how to see the rest, and what the commands need besides."""
    notes = data_quality_notes.count_notes(answer, formatter)
    everything = build_command(answer, "dashboard", "--all", has_period=True)
    lines = _sides(Text(notes, WARNING), Text(_("All: {command}", command=everything), QUIET), width)
    change = find_changes(answer).get("total_revenue", (None, None))[1]
    if len(answer.header.scope.branches) == 1 and change is not None:
        why = build_command(answer, "drivers", has_period=True)
        lines.append(Text(_("Why it changed: {command}", command=why), QUIET))
    # An option and its value stay on one line.
    if options := " ".join(pair.replace(" ", _NO_BREAK_SPACE) for pair in list_common_options(answer)):
        needed = wrap_text(_("Add to each: {options}", options=options), width)
        lines += [Text(line.replace(_NO_BREAK_SPACE, " "), QUIET) for line in needed]
    return lines
