"""Build a request from the options of a command: its settings, its privacy policy and the time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import clock, config, diagnostics
from opttius_cli.command_support.audit_hook import record_reveal
from opttius_cli.command_support.options import AnswerOptions, QueryOptions
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.privacy.permission import check_reveal_early
from opttius_cli.privacy.policy import build_policy
from opttius_cli.redaction import has_password

if TYPE_CHECKING:
    from opttius_cli.command_support.options import CommonOptions, LoadOptions
    from opttius_cli.privacy.policy import Policy
    from opttius_cli.reports.library import Library
    from opttius_cli.session.own_sql.queries import OwnSql
    from opttius_cli.session.state import Request


DEFAULT_PERIOD = "30"


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
    if isinstance(options, AnswerOptions):
        overrides |= {"organization": options.organization, "timezone": options.tz}
        overrides |= {"engine": options.engine, "remote": options.remote}
        overrides["access.user"] = options.as_email
        overrides["branches"] = options.branch or None
    return config.resolve_config(overrides, os.environ, Path.cwd())


def load_library() -> Library:
    """Return the library of reports, including the user's own."""
    from opttius_cli.reports.library import Library

    return Library(config.find_user_folder(os.environ) / "reports")


def build_request(
    options: AnswerOptions,
    *,
    period: str | None = None,
    has_period: bool = True,
    source: str | None = None,
    every_tier: bool = False,
    since: str | None = None,
    own_sql: OwnSql | None = None,
) -> Request:
    """Build the request for these options.

    ``period`` is the default period; without ``has_period`` there is none. ``every_tier`` is for what
    needs no feature of the organization's tier. ``since`` is a date whose end stands in place of two windows.
    ``own_sql`` is the process for a user's SQL, where it runs already.
    """
    from opttius_cli.session.own_sql.queries import OwnSql
    from opttius_cli.session.state import Request

    asked_period = options.period if isinstance(options, QueryOptions) else None
    settings = load_config(options, source)
    _warn_visible_password(settings, options, source)
    policy = _build_policy(options, settings)
    if options.reveal_pii:
        record_reveal(options.record, options.reason or "")
    return Request(
        settings,
        os.environ,
        clock.now(),
        build_reporter(options),
        period=(period if asked_period is None else asked_period) if has_period else None,
        as_of=options.as_of,
        compare=(options.compare or "previous") if isinstance(options, QueryOptions) else "none",
        since=since,
        refresh=options.refresh,
        strict=options.strict,
        policy=policy,
        every_tier=every_tier,
        record=options.record,
        own_sql=own_sql or OwnSql(),
        profiler=options.profiler,
    )


def require_comparison(options: QueryOptions) -> None:
    """Raise UsageError where the answer is about a change, and --compare none leaves nothing to compare with."""
    if options.compare == "none":
        raise UsageError(
            _(
                "This compares two windows. Leave out --compare none, or type --compare previous or --compare year."
            )
        )


def _build_policy(options: AnswerOptions, settings: config.Config) -> Policy:
    """Return how personal data is shown. Raises an error when that is not allowed."""
    if options.reveal_pii:
        if options.anonymous:
            raise UsageError(_("--anonymous and --reveal-pii do not go together."))
        check_reveal_early(settings)
        if not (options.reason or "").strip():
            raise UsageError(_('--reveal-pii needs a reason: add --reason "why".'))
    return build_policy(settings, anonymous=options.anonymous, reveal=options.reveal_pii)


def _warn_visible_password(settings: config.Config, options: AnswerOptions, source: str | None) -> None:
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
