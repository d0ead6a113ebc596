"""Refresh an answer on the screen at an interval, until Ctrl-C.

A refresh that fails leaves the last good figures on the screen, with their age and the reason. The clock is
read once per refresh.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from opttius_cli import clock, setting_parsers, sigint
from opttius_cli.command_support.keyboard import Keyboard
from opttius_cli.command_support.output import build_style
from opttius_cli.diagnostics import Reporter
from opttius_cli.errors import (
    NotAllowedError,
    OpttiusError,
    PermissionDeniedError,
    StaleSnapshotError,
    UsageError,
)
from opttius_cli.i18n import _
from opttius_cli.snapshot.damage import retry_when_dropped
from opttius_cli.snapshot.engine_errors import is_interruption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from opttius_cli.command_support.options import AnswerOptions
    from opttius_cli.render.terminal.live_screen import LiveScreen, WatchView
    from opttius_cli.result import Answer
    from opttius_cli.session.state import Request

MAX_INTERVAL = 86400
MIN_WAIT = 1.0
"""Seconds between two refreshes at least, however long a refresh takes."""
_RESIZE_POLL = 0.25
"""Seconds after which a resized window is drawn again."""


@dataclass(frozen=True, slots=True)
class WatchTiming:
    """The timing of a watch: seconds between refreshes, clock, timer, and a wait that a key ends."""

    interval: float
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    read_key: Callable[[float], str]


@dataclass(slots=True)
class FooterReporter(Reporter):
    """A reporter that writes to the screen's footer, because stderr would overwrite the figures."""

    notes: tuple[str, ...] = ()
    show_status: Callable[[str], None] = lambda _sentence: None

    def show_note(self, sentence: str) -> None:
        """Keep it for the footer."""
        if not self.quiet:
            self.notes = (*self.notes, sentence)

    def show_detail(self, sentence: str) -> None:
        """Ignore it: the footer has no room for details."""

    @property
    def shows_progress(self) -> bool:
        """Return True: the footer has a place for it."""
        return True

    def show_progress(self, sentence: str) -> None:
        """Show it in the footer."""
        self.show_status(sentence)

    def clear_progress(self) -> None:
        """Do nothing: the next view replaces it."""


def parse_interval(text: str, options: AnswerOptions) -> float:
    """Return the seconds between refreshes that ``--watch`` gives. Raises UsageError when it is invalid."""
    try:
        interval_seconds = setting_parsers.parse_duration(text)
    except ValueError:
        interval_seconds = 0.0
    if not 1 <= interval_seconds <= MAX_INTERVAL:
        raise UsageError(
            _("--watch “{text}” must be from 1 second to 1 day, for example 60, 30s or 5m.", text=text)
        )
    if options.output is not None:
        raise UsageError(_("--watch draws on the screen and does not write a file: leave out --output."))
    if options.format not in {None, "table"}:
        raise UsageError(_("--watch shows a table: leave out --format {format}.", format=options.format))
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        raise UsageError(_("--watch needs a terminal that it can draw on. Leave it out to print once."))
    return interval_seconds


def run_watch(
    request: Request,
    ask: Callable[[Request], Answer],
    options: AnswerOptions,
    interval_seconds: float,
    *,
    overview: bool,
) -> None:
    """Show the answers of ``ask`` until Ctrl-C; with ``overview`` their first screen only.

    An error of the first refresh is raised like any other.
    """
    from opttius_cli.render.terminal.live_screen import LiveScreen

    with (
        Keyboard() as keyboard,
        LiveScreen(replace(build_style(options), overview=overview), keys=keyboard.is_available) as screen,
        _handle_signals(screen, keyboard),
    ):
        run_watch_loop(
            request, ask, screen, WatchTiming(interval_seconds, clock.now, time.monotonic, keyboard.read_key)
        )


def run_watch_loop(
    request: Request, ask: Callable[[Request], Answer], screen: LiveScreen, timing: WatchTiming
) -> None:
    """Refresh, show and wait, until Ctrl-C or ``q`` is pressed."""
    view: WatchView | None = None
    try:
        while True:
            moment, started = timing.clock(), timing.timer()
            # A live snapshot of the refresh before counts as too old, so each refresh loads again.
            view = _refresh_view(
                replace(request, now=moment, live_age=timing.interval / 2), ask, screen, view, timing.interval
            )
            screen.show_view(view)
            if _wait_for_refresh(started + timing.interval, screen, timing) == "quit":
                return
    except KeyboardInterrupt:
        if view is None:
            raise
    except Exception as error:
        if view is None or not is_interruption(error):
            raise


def _refresh_view(
    request: Request,
    ask: Callable[[Request], Answer],
    screen: LiveScreen,
    previous_view: WatchView | None,
    interval_seconds: float,
) -> WatchView:
    """Return the view after one refresh: the new answer, or the previous one with its age and the reason."""
    from opttius_cli.render.terminal.live_screen import WatchView

    reporter = FooterReporter(request.reporter.quiet, show_status=screen.show_activity)
    screen.show_activity(_("Refreshing…"))
    next_at = request.now + timedelta(seconds=interval_seconds)
    try:
        answer = retry_when_dropped(lambda: ask(replace(request, reporter=reporter)))
        return WatchView(answer, request.now, next_at, notes=reporter.notes)
    except (NotAllowedError, PermissionDeniedError):
        # A reader who lost access must not see the old figures either.
        raise
    except OpttiusError as error:
        if previous_view is None:
            raise
        since = previous_view.stale_since or request.now
        # The hint about --max-age is not useful here: the older figures are already on the screen.
        why = error.cause if isinstance(error, StaleSnapshotError) else error
        return replace(previous_view, next_refresh_at=next_at, stale_since=since, failure=str(why))


def _wait_for_refresh(deadline: float, screen: LiveScreen, timing: WatchTiming) -> str:
    """Wait for the next refresh and scroll on keys; returns the key that ended the wait, "" when none did."""
    deadline = max(deadline, timing.timer() + MIN_WAIT)
    while (remaining := deadline - timing.timer()) > 0:
        sigint.raise_if_requested()
        key = timing.read_key(min(remaining, _RESIZE_POLL))
        if key in {"quit", "refresh"}:
            return key
        screen.scroll_by_key(key)
        screen.refresh_if_resized()
    return ""


@contextmanager
def _handle_signals(screen: LiveScreen, keyboard: Keyboard) -> Iterator[None]:
    """Restore the screen before a signal ends the program, and while Ctrl-Z suspends it."""

    def suspend(number: int, _frame: object) -> None:
        def stop_process() -> None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            signal.signal(number, suspend)

        screen.run_suspended(lambda: keyboard.run_suspended(stop_process))

    handlers = {
        "SIGTERM": signal.default_int_handler,
        "SIGHUP": signal.default_int_handler,
        "SIGTSTP": suspend,
    }
    previous_handlers = {
        number: signal.signal(number, handler)
        for name, handler in handlers.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
