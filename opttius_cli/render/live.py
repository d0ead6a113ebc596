"""A live screen: the last good answer, and below it a footer that says how current it is.

It uses the terminal's alternate screen, so the text that was there before comes back at the end. Content that
does not fit can be scrolled. Nothing here reads a clock: the times that it shows are in the
:class:`WatchView`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from rich.live import Live
from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render import table
from opttius_cli.render.cells import cells_for, clean
from opttius_cli.render.screen import QUIET, WARNED, console, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType

    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer

_RULE = "─"
SCROLLS = {"up": -1, "down": 1}
PAGES = {"page-up": -1, "page-down": 1}
ENDS = {"home": 0, "end": 1_000_000}


@dataclass(frozen=True, slots=True)
class View:
    """What a watch shows.

    ``answer`` is the last good answer and ``refreshed_at`` its instant; ``next_refresh_at`` is when the
    next refresh is due. ``stale_since`` is the first refresh that failed since then, ``failure`` the latest
    error message. ``notes`` are the remarks of the last good refresh.
    """

    answer: Answer
    looked_at: datetime
    next_at: datetime
    old_since: datetime | None = None
    why: str = ""
    notes: tuple[str, ...] = ()


class LiveScreen:
    """The open screen. :meth:`show_view` draws, :meth:`refresh_if_resized` redraws a resized window."""

    def __init__(self, style: Style, *, keys: bool) -> None:
        """Prepare a screen in ``style`` that follows the window size; with ``keys`` it can be scrolled."""
        self._style = style
        self._keys = keys
        self._view: View | None = None
        self._doing = ""
        self._top = 0
        self._page = 1
        self._last_top = 0
        self._kept: tuple[Answer, int, list[Text]] | None = None
        self._drawn_at: tuple[int, int] | None = None
        self._console = console(style, force_terminal=True)
        self._live = Live(
            console=self._console,
            get_renderable=lambda: self,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        """Take the screen."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the screen back; if the terminal is gone there is nothing to do."""
        with suppress(OSError):
            self._live.stop()

    def show(self, view: View) -> None:
        """Draw ``view``."""
        self._view, self._doing = view, ""
        self._draw()

    def tell(self, doing: str) -> None:
        """Show what is going on in the footer; the figures stay."""
        self._doing = doing
        self._draw()

    def fit(self) -> None:
        """Redraw if the window size has changed since the last drawing."""
        if self._drawn_at != tuple(self._console.size):
            self._draw()

    def scroll(self, key: str) -> None:
        """Scroll by a key of :data:`SCROLLS`, :data:`PAGES` or :data:`ENDS`; ignore any other key."""
        there = ENDS.get(key, self._top + SCROLLS.get(key, 0) + PAGES.get(key, 0) * self._page)
        there = max(0, min(there, self._last_top))
        if there != self._top:
            self._top = there
            self._draw()

    def paused(self, meanwhile: Callable[[], object]) -> None:
        """Give the screen back, run ``action``, and take the screen again."""
        self._live.stop()
        meanwhile()
        self._live.start()
        self._draw()

    def _draw(self) -> None:
        self._drawn_at = tuple(self._console.size)  # type: ignore[assignment]
        self._live.refresh()

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the lines that fit the window; Rich calls this."""
        width, height = options.max_width, options.height or on.height
        for line in self.lines(width, height):
            line.truncate(width)
            yield line

    def lines(self, width: int, height: int) -> list[Text]:
        """Return what a window of ``width`` by ``height`` shows: visible lines and the footer."""
        body = self._body(width)
        footer = self._footer(width)
        room = max(0, height - len(footer))
        if len(body) > room:
            # The footer then needs a line more, to say which lines are visible.
            room = max(0, height - len(self._footer(width, (self._top, room, len(body)))))
        self._page, self._last_top = max(1, room - 1), max(0, len(body) - room)
        self._top = min(self._top, self._last_top)
        if len(body) > room:
            footer = self._footer(width, (self._top, room, len(body)))
        shown = body[self._top : self._top + room]
        filler = [Text()] * (room - len(shown))
        return [*shown, *filler, *footer][:height]

    def _body(self, width: int) -> list[Text]:
        """Return the answer's lines at this width, formatted once per answer and width."""
        if self._view is None:
            return []
        answer = self._view.answer
        if self._kept is None or self._kept[0] is not answer or self._kept[1] != width:
            out = BytesIO()
            table.write(answer, out, replace(self._style, width=width))
            lines = [Text.from_ansi(line) for line in out.getvalue().decode().splitlines()]
            self._kept = (answer, width, lines)
        return [line.copy() for line in self._kept[2]]

    def _footer(self, width: int, cut: tuple[int, int, int] | None = None) -> list[Text]:
        told = status(self._view, self._doing, self._style.language)
        if cut:
            told.append((_hint(*cut, keys=self._keys), QUIET))
        lines = [Text(line, style) for sentence, style in told for line in folded(sentence, width)]
        return [Text(_RULE * width, QUIET), *lines]


def status(view: View | None, doing: str, language: str) -> list[tuple[str, str]]:
    """Return the sentences of the footer with their styles: how current the figures are, what comes next."""
    if view is None:
        return [(doing or _("Looking…"), QUIET)]
    zone = ZoneInfo(view.answer.head.timezone)

    def at(moment: datetime) -> str:
        """Return a time of day, with the date if the next refresh is on another day."""
        local, day = moment.astimezone(zone), view.next_at.astimezone(zone).date()
        date = "" if local.date() == day else cells_for(language, view.answer).date(local.date()) + " "
        return f"{date}{local:%H:%M:%S}"

    told = [(clean(note), WARNED) for note in view.notes]
    values = {"looked": at(view.looked_at), "loaded": at(view.answer.loaded_at)}
    if view.old_since is None:
        current = _("Looked at {looked}, data loaded at {loaded}.", **values)
    else:
        told.append(
            (_("Not current since {since}: {why}", since=at(view.old_since), why=clean(view.why)), WARNED)
        )
        current = _("The figures shown are of {looked}, data loaded at {loaded}.", **values)
    following = doing or _("Next look at {next}.", next=at(view.next_at))
    return [*told, (f"{current} {following} " + _("Ctrl-C ends."), QUIET)]


def _hint(top: int, room: int, total: int, *, keys: bool) -> str:
    """Return which lines are visible, and how to see the others."""
    values = {"first": top + 1, "last": min(total, top + room), "total": total}
    if keys:
        return _("Lines {first} to {last} of {total}: arrows and space scroll.", **values)
    return _("Lines {first} to {last} of {total}: enlarge the window, or choose with --section.", **values)
