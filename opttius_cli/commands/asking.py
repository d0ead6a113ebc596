"""Build a request from options, and write an answer as bytes: the steps that every query command shares."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config, diagnostics
from opttius_cli.addresses import tells_password
from opttius_cli.commands.options import Asking
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, language_of_place
from opttius_cli.privacy.permission import check_reveal
from opttius_cli.privacy.policy import policy_of
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.audit import Record
    from opttius_cli.commands.options import Loading, Shared
    from opttius_cli.privacy.policy import Policy
    from opttius_cli.render.style import Style
    from opttius_cli.reports.library import Library
    from opttius_cli.result import Answer
    from opttius_cli.session import Request


def now() -> datetime:
    """Read the clock, once per command. ``OPTTIUS_NOW`` overrides it, for tests and demonstrations."""
    told = os.environ.get("OPTTIUS_NOW")
    if not told:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise UsageError(_("OPTTIUS_NOW “{text}” is not a timestamp.", text=told)) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def voice(options: Shared) -> diagnostics.Voice:
    """Return the writer to stderr, as quiet or verbose as the options say."""
    return diagnostics.Voice(options.quiet, options.verbose)


def configured(options: Loading, source: str | None = None) -> config.Config:
    """Return the settings, overridden by the options; ``source`` is a source given as an argument."""
    given: dict[str, object] = {
        "source": source or options.source,
        "cache.max_age": options.max_age,
        "language": options.lang,
    }
    if isinstance(options, Asking):
        given |= {"organization": options.organization, "timezone": options.tz}
        given["access.user"] = options.as_email
        given["branches"] = options.branch or None
    return config.load(given, os.environ, Path.cwd())


def library() -> Library:
    """Return the library of reports, including the user's own."""
    from opttius_cli.reports.library import Library

    return Library(config.user_folder(os.environ) / "reports")


def asked(
    options: Asking,
    *,
    period: str | None = None,
    windowed: bool = True,
    source: str | None = None,
    usual: str = "table",
    every_tier: bool = False,
) -> Request:
    """Build the request for these options.

    ``period`` is the default period; without ``has_period`` there is none. ``default_format`` is used when
    neither option nor file name gives a format. ``every_tier`` is for what needs no feature of the
    organization's tier.
    """
    from opttius_cli.render import registry
    from opttius_cli.session import Request

    must_name_file(options.output)
    settings = configured(options, source)
    _warn_of_password(settings, options, source)
    policy = _policy(options, settings)
    renderer = registry.RENDERERS[options.format or _format_of(options.output) or usual]
    renderer.check()
    if options.output not in {None, "-"}:
        # Checked before any work: a long report should not fail because of a file that existed all the time.
        sink.refuse(Path(str(options.output)), force=options.force)
    if options.reveal_pii:
        from opttius_cli.commands.auditing import reveals

        reveals(options.record, options.reason or "")
    renderer.ahead()
    return Request(
        settings,
        os.environ,
        now(),
        voice(options),
        period=(period if options.period is None else options.period) if windowed else None,
        as_of=options.as_of,
        compare=options.compare,
        refresh=options.refresh,
        strict=options.strict,
        policy=policy,
        every_tier=every_tier,
        record=options.record,
    )


def _policy(options: Asking, settings: config.Config) -> Policy:
    """Return how personal data is shown. Raises an error when that is not allowed."""
    if options.reveal_pii:
        if options.anonymous:
            raise UsageError(_("--anonymous and --reveal-pii do not go together."))
        if not (settings.user and settings.allow_reveal):
            # The role of an admin is checked later, when it has been read from the data.
            check_reveal(settings, role=None)
        if not (options.reason or "").strip():
            raise UsageError(_('--reveal-pii needs a reason: add --reason "why".'))
    return policy_of(settings, anonymous=options.anonymous, reveal=options.reveal_pii)


def _warn_of_password(settings: config.Config, options: Asking, source: str | None) -> None:
    """Warn of a password in a place where others may see it."""
    if settings.source and tells_password(settings.source):
        voice(options).note(
            _(
                "The password in --source can be seen by every user of this machine. "
                "Leave it out, and put it in PGPASSWORD or ~/.pgpass."
            )
            if options.source or source
            else _("Move the password in the setting “source” to PGPASSWORD or ~/.pgpass.")
        )


def deliver(answer: Answer, options: Asking, *, default_name: str | None = None) -> None:
    """Write an answer as the options say; ``default_name`` names the file when ``--output`` is missing."""
    from opttius_cli.render import registry

    target = options.output
    chosen = options.format or _format_of(target) or _default_format(target, default_name)
    renderer = registry.RENDERERS[chosen]
    if default_name and target is None:
        target = f"{default_name}.{renderer.extension}"
    style = style_of(options)
    if target in {None, "-"}:
        if sys.stdout.isatty() and renderer.binary:
            raise UsageError(_("{format} cannot be shown on a terminal. Add --output FILE.", format=chosen))
        sink.write_stdout(lambda out: renderer.write(answer, out, style))
        note_written(options.record, answer, "stdout")
    else:
        private = answer.masking == "revealed"
        path = Path(str(target))
        sink.write_whole(path, options.force, lambda out: renderer.write(answer, out, style), private=private)
        note_written(options.record, answer, str(path.absolute()))
        tell_misnamed(path, chosen, options)
        if default_name and options.output is None:
            sink.write_text(f"{path}\n")
    if not renderer.carries_quality:
        _say_left_out(answer, options)


def note_written(record: Record, answer: Answer, output: str) -> None:
    """Record for the audit log what was written, and where; a run may write several answers."""
    record.report, record.masking, record.output = answer.head.report, answer.masking, output
    record.rows = (record.rows or 0) + sum(len(part.result.table) for part in answer.parts)


def _default_format(target: str | None, default_name: str | None) -> str:
    """Return the format when none is given: a table; for an export a workbook, or CSV to stdout."""
    if default_name is None:
        return "table"
    return "xlsx" if target is None else "csv"


def style_of(options: Shared) -> Style:
    """Return the style of the answer: language, and the width and colours of a terminal."""
    from opttius_cli.render.style import Style

    on_terminal = sys.stdout.isatty()
    plain = options.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    dialect = options.csv_dialect if isinstance(options, Asking) else "plain"
    return Style(language_of_place(), _width() if on_terminal else None, on_terminal and not plain, dialect)


def _say_left_out(answer: Answer, options: Asking) -> None:
    """Write the data quality notes to stderr, for a format that holds nothing but rows."""
    from opttius_cli.render.cells import cells_for
    from opttius_cli.render.left_out import sentences

    speaking = voice(options)
    if not options.quiet:
        for sentence in sentences(answer, cells_for(language_of_place(), answer)):
            speaking.note(sentence)


def _format_of(target: str | None) -> str | None:
    """Return the format of a file's extension, None for stdout. Raises UsageError for an unknown one."""
    from opttius_cli.render import registry

    if target in {None, "-"}:
        return None
    if said := _said_by_name(Path(str(target))):
        return said
    raise UsageError(
        _(
            "The name of {path} does not show its format. Add --format, one of {formats}.",
            path=target,
            formats=", ".join(registry.RENDERERS),
        )
    )


def _said_by_name(path: Path) -> str | None:
    """Return the format of a file's extension, if there is one."""
    from opttius_cli.render import registry

    extension = path.suffix.lower().removeprefix(".")
    return next((name for name, one in registry.RENDERERS.items() if extension == one.extension), None)


def must_name_file(target: str | None) -> None:
    """Raise UsageError for an empty --output, for example from a shell variable without a value."""
    if target is not None and not target.strip():
        raise UsageError(_("--output is empty. Type the name of a file: --output FILE, or - for stdout."))


def tell_misnamed(path: Path, chosen: str, options: Shared) -> None:
    """Warn when a file's extension belongs to another format, because programs open it by its extension.

    Any text format may be named .txt.
    """
    from opttius_cli.render import registry

    said, renderer = _said_by_name(path), registry.RENDERERS[chosen]
    if said in {None, chosen} or (said == "table" and not renderer.binary):
        return
    voice(options).note(
        _(
            "Note: {path} holds {format}, but its extension says {extension}. "
            "Name it {better}, or leave out --format.",
            path=path,
            format=chosen,
            extension=said,
            better=path.with_suffix(f".{renderer.extension}"),
        )
    )


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns
