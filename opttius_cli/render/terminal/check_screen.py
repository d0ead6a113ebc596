"""What is wrong with the data, a line per kind of finding: how many, what that does to the figures, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from rich.cells import cell_len
from rich.text import Text

from opttius_cli.i18n import _, n_
from opttius_cli.render.answer_header import build_header_lines
from opttius_cli.render.cell_formatter import build_formatter
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import DOWN, QUIET, STRONG, UP, WARNING, Screen, wrap_text
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Result

_MARKS = {"error": ("✗", DOWN), "warning": ("!", WARNING), "info": ("·", QUIET)}
_NARROWEST_EFFECT = 36
"""Where less room than this is left, what to do stands on a line of its own."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the findings for a terminal of ``style.width`` columns; ``--all`` lists each table by itself."""
    formatter = build_formatter(style.language, answer)
    screen = Screen(out, style)
    first, *rest = build_header_lines(answer, formatter)
    screen.write_sentence(first, STRONG)
    for sentence in rest:
        screen.write_sentence(sentence, QUIET)
    screen.write_line()
    findings = next(part.result for part in answer.parts if part.path == ("rows",))
    for line in _build_lines(findings, formatter, style.width or 80):
        screen.write_line(line)
    screen.write_line(_describe_tables(answer, formatter))
    screen.write_line()
    screen.write_line(_("Each table, with examples: {command}", command="opttius check --all"), QUIET)
    screen.write_line(_("The rows of a finding: {command}", command="opttius check --rows no_match"), QUIET)


def _build_lines(findings: Result, formatter: CellFormatter, width: int) -> list[Text]:
    """Return a line for each kind of finding, over all tables, in the order of their severity."""
    columns = {column.name: column for column in findings.columns}
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in findings.table.to_pylist():
        groups.setdefault((row["severity"], row["finding"]), []).append(row)
    sums = {key: sum(row["count"] or 0 for row in rows) for key, rows in groups.items()}
    words = {key: _get_words(columns["finding"], key[1], sums[key], formatter) for key in groups}
    labels = {key: _describe_group(rows, words[key][0], columns, formatter) for key, rows in groups.items()}
    counts = {key: formatter.format_value(count, ColumnKind.COUNT) for key, count in sums.items()}
    count_width = max(map(len, counts.values()), default=0)
    longest = max((len(label) for label in labels.values()), default=0)
    label_width = min(longest, max(width // 2, width - count_width - 4 - _NARROWEST_EFFECT))
    lines = []
    for (severity, finding), label in labels.items():
        mark, style = _MARKS[severity]
        head = Text(f"{mark} ", style).append(f"{counts[severity, finding]:>{count_width}}  ", STRONG)
        lines += _build_line(head, label, label_width, words[severity, finding][1], width, finding)
    return lines


def _get_words(column: Column, finding: str, count: int, formatter: CellFormatter) -> tuple[str, str]:
    """Return what so many cases of a finding are called, and what they do to the figures."""
    language = formatter.language
    name, effect = formatter.format_cell(column, finding), column.effects.get(language, {}).get(finding, "")
    if count != 1:
        return name, effect
    return (
        column.vocabulary_of_one.get(language, {}).get(finding, name),
        column.effects_of_one.get(language, {}).get(finding, effect),
    )


def _build_line(
    head: Text, label: str, label_width: int, effect: str, width: int, finding: str
) -> list[Text]:
    """Return ``head``, what was found, and beside it what it does, what to do, and the option that lists the rows."""
    effect_width = width - head.cell_len - label_width - 2
    option = f"--rows {finding}"
    pieces, names = wrap_text(effect, effect_width), wrap_text(label, label_width)
    if pieces and cell_len(f"{pieces[-1]} · {option}") <= effect_width:
        pieces[-1] += f" · {option}"
    elif cell_len(option) <= effect_width:
        pieces.append(option)
    lines = []
    for number in range(max(len(pieces), len(names))):
        line = head.copy() if not number else Text(" " * head.cell_len)
        line.append(fit_text(names[number] if number < len(names) else "", label_width))
        lines.append(line.append("  ").append(pieces[number] if number < len(pieces) else "", QUIET))
    if not pieces or option not in pieces[-1]:
        # An option is not broken, or nobody could copy it: it may stand below what was found, too.
        lines.append(Text(f"{option:>{width}}", QUIET))
    return lines


def _describe_group(
    rows: Sequence[Mapping[str, Any]], name: str, columns: Mapping[str, Any], formatter: CellFormatter
) -> str:
    """Return the words for a kind, and in which tables there are some."""
    tables = dict.fromkeys(
        formatter.format_cell(columns["table_name"], row["table_name"]) for row in rows if row["table_name"]
    )
    return f"{name} ({', '.join(tables)})" if tables else name


def _describe_tables(answer: Answer, formatter: CellFormatter) -> Text:
    """Return how many tables were read, and how many rows of them were not."""
    parts = {part.path: part.result for part in answer.data_quality}
    missing = len(parts["missing_tables",].table) if ("missing_tables",) in parts else 0
    refused = sum(row["rows"] for row in _rows(parts.get(("refused_rows",))))
    text = n_("{count} table is missing", "{count} tables are missing", missing)
    rows = n_(
        "{number} row refused",
        "{number} rows refused",
        refused,
        number=formatter.format_value(refused, ColumnKind.COUNT),
    )
    mark = "✓" if not missing and not refused else "·"
    return Text(f"{mark} {text}, {rows}", UP if mark == "✓" else QUIET)


def _rows(result: Result | None) -> list[dict[str, Any]]:
    if result is None or result.absent:
        return []
    names = ("table_name", "rows")
    return [dict(zip(names, list(row.values()), strict=False)) for row in result.table.to_pylist()]
