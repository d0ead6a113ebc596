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

from opttius_cli import interruption, values
from opttius_cli.commands.asking import now, style_of
from opttius_cli.commands.keyboard import Keyboard
from opttius_cli.diagnostics import Voice, is_interruption
from opttius_cli.errors import NotAllowedError, OpttiusError, StaleError, UsageError, WithheldError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from opttius_cli.commands.options import Asking
    from opttius_cli.render.live import LiveScreen, View
    from opttius_cli.result import Answer
    from opttius_cli.session import Request

LONGEST = 86400
SHORTEST_REST = 1.0
"""Seconds between two refreshes at least, however long a refresh takes."""
_SLICE = 0.25
"""Seconds after which a resized window is drawn again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The timing of a watch: seconds between refreshes, clock, timer, and a wait that a key ends."""

    every: float
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    pause: Callable[[float], str]


@dataclass(slots=True)
class Overheard(Voice):
    """A reporter that writes to the screen's footer, because stderr would overwrite the figures."""

    notes: tuple[str, ...] = ()
    tell: Callable[[str], None] = lambda _sentence: None

    def note(self, sentence: str) -> None:
        """Keep it for the footer."""
        if not self.quiet:
            self.notes = (*self.notes, sentence)

    def detail(self, sentence: str) -> None:
        """Ignore it: the footer has no room for details."""

    def progress(self, sentence: str) -> None:
        """Show it in the footer."""
        self.tell(sentence)

    def progress_end(self) -> None:
        """Do nothing: the next view replaces it."""


def interval(told: str, options: Asking) -> float:
    """Return the seconds between refreshes that ``--watch`` gives. Raises UsageError when it is invalid."""
    try:
        every = values.seconds(told)
    except ValueError:
        every = 0.0
    if not 1 <= every <= LONGEST:
        raise UsageError(
            _("--watch “{text}” must be from 1 second to 1 day, for example 60, 30s or 5m.", text=told)
        )
    if options.output is not None:
        raise UsageError(_("--watch draws on the screen and does not write a file: leave out --output."))
    if options.format not in {None, "table"}:
        raise UsageError(_("--watch shows a table: leave out --format {format}.", format=options.format))
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        raise UsageError(_("--watch needs a terminal that it can draw on. Leave it out to print once."))
    return every


def watch(request: Request, ask: Callable[[Request], Answer], options: Asking, every: float) -> None:
    """Show the answers of ``ask`` until Ctrl-C. An error of the first refresh is raised like any other."""
    from opttius_cli.render.live import LiveScreen

    with (
        Keyboard() as keys,
        LiveScreen(style_of(options), keys=keys.is_there) as screen,
        _signals(screen, keys),
    ):
        rounds(request, ask, screen, Pace(every, now, time.monotonic, keys.pressed))


def rounds(request: Request, ask: Callable[[Request], Answer], screen: LiveScreen, pace: Pace) -> None:
    """Refresh, show and wait, until Ctrl-C or ``q`` is pressed."""
    view: View | None = None
    try:
        while True:
            moment, began = pace.clock(), pace.timer()
            # A live snapshot of the refresh before counts as too old, so each refresh loads again.
            view = _looked(
                replace(request, now=moment, live_age=pace.every / 2), ask, screen, view, pace.every
            )
            screen.show(view)
            if _rested(began + pace.every, screen, pace) == "quit":
                return
    except KeyboardInterrupt:
        if view is None:
            raise
    except Exception as error:
        if view is None or not is_interruption(error):
            raise


def _looked(
    request: Request, ask: Callable[[Request], Answer], screen: LiveScreen, before: View | None, every: float
) -> View:
    """Return the view after one refresh: the new answer, or the previous one with its age and the reason."""
    from opttius_cli.render.live import View

    voice = Overheard(request.voice.quiet, tell=screen.tell)
    screen.tell(_("Refreshing…"))
    following = request.now + timedelta(seconds=every)
    try:
        return View(ask(replace(request, voice=voice)), request.now, following, notes=voice.notes)
    except (NotAllowedError, WithheldError):
        # A reader who lost access must not see the old figures either.
        raise
    except OpttiusError as error:
        if before is None:
            raise
        since = before.old_since or request.now
        # The hint about --max-age is not useful here: the older figures are already on the screen.
        why = error.why if isinstance(error, StaleError) else error
        return replace(before, next_at=following, old_since=since, why=str(why))


def _rested(until: float, screen: LiveScreen, pace: Pace) -> str:
    """Wait for the next refresh and scroll on keys; returns the key that ended the wait, "" when none did."""
    until = max(until, pace.timer() + SHORTEST_REST)
    while (left := until - pace.timer()) > 0:
        interruption.heed()
        key = pace.pause(min(left, _SLICE))
        if key in {"quit", "refresh"}:
            return key
        screen.scroll(key)
        screen.fit()
    return ""


@contextmanager
def _signals(screen: LiveScreen, keys: Keyboard) -> Iterator[None]:
    """Restore the screen before a signal ends the program, and while Ctrl-Z suspends it."""

    def stop(number: int, _frame: object) -> None:
        def stopped() -> None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            signal.signal(number, stop)

        screen.paused(lambda: keys.paused(stopped))

    wanted = {"SIGTERM": signal.default_int_handler, "SIGHUP": signal.default_int_handler, "SIGTSTP": stop}
    before = {
        number: signal.signal(number, handler)
        for name, handler in wanted.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
