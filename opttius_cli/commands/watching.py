"""Looking again and again: a round asks anew, a rest waits for the next, and Ctrl-C is the way to end it.

A look that fails leaves the last good figures on the screen and says since when they are old and why. The
clock enters once per round.
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
"""Seconds between two looks at least, however long a look takes."""
_SLICE = 0.25
"""Seconds after which a window that was resized is drawn anew."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a watch has its time from: seconds between looks, clock, timer, and a pause that a key ends."""

    every: float
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    pause: Callable[[float], str]


@dataclass(slots=True)
class Overheard(Voice):
    """A voice that a screen shows: stderr would run across the figures."""

    notes: tuple[str, ...] = ()
    tell: Callable[[str], None] = lambda _sentence: None

    def note(self, sentence: str) -> None:
        """Keep it for the footer."""
        if not self.quiet:
            self.notes = (*self.notes, sentence)

    def detail(self, sentence: str) -> None:
        """Nothing: there is no room for how it went."""

    def progress(self, sentence: str) -> None:
        """Show it in the footer."""
        self.tell(sentence)

    def progress_end(self) -> None:
        """Nothing: the next view takes its place."""


def interval(told: str, options: Asking) -> float:
    """The seconds between looks that ``--watch`` names. Raises UsageError when it makes no sense here."""
    try:
        every = values.seconds(told)
    except ValueError:
        every = 0.0
    if not 1 <= every <= LONGEST:
        raise UsageError(
            _("--watch “{told}” must be from 1 second to 1 day, for example 60, 30s or 5m.", told=told)
        )
    if options.output is not None:
        raise UsageError(_("--watch draws on the screen and writes no file: leave out --output."))
    if options.format not in {None, "table"}:
        raise UsageError(_("--watch shows a table: leave out --format {format}.", format=options.format))
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        raise UsageError(_("--watch needs a terminal that it can draw on. Leave it out to print once."))
    return every


def watch(request: Request, ask: Callable[[Request], Answer], options: Asking, every: float) -> None:
    """Show what ``ask`` answers until Ctrl-C. What goes wrong at the first look is an error like any other."""
    from opttius_cli.render.live import LiveScreen

    with (
        Keyboard() as keys,
        LiveScreen(style_of(options), keys=keys.is_there) as screen,
        _signals(screen, keys),
    ):
        rounds(request, ask, screen, Pace(every, now, time.monotonic, keys.pressed))


def rounds(request: Request, ask: Callable[[Request], Answer], screen: LiveScreen, pace: Pace) -> None:
    """Look, show, rest, until it is interrupted or ``q`` is pressed."""
    view: View | None = None
    try:
        while True:
            moment, began = pace.clock(), pace.timer()
            # Each look finds what the one before loaded too old.
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
    """The view after one more look: what it found, or what was there before and why it is old."""
    from opttius_cli.render.live import View

    voice = Overheard(request.voice.quiet, tell=screen.tell)
    screen.tell(_("Looking…"))
    following = request.now + timedelta(seconds=every)
    try:
        return View(ask(replace(request, voice=voice)), request.now, following, notes=voice.notes)
    except (NotAllowedError, WithheldError):
        # Who may no longer see the figures may not see the old ones either.
        raise
    except OpttiusError as error:
        if before is None:
            raise
        since = before.old_since or request.now
        # What is on the screen is what could be had by asking for less fresh figures.
        why = error.why if isinstance(error, StaleError) else error
        return replace(before, next_at=following, old_since=since, why=str(why))


def _rested(until: float, screen: LiveScreen, pace: Pace) -> str:
    """Wait for the next look, scrolling as keys say; returns the key that ended it, "" when none did."""
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
    """Whatever asks the program to end gives the screen back first, and Ctrl-Z gives it back for a while."""

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
