"""Build a request from options, and write an answer as bytes: the steps that every query command shares."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config, diagnostics
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, get_locale
from opttius_cli.privacy.permission import check_reveal_early
from opttius_cli.privacy.policy import build_policy
from opttius_cli.redaction import has_password
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.audit import AuditRecord
    from opttius_cli.command_support.options import CommonOptions, LoadOptions
    from opttius_cli.privacy.policy import Policy
    from opttius_cli.render.style import Style
    from opttius_cli.reports.library import Library
    from opttius_cli.result import Answer
    from opttius_cli.session import Request


def read_clock() -> datetime:
    """Read the clock, once per command. ``OPTTIUS_NOW`` overrides it, for tests and demonstrations."""
    text = os.environ.get("OPTTIUS_NOW")
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(_("OPTTIUS_NOW “{text}” is not a timestamp.", text=text)) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def build_reporter(options: CommonOptions) -> diagnostics.Reporter:
    """Return the writer to stderr, as quiet or verbose as the options say."""
    return diagnostics.Reporter(options.quiet, options.verbose)


def load_config(options: LoadOptions, source: str | None = None) -> config.Config:
    """Return the settings, overridden by the options; ``source`` is a source given as an argument."""
    overrides: dict[str, object] = {
        "source": source or options.source,
        "cache.max_age": options.max_age,
        "language": options.lang,
    }
    if isinstance(options, QueryOptions):
        overrides |= {"organization": options.organization, "timezone": options.tz}
        overrides["access.user"] = options.as_email
        overrides["branches"] = options.branch or None
    return config.resolve_config(overrides, os.environ, Path.cwd())


def load_library() -> Library:
    """Return the library of reports, including the user's own."""
    from opttius_cli.reports.library import Library

    return Library(config.find_user_folder(os.environ) / "reports")


def build_request(
    options: QueryOptions,
    *,
    period: str | None = None,
    has_period: bool = True,
    source: str | None = None,
    default_format: str = "table",
    every_tier: bool = False,
) -> Request:
    """Build the request for these options.

    ``period`` is the default period; without ``has_period`` there is none. ``default_format`` is used when
    neither option nor file name gives a format. ``every_tier`` is for what needs no feature of the
    organization's tier.
    """
    from opttius_cli.render import registry
    from opttius_cli.session import Request

    require_filename(options.output)
    settings = load_config(options, source)
    _warn_visible_password(settings, options, source)
    policy = _build_policy(options, settings)
    renderer = registry.RENDERERS[options.format or _resolve_format(options.output) or default_format]
    renderer.check_installed()
    if options.output not in {None, "-"}:
        # Checked before any work: a long report should not fail because of a file that existed all the time.
        sink.check_writable(Path(str(options.output)), force=options.force)
    if options.reveal_pii:
        from opttius_cli.command_support.audit_hook import record_reveal

        record_reveal(options.record, options.reason or "")
    renderer.start_loading()
    return Request(
        settings,
        os.environ,
        read_clock(),
        build_reporter(options),
        period=(period if options.period is None else options.period) if has_period else None,
        as_of=options.as_of,
        compare=options.compare,
        refresh=options.refresh,
        strict=options.strict,
        policy=policy,
        every_tier=every_tier,
        record=options.record,
    )


def _build_policy(options: QueryOptions, settings: config.Config) -> Policy:
    """Return how personal data is shown. Raises an error when that is not allowed."""
    if options.reveal_pii:
        if options.anonymous:
            raise UsageError(_("--anonymous and --reveal-pii do not go together."))
        check_reveal_early(settings)
        if not (options.reason or "").strip():
            raise UsageError(_('--reveal-pii needs a reason: add --reason "why".'))
    return build_policy(settings, anonymous=options.anonymous, reveal=options.reveal_pii)


def _warn_visible_password(settings: config.Config, options: QueryOptions, source: str | None) -> None:
    """Warn of a password in a place where others may see it."""
    if settings.source and has_password(settings.source):
        build_reporter(options).show_note(
            _(
                "The password in --source can be seen by every user of this machine. "
                "Leave it out, and put it in PGPASSWORD or ~/.pgpass."
            )
            if options.source or source
            else _("Move the password in the setting “source” to PGPASSWORD or ~/.pgpass.")
        )


def write_answer(answer: Answer, options: QueryOptions, *, default_name: str | None = None) -> None:
    """Write an answer as the options say; ``default_name`` names the file when ``--output`` is missing."""
    from opttius_cli.render import registry

    target = options.output
    format_name = options.format or _resolve_format(target) or _choose_default_format(target, default_name)
    renderer = registry.RENDERERS[format_name]
    if default_name and target is None:
        target = f"{default_name}.{renderer.extension}"
    style = build_style(options)
    if target in {None, "-"}:
        if sys.stdout.isatty() and renderer.is_binary:
            raise UsageError(
                _("{format} cannot be shown on a terminal. Add --output FILE.", format=format_name)
            )
        sink.write_stdout(lambda out: renderer.write(answer, out, style))
        record_output(options.record, answer, "stdout")
    else:
        private = answer.masking == "revealed"
        path = Path(str(target))
        sink.write_file(path, options.force, lambda out: renderer.write(answer, out, style), private=private)
        record_output(options.record, answer, str(path.absolute()))
        warn_extension_mismatch(path, format_name, options)
        if default_name and options.output is None:
            sink.write_stdout_text(f"{path}\n")
    if not renderer.has_data_quality:
        _show_data_quality_notes(answer, options)


def record_output(record: AuditRecord, answer: Answer, output: str) -> None:
    """Record for the audit log what was written, and where; a run may write several answers."""
    record.report, record.masking, record.output = answer.header.report, answer.masking, output
    record.rows = (record.rows or 0) + sum(len(part.result.table) for part in answer.parts)


def _choose_default_format(target: str | None, default_name: str | None) -> str:
    """Return the format when none is given: a table; for an export a workbook, or CSV to stdout."""
    if default_name is None:
        return "table"
    return "xlsx" if target is None else "csv"


def build_style(options: CommonOptions) -> Style:
    """Return the style of the answer: language, and the width and colours of a terminal."""
    from opttius_cli.render.style import Style

    on_terminal = sys.stdout.isatty()
    plain = options.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    dialect = options.csv_dialect if isinstance(options, QueryOptions) else "plain"
    return Style(
        get_locale(), _get_terminal_width() if on_terminal else None, on_terminal and not plain, dialect
    )


def _show_data_quality_notes(answer: Answer, options: QueryOptions) -> None:
    """Write the data quality notes to stderr, for a format that holds nothing but rows."""
    from opttius_cli.render.cell_formatter import build_formatter
    from opttius_cli.render.data_quality_notes import build_notes

    reporter = build_reporter(options)
    if not options.quiet:
        for sentence in build_notes(answer, build_formatter(get_locale(), answer)):
            reporter.show_note(sentence)


def _resolve_format(target: str | None) -> str | None:
    """Return the format of a file's extension, None for stdout. Raises UsageError for an unknown one."""
    from opttius_cli.render import registry

    if target in {None, "-"}:
        return None
    if extension_format := _find_format_by_extension(Path(str(target))):
        return extension_format
    raise UsageError(
        _(
            "The name of {path} does not show its format. Add --format, one of {formats}.",
            path=target,
            formats=", ".join(registry.RENDERERS),
        )
    )


def _find_format_by_extension(path: Path) -> str | None:
    """Return the format of a file's extension, if there is one."""
    from opttius_cli.render import registry

    extension = path.suffix.lower().removeprefix(".")
    return next(
        (name for name, renderer in registry.RENDERERS.items() if extension == renderer.extension), None
    )


def require_filename(target: str | None) -> None:
    """Raise UsageError for an empty --output, for example from a shell variable without a value."""
    if target is not None and not target.strip():
        raise UsageError(_("--output is empty. Type the name of a file: --output FILE, or - for stdout."))


def warn_extension_mismatch(path: Path, chosen: str, options: CommonOptions) -> None:
    """Warn when a file's extension belongs to another format, because programs open it by its extension.

    Any text format may be named .txt.
    """
    from opttius_cli.render import registry

    extension_format, renderer = _find_format_by_extension(path), registry.RENDERERS[chosen]
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


def _get_terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns
