"""Decide where an answer goes and in which format, once and before any work; then write it there."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from opttius_cli.command_support.options import AnswerOptions
from opttius_cli.command_support.request import build_reporter
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, get_locale
from opttius_cli.render import registry, sink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.audit import AuditRecord
    from opttius_cli.command_support.options import CommonOptions
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer

FormatName = TypeVar("FormatName", bound=str)


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """Where an answer goes and in which format; without ``path`` it goes to stdout or to a named file."""

    format_name: str
    path: Path | None
    to_stdout: bool

    @property
    def renderer(self) -> registry.Renderer:
        """The renderer of the format."""
        return registry.RENDERERS[self.format_name]


def plan_output(options: AnswerOptions, *, makes_file: bool = False) -> OutputPlan:
    """Decide where the answer goes and in which format, and start loading the format's module.

    The format is that of ``--format``, else that of the file's extension, else a table. With ``makes_file``
    an answer without ``--output`` is a file, a workbook, and one for stdout is CSV.

    Raises:
        UsageError: the format is unknown, or cannot be shown on a terminal.
        OutputError: the file exists, or cannot be written.
    """
    require_filename(options.output)
    default_format = "table" if not makes_file else "csv" if options.output == "-" else "xlsx"
    extensions = {name: renderer.extension for name, renderer in registry.RENDERERS.items()}
    plan = OutputPlan(
        options.format or resolve_format(options.output, extensions) or default_format,
        None if options.output in {None, "-"} else Path(str(options.output)),
        options.output == "-" or (options.output is None and not makes_file),
    )
    if plan.to_stdout and plan.renderer.is_binary and sys.stdout.isatty():
        raise UsageError(
            _("{format} cannot be shown on a terminal. Add --output FILE.", format=plan.format_name)
        )
    if plan.path is not None:
        # A long report should not fail at its end because of a file that existed all the time.
        sink.check_writable(plan.path, force=options.force)
    if lack := plan.renderer.describe_lack():
        build_reporter(options).show_note(lack)
    plan.renderer.start_loading()
    return plan


def is_screen(plan: OutputPlan) -> bool:
    """Return whether a person reads the answer on a terminal, who wants to see what matters first."""
    return plan.to_stdout and plan.format_name == "table" and is_on_terminal()


def is_on_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def write_answer(
    answer: Answer,
    options: AnswerOptions,
    plan: OutputPlan,
    *,
    file_name: str = "",
    overview: bool = False,
    paged: bool = False,
) -> None:
    """Write an answer as planned; ``file_name``, without extension, names the file of a plan without one.

    ``overview`` writes only the first screen; ``paged`` goes through the reader's pager where there is a terminal.
    """
    renderer, style = plan.renderer, replace(build_style(options), overview=overview)
    with options.profiler.measure(_("write {format}", format=plan.format_name)):
        _write_to(answer, options, plan, style, file_name=file_name, paged=paged)
    if not renderer.has_data_quality:
        _show_data_quality_notes(answer, options)


def _write_to(
    answer: Answer, options: AnswerOptions, plan: OutputPlan, style: Style, *, file_name: str, paged: bool
) -> None:
    """Write an answer to stdout or into its file, and record where it went."""
    renderer = plan.renderer
    if plan.to_stdout:
        pager = sink.find_pager(os.environ) if paged and is_screen(plan) else None
        sink.write_stdout(lambda out: renderer.write(answer, out, style), pager=pager)
        record_output(options.record, answer, "stdout")
    else:
        path = plan.path or Path(f"{file_name}.{renderer.extension}")
        private = answer.masking == "revealed"
        sink.write_file(path, options.force, lambda out: renderer.write(answer, out, style), private=private)
        record_output(options.record, answer, str(path.absolute()))
        warn_extension_mismatch(path, plan.format_name, options)
        if plan.path is None:
            sink.write_stdout_text(f"{path}\n")
        else:
            note_written(path, options)


def note_written(path: Path, options: CommonOptions) -> None:
    """Say to a person at a terminal which file was written; a script or a log knows its name."""
    reporter = build_reporter(options)
    if reporter.shows_progress:
        reporter.show_note(_("Written: {path}", path=path))


def record_output(record: AuditRecord, answer: Answer, output: str) -> None:
    """Record for the audit log what was written, and where; a run may write several answers."""
    record.report, record.masking, record.output = answer.header.report, answer.masking, output
    record.rows = (record.rows or 0) + sum(len(part.result.table) for part in answer.parts)


def build_style(options: CommonOptions) -> Style:
    """Return the style of the answer: language, and the width and colours of a terminal."""
    from opttius_cli.render.style import Style

    on_terminal = sys.stdout.isatty()
    plain = options.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    dialect = options.csv_dialect if isinstance(options, AnswerOptions) else "plain"
    size = shutil.get_terminal_size((80, 24))
    width = size.columns if on_terminal else None
    return Style(get_locale(), width, on_terminal and not plain, dialect, height=size.lines)


def _show_data_quality_notes(answer: Answer, options: AnswerOptions) -> None:
    """Write the data quality notes to stderr, for a format that holds nothing but rows."""
    from opttius_cli.render.answer_header import build_total_loss_lines
    from opttius_cli.render.cell_formatter import build_formatter
    from opttius_cli.render.data_quality_notes import build_notes

    reporter = build_reporter(options)
    if not options.quiet:
        formatter = build_formatter(get_locale(), answer)
        for sentence in (*build_total_loss_lines(answer, formatter), *build_notes(answer, formatter)):
            reporter.show_note(sentence)


def resolve_format(target: str | None, extensions: Mapping[FormatName, str]) -> FormatName | None:
    """Return the format of a file's extension, None for stdout. Raises UsageError for an unknown one."""
    if target in {None, "-"}:
        return None
    if extension_format := _find_format_by_extension(Path(str(target)), extensions):
        return extension_format
    raise UsageError(
        _(
            "The name of {path} does not show its format. Add --format, one of {formats}.",
            path=target,
            formats=", ".join(extensions),
        )
    )


def _find_format_by_extension(path: Path, extensions: Mapping[FormatName, str]) -> FormatName | None:
    """Return the format of a file's extension, if there is one."""
    suffix = path.suffix.lower().removeprefix(".")
    return next((name for name, extension in extensions.items() if suffix == extension), None)


def require_filename(target: str | None) -> None:
    """Raise UsageError for an empty --output, for example from a shell variable without a value."""
    if target is not None and not target.strip():
        raise UsageError(_("--output is empty. Type the name of a file: --output FILE, or - for stdout."))


def warn_extension_mismatch(path: Path, chosen: str, options: CommonOptions) -> None:
    """Warn when a file's extension belongs to another format, because programs open it by its extension.

    Any text format may be named .txt.
    """
    extensions = {name: renderer.extension for name, renderer in registry.RENDERERS.items()}
    extension_format, renderer = _find_format_by_extension(path, extensions), registry.RENDERERS[chosen]
    if extension_format in {None, chosen} or (extension_format == "table" and not renderer.is_binary):
        return
    build_reporter(options).show_note(
        _(
            "Note: {path} holds {format}, but its extension says {extension}. "
            "Name it {better}, or leave out --format.",
            path=path,
            format=chosen,
            extension=extension_format,
            better=path.with_suffix(f".{renderer.extension}"),
        )
    )
