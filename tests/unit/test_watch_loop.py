"""A watch with the time passed in: what it shows after good and bad looks, when it looks, how it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from golden import hard

from opttius_cli import i18n
from opttius_cli.command_support.watch import WatchTiming, run_watch_loop
from opttius_cli.config import Config
from opttius_cli.diagnostics import Reporter
from opttius_cli.errors import NotAllowedError, NotFoundError, SourceError, UsageError
from opttius_cli.render.style import Style
from opttius_cli.render.terminal.live_screen import LiveScreen, WatchView, build_status
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opttius_cli.result import Answer

START = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
"""15:00:00 in Santiago."""
BOARD = hard.board()
HEAD = "Óptica \N{SYMBOL FOR ESCAPE}[1mCordillera · SCL-01 Ñuñoa, b-2"


class Time:
    """A clock that only pauses and looks move. A pause hands out the next key; without one it ends the watch."""

    def __init__(self, keys: Sequence[str] = (), takes: float = 2.0) -> None:
        self.passed = 0.0
        self.keys = list(keys)
        self.takes = takes
        self.asked = 0

    def clock(self) -> datetime:
        self.asked += 1
        return START + timedelta(seconds=self.passed)

    def timer(self) -> float:
        return self.passed

    def pause(self, seconds: float) -> str:
        self.passed += seconds
        return ""


def watched(
    looks: Sequence[Answer | BaseException],
    every: float = 60,
    *,
    quiet: bool = False,
    takes: float = 2.0,
    key: str = "",
    note: str = "",
) -> tuple[list[list[str]], list[float], Time]:
    """The screen at the end of every rest, and when each look began. After the last look Ctrl-C is pressed."""
    time = Time(takes=takes)
    began: list[float] = []
    shown: list[list[str]] = []
    screen = LiveScreen(Style("en"), keys=True)

    def ask(request: Request) -> Answer:
        assert request.now == START + timedelta(seconds=time.passed)
        if len(began) == len(looks):
            raise KeyboardInterrupt
        began.append(time.passed)
        time.passed += time.takes
        look = looks[len(began) - 1]
        if isinstance(look, BaseException):
            raise look
        if note:
            request.reporter.show_note(note)
        return look

    def pause(seconds: float) -> str:
        if time.passed + seconds >= began[-1] + every or key:
            shown.append([line.plain for line in screen.build_lines(80, 24)])
        time.pause(seconds)
        return key

    request = Request(Config(), {}, START, Reporter(quiet))
    run_watch_loop(request, ask, screen, WatchTiming(every, time.clock, time.timer, pause))
    return shown, began, time


def test_a_good_look_says_when_it_was_and_when_the_next_is() -> None:
    shown, began, _time = watched([BOARD, BOARD])
    assert shown[0][0] == HEAD
    assert "Looked at 15:00:00, data loaded at 14:30:00. Next look at 15:01:00. Ctrl-C ends." in shown[0]
    assert "Looked at 15:01:00, data loaded at 14:30:00. Next look at 15:02:00. Ctrl-C ends." in shown[1]
    assert began == [0, 60]


def test_a_bad_look_keeps_the_figures_and_says_since_when_and_why_they_are_old() -> None:
    gone, still = SourceError("The database is away."), NotFoundError("The branch is away.")
    shown, _began, _time = watched([BOARD, gone, still, BOARD])
    text = [" ".join(lines) for lines in shown]
    assert [lines[0] == shown[0][0] for lines in shown] == [True] * 4
    assert "Not current" not in text[0]
    assert "Not current since 15:01:00: The database is away. The figures shown are of 15:00:00," in text[1]
    assert "Next look at 15:02:00. Ctrl-C ends." in text[1]
    assert "Not current since 15:01:00: The branch is away. The figures shown are of 15:00:00," in text[2]
    assert "Not current" not in text[3]
    assert "Looked at 15:03:00" in text[3]


def test_the_clock_is_read_once_per_look() -> None:
    _shown, began, time = watched([BOARD] * 3)
    assert time.asked == len(began) + 1  # the look that Ctrl-C ended


@pytest.mark.parametrize(
    ("takes", "began"), [(2.0, [0, 10, 20]), (9.5, [0, 10.5, 21]), (30, [0, 31, 62])]
)  # fmt: skip
def test_looks_begin_every_so_often_and_never_without_a_rest(takes: float, began: list[float]) -> None:
    assert watched([BOARD] * 3, 10, takes=takes)[1] == began


def test_a_key_looks_at_once() -> None:
    _shown, began, _time = watched([BOARD] * 3, key="refresh")
    assert began == [0, 2.25, 4.5]


def test_a_key_ends_it() -> None:
    shown, began, _time = watched([BOARD] * 3, key="quit")
    assert (len(shown), began) == (1, [0])


@pytest.mark.parametrize("error", [SourceError("x"), UsageError("x"), KeyboardInterrupt(), OSError("x")])
def test_an_error_at_the_first_look_is_an_error_like_any_other(error: BaseException) -> None:
    with pytest.raises(type(error)):
        watched([error])


def test_who_may_no_longer_see_the_figures_sees_no_old_ones() -> None:
    with pytest.raises(NotAllowedError):
        watched([BOARD, NotAllowedError("no")])


def test_a_library_that_was_interrupted_ends_it_and_a_fault_is_not_hidden() -> None:
    assert watched([BOARD, RuntimeError("Query interrupted")])[1] == [0, 60]
    with pytest.raises(RuntimeError, match="broken"):
        watched([BOARD, RuntimeError("broken")])


def test_remarks_of_a_look_stand_in_the_footer() -> None:
    assert "Note: \N{SYMBOL FOR ESCAPE}[31m." in watched([BOARD], note="Note: \x1b[31m.")[0][0]
    assert not [line for line in watched([BOARD], note="Note: x.", quiet=True)[0][0] if "Note" in line]


def test_another_day_is_shown_by_its_date() -> None:
    view = WatchView(BOARD, START - timedelta(days=1), START, START - timedelta(hours=20), "gone")
    sentences = [sentence for sentence, _style in build_status(view, "", "en")]
    assert sentences[0] == "Not current since Nov 21, 2026 19:00:00: gone"
    assert sentences[1].startswith("The figures shown are of Nov 21, 2026 15:00:00, data loaded at ")
    assert sentences[1].endswith("Next look at 15:00:00. Ctrl-C ends.")


@pytest.fixture(params=["es", "en"])
def screen(request: pytest.FixtureRequest) -> Iterator[Callable[..., LiveScreen]]:
    def of(*, keys: bool = True, color: bool = False) -> LiveScreen:
        i18n.set_language(request.param)
        opened = LiveScreen(Style(request.param, color=color), keys=keys)
        opened.show_view(WatchView(BOARD, START, START + timedelta(seconds=60), START, "why " * 40))
        return opened

    yield of
    i18n.set_language("en")


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("height", [1, 3, 10, 24, 500])
def test_it_fills_the_window_and_no_more(screen: Callable[..., LiveScreen], width: int, height: int) -> None:
    lines = screen().build_lines(width, height)
    assert len(lines) == height
    assert max(line.cell_len for line in lines) <= width


def test_every_line_can_be_scrolled_to(screen: Callable[..., LiveScreen]) -> None:
    opened = screen()
    whole = [line.plain for line in opened.build_lines(80, 1000)]
    whole = whole[: whole.index("─" * 80)]
    while whole[-1] == "":
        whole.pop()
    visible: list[str] = []
    part: list[str] = []
    opened.build_lines(80, 25)
    for _press in range(1000):
        part = [line.plain for line in opened.build_lines(80, 25)]
        visible.append(part[0])
        opened.scroll_by_key("down")
    last = part[: part.index("─" * 80)]
    assert last[-1] == whole[-1]
    assert list(dict.fromkeys(visible + last)) == list(dict.fromkeys(whole))
    opened.scroll_by_key("page-up")
    assert opened.build_lines(80, 25)[0].plain == whole[len(whole) - 2 * len(last) + 1]
    opened.scroll_by_key("home")
    assert opened.build_lines(80, 25)[0].plain == whole[0]
    opened.scroll_by_key("x")
    assert opened.build_lines(80, 25)[0].plain == whole[0]


def test_without_a_keyboard_it_says_another_way_to_see_more(screen: Callable[..., LiveScreen]) -> None:
    text = " ".join(line.plain for line in screen(keys=False).build_lines(80, 24))
    assert "--section" in text


def test_a_larger_window_after_scrolling_shows_all_lines_that_fit(screen: Callable[..., LiveScreen]) -> None:
    opened = screen()
    opened.build_lines(80, 25)
    opened.scroll_by_key("end")
    opened.build_lines(80, 25)
    assert opened.build_lines(80, 1000)[0].plain == HEAD
