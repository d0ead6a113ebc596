"""The blocks of the first screen: branches side by side, the main figures with their change, goals, weekdays."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.text import Text

from opttius_cli.answer_parts import TOTAL_ROW, read_rows
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render.cell_formatter import escape_control_chars
from opttius_cli.render.terminal.changes import format_change
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import BLOCK_GAP, QUIET, STRONG, Block
from opttius_cli.render.terminal.week_lines import FIRST_GOAL_DAY
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer, Column, Result

MOST_BRANCHES = 5
_NAME_WIDTH, _CODE_WIDTH, _TICKET, _GAP = 24, 12, 5, "  "
_FIGURES = (
    ("sales_count", N_("Sales")),
    ("average_ticket", N_("Average ticket")),
    ("customers_buying", N_("Buyers")),
    ("customers_new", N_("New customers")),
    ("quote_conversion_pct", N_("Quotes won")),
    ("appointment_completion_pct", N_("Visits kept")),
    ("average_delivery_days", N_("Days to deliver")),
    ("outstanding_total", N_("Owed today")),
)
_WITHOUT_CHANGE = {"outstanding_total"}
"""Figures of all time, which no window before can be compared with."""


def build_branches(answer: Answer, formatter: CellFormatter, width: int) -> Block:
    """Return the branches side by side: revenue, that before, change, sales, ticket and new customers.

    Where that is too wide, branches go by their code alone, and the ticket is left to the figures below.
    """
    result = next(part.result for part in answer.parts if part.path == ("branches", "rows"))
    rows = result.table.to_pylist()
    heading = (_("Branch"), _("Revenue"), _("before"), _("change"), _("Sales"), _("Ticket"), _("New"))
    shown, block = _select_rows(rows), Block(())
    for name_width, without in ((_NAME_WIDTH, None), (_CODE_WIDTH, None), (_CODE_WIDTH, _TICKET)):
        lines = [[Text(text, QUIET) for text in heading]]
        lines += [_build_branch(number, result, answer, formatter, name_width) for number in shown]
        block = _align([[cell for place, cell in enumerate(line) if place != without] for line in lines])
        if block.width <= width:
            break
    hidden = len(rows) - len(shown)
    if hidden:
        note = n_("{count} more: {command}", "{count} more: {command}", hidden, command="opttius branches")
        block = Block((*block.lines[:-1], Text(note, QUIET), block.lines[-1]))
    return block


def _select_rows(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the places of the branches with most revenue, as many as fit, of the row without branch, and of all."""
    own = [number for number, row in enumerate(rows) if row["revenue_rank"] is not None]
    most = sorted(own, key=lambda number: (rows[number]["revenue_rank"], number))[:MOST_BRANCHES]
    return [number for number in range(len(rows)) if number in most or number not in own]


def _build_branch(
    number: int, result: Result, answer: Answer, formatter: CellFormatter, name_width: int
) -> list[Text]:
    row = result.table.slice(number, 1).to_pylist()[0]
    style = STRONG if row["branch"] == TOTAL_ROW and number == result.table.num_rows - 1 else ""
    name = formatter.format_cell(result.columns[0], row["branch"])
    names = {branch.code: branch.name for branch in answer.header.scope.branches if branch.code}
    if names.get(row["branch"]) and name_width > _CODE_WIDTH:
        name = f"{name} {escape_control_chars(names[row['branch']] or '')}"
    growth = next(column for column in result.columns if column.name == "revenue_growth_pct")
    return [
        Text(fit_text(name, min(name_width, len(name))), style),
        Text(formatter.format_money(row["total_revenue"]), style),
        Text(formatter.format_money(row["previous_revenue"]), QUIET),
        format_change(
            row["revenue_growth_pct"],
            ColumnKind.MONEY,
            formatter,
            in_doubt=result.rests_on_few(growth, number),
        ),
        Text(formatter.format_value(row["sales_count"], ColumnKind.COUNT), style),
        Text(formatter.format_money(row["average_ticket"]), style),
        Text(formatter.format_value(row["customers_new"], ColumnKind.COUNT), style),
    ]


def build_figures(
    kpis: Mapping[str, tuple[Column, Any]],
    changes: Mapping[str, tuple[Any, Any]],
    formatter: CellFormatter,
    columns: int,
) -> Block:
    """Return the main figures with their changes, in as many ``columns`` side by side."""
    cells = [_build_figure(name, _(label), kpis, changes, formatter) for name, label in _FIGURES]
    height = -(-len(cells) // columns)
    blocks = [_align(cells[start : start + height]) for start in range(0, len(cells), height)]
    return Block(tuple(join_blocks(blocks)))


def join_blocks(blocks: Sequence[Block]) -> list[Text]:
    """Return the lines of blocks side by side."""
    lines = []
    for number in range(max(len(block.lines) for block in blocks)):
        line = Text()
        for block in blocks:
            piece = block.lines[number] if number < len(block.lines) else Text()
            line.append_text(piece).append(" " * (block.width - piece.cell_len + BLOCK_GAP))
        line.rstrip()
        lines.append(line)
    return lines


def _build_figure(
    name: str,
    label: str,
    kpis: Mapping[str, tuple[Column, Any]],
    changes: Mapping[str, tuple[Any, Any]],
    formatter: CellFormatter,
) -> list[Text]:
    column, value = kpis.get(name, (None, None))
    kind = column.kind if column else ColumnKind.TEXT
    if kind is ColumnKind.PERCENT and value is not None:
        value = round(Decimal(value), 0)
    change = Text()
    if name not in _WITHOUT_CHANGE and changes:
        _previous, growth = changes.get(name, (None, None))
        is_lower_better = column is not None and column.lower_is_better
        change = format_change(growth, kind, formatter, lower_is_better=is_lower_better)
    return [Text(label, QUIET), Text(formatter.format_value(value, kind), STRONG), change]


def build_goals(answer: Answer, formatter: CellFormatter) -> Block | None:
    """Return the goals of the month, None where none is set; what is projected too early stands dim."""
    rows = read_rows(answer, "goals")
    if not rows:
        return None
    dim = QUIET if answer.header.as_of.day < FIRST_GOAL_DAY else ""
    lines = [
        [
            Text(text, QUIET)
            for text in (_("Goal"), rows[0]["month"], _("reached"), _("expected"), _("projected"))
        ]
    ]
    for row in rows:
        name = _("Total") if row["branch"] == TOTAL_ROW else escape_control_chars(row["branch"] or "")
        percents = [
            formatter.format_value(None if value is None else round(Decimal(value), 0), ColumnKind.PERCENT)
            for value in (row["goal_pct"], row["expected_pct"], row["projected_pct"])
        ]
        lines.append(
            [
                Text(name),
                Text(formatter.format_money(row["goal"])),
                Text(percents[0]),
                Text(percents[1], QUIET),
                Text(percents[2], dim),
            ]
        )
    return _align(lines)


def build_weekdays(answer: Answer, formatter: CellFormatter, width: int) -> Block | None:
    """Return what each day of the week brought, for one branch that nothing stands beside; else its share."""
    days = read_rows(answer, "trends", "sales")
    if not days:
        return None
    sums: dict[int, Decimal] = {}
    names: dict[int, str] = {}
    for day in days:
        weekday = day["date"].isoweekday()
        sums[weekday] = sums.get(weekday, Decimal(0)) + (day["value"] or 0)
        names[weekday] = formatter.format_weekday(day["date"]).split(" ")[0]
    numbers, whole = sorted(sums), sum(sums.values())
    heading = [Text(_("By weekday"), QUIET), *(Text(names[number], QUIET) for number in numbers)]
    money = [formatter.format_money(sums[number]) for number in numbers]
    shares = [
        formatter.format_value(round(100 * sums[number] / whole) if whole else None, ColumnKind.PERCENT)
        for number in numbers
    ]
    blocks = [_align([heading, [Text(_("Revenue"), QUIET), *map(Text, texts)]]) for texts in (money, shares)]
    return next((block for block in blocks if block.width <= width), blocks[-1])


def _align(rows: Sequence[Sequence[Text]]) -> Block:
    """Return rows of cells as lines: the first cell to the left, the others to the right."""
    widths = [max(row[place].cell_len for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        line = Text()
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - cell.cell_len)
            if place:
                line.append(_GAP + blanks).append_text(cell)
            else:
                line.append_text(cell).append(blanks)
        lines.append(line)
    return Block(tuple(lines))
