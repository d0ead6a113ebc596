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
from opttius_cli.render.cell_formatter import build_formatter, escape_control_chars
from opttius_cli.render.terminal import table
from opttius_cli.render.terminal.screen import QUIET, WARNING, create_console, wrap_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType

    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer

_HORIZONTAL_RULE = "─"
SCROLLS = {"up": -1, "down": 1}
PAGES = {"page-up": -1, "page-down": 1}
ENDS = {"home": 0, "end": 1_000_000}


@dataclass(frozen=True, slots=True)
class WatchView:
    """What a watch shows.

    ``answer`` is the last good answer and ``refreshed_at`` its instant; ``next_refresh_at`` is when the
    next refresh is due. ``stale_since`` is the first refresh that failed since then, ``failure`` the latest
    error message. ``notes`` are the remarks of the last good refresh.
    """

    answer: Answer
    refreshed_at: datetime
    next_refresh_at: datetime
    stale_since: datetime | None = None
    failure: str = ""
    notes: tuple[str, ...] = ()


class LiveScreen:
    """The open screen. :meth:`show_view` draws, :meth:`refresh_if_resized` redraws a resized window."""

    def __init__(self, style: Style, *, keys: bool) -> None:
        """Prepare a screen in ``style`` that follows the window size; with ``keys`` it can be scrolled."""
        self._style = style
        self._keys = keys
        self._view: WatchView | None = None
        self._activity = ""
        self._top_line = 0
        self._page_height = 1
        self._last_top_line = 0
        self._cached_body: tuple[Answer, Style, list[Text]] | None = None
        self._drawn_size: tuple[int, int] | None = None
        self._console = create_console(style, force_terminal=True)
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

    def show_view(self, view: WatchView) -> None:
        """Draw ``view``."""
        self._view, self._activity = view, ""
        self._draw_view()

    def show_activity(self, activity: str) -> None:
        """Show what is going on in the footer; the figures stay."""
        self._activity = activity
        self._draw_view()

    def refresh_if_resized(self) -> None:
        """Redraw if the window size has changed since the last drawing."""
        if self._drawn_size != tuple(self._console.size):
            self._draw_view()

    def scroll_by_key(self, key: str) -> None:
        """Scroll by a key of :data:`SCROLLS`, :data:`PAGES` or :data:`ENDS`; ignore any other key."""
        top_line = ENDS.get(key, self._top_line + SCROLLS.get(key, 0) + PAGES.get(key, 0) * self._page_height)
        top_line = max(0, min(top_line, self._last_top_line))
        if top_line != self._top_line:
            self._top_line = top_line
            self._draw_view()

    def run_suspended(self, action: Callable[[], object]) -> None:
        """Give the screen back, run ``action``, and take the screen again."""
        self._live.stop()
        action()
        self._live.start()
        self._draw_view()

    def _draw_view(self) -> None:
        self._drawn_size = tuple(self._console.size)  # type: ignore[assignment]
        self._live.refresh()

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the lines that fit the window; Rich calls this."""
        width, height = options.max_width, options.height or on.height
        for line in self.build_lines(width, height):
            line.truncate(width)
            yield line

    def build_lines(self, width: int, height: int) -> list[Text]:
        """Return what a window of ``width`` by ``height`` shows: visible lines and the footer."""
        footer = self._build_footer(width)
        body_height = max(0, height - len(footer))
        body = self._render_body(width, body_height)
        if len(body) > body_height:
            # The footer then needs a line more, to say which lines are visible.
            body_height = max(
                0, height - len(self._build_footer(width, (self._top_line, body_height, len(body))))
            )
        self._page_height, self._last_top_line = max(1, body_height - 1), max(0, len(body) - body_height)
        self._top_line = min(self._top_line, self._last_top_line)
        if len(body) > body_height:
            footer = self._build_footer(width, (self._top_line, body_height, len(body)))
        visible = body[self._top_line : self._top_line + body_height]
        blank = [Text()] * (body_height - len(visible))
        return [*visible, *blank, *footer][:height]

    def _render_body(self, width: int, height: int) -> list[Text]:
        """Return the answer's lines at this size, formatted once per answer and size.

        There is no prompt below them, so a first screen may have a line more than one that is printed.
        """
        if self._view is None:
            return []
        answer = self._view.answer
        style = replace(self._style, width=width, height=height + 1)
        if self._cached_body is None or self._cached_body[0] is not answer or self._cached_body[1] != style:
            out = BytesIO()
            table.write(answer, out, style)
            lines = [Text.from_ansi(line) for line in out.getvalue().decode().splitlines()]
            self._cached_body = (answer, style, lines)
        return [line.copy() for line in self._cached_body[2]]

    def _build_footer(self, width: int, scroll_range: tuple[int, int, int] | None = None) -> list[Text]:
        sentences = build_status(self._view, self._activity, self._style.language)
        if scroll_range:
            sentences.append((_describe_scroll(*scroll_range, keys=self._keys), QUIET))
        lines = [Text(line, style) for sentence, style in sentences for line in wrap_text(sentence, width)]
        return [Text(_HORIZONTAL_RULE * width, QUIET), *lines]


def build_status(view: WatchView | None, activity: str, language: str) -> list[tuple[str, str]]:
    """Return the sentences of the footer with their styles: how current the figures are, what comes next."""
    if view is None:
        return [(activity or _("Looking…"), QUIET)]
    zone = ZoneInfo(view.answer.header.timezone)

    def format_time(instant: datetime) -> str:
        """Return a time of day, with the date if the next refresh is on another day."""
        local, day = instant.astimezone(zone), view.next_refresh_at.astimezone(zone).date()
        date = (
            ""
            if local.date() == day
            else build_formatter(language, view.answer).format_date(local.date()) + " "
        )
        return f"{date}{local:%H:%M:%S}"

    sentences = [(escape_control_chars(note), WARNING) for note in view.notes]
    values = {"looked": format_time(view.refreshed_at), "loaded": format_time(view.answer.loaded_at)}
    if view.stale_since is None:
        current = _("Looked at {looked}, data loaded at {loaded}.", **values)
    else:
        sentences.append(
            (
                _(
                    "Not current since {since}: {why}",
                    since=format_time(view.stale_since),
                    why=escape_control_chars(view.failure),
                ),
                WARNING,
            )
        )
        current = _("The figures shown are of {looked}, data loaded at {loaded}.", **values)
    next_step = activity or _("Next look at {next}.", next=format_time(view.next_refresh_at))
    return [*sentences, (f"{current} {next_step} " + _("Ctrl-C ends."), QUIET)]


def _describe_scroll(top_line: int, body_height: int, total: int, *, keys: bool) -> str:
    """Return which lines are visible, and how to see the others."""
    values = {"first": top_line + 1, "last": min(total, top_line + body_height), "total": total}
    if keys:
        return _("Lines {first} to {last} of {total}: arrows and space scroll.", **values)
    return _("Lines {first} to {last} of {total}: enlarge the window, or choose with --section.", **values)
