"""A year of due instants: none lost and none twice, on the days of 23 and of 25 hours as on every other."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from jobs.project import Project, read_manifest
from opttius_cli.jobs import pending
from opttius_cli.jobs.definition import Schedule
from opttius_cli.jobs.definition.schedule_syntax import parse_schedule
from opttius_cli.jobs.ledger import Run
from opttius_cli.schedule import due_instants

SANTIAGO = "America/Santiago"
ZONE = ZoneInfo(SANTIAGO)
LONG, SHORT = date(2026, 4, 4), date(2026, 9, 6)
"""The days of 25 hours (24:00 is 23:00 again) and of 23 hours (there is no midnight)."""


def _schedule(every: str, zone: str = SANTIAGO) -> Schedule:
    return Schedule(every=every, cron=parse_schedule(every), zone=zone)


def _expected(day: date, at: time) -> datetime:
    """The first instant of ``day`` at or after ``at`` on the wall clock, found by going through its minutes."""
    moment = datetime.combine(day - timedelta(days=1), time(20), UTC)
    while True:
        local = moment.astimezone(ZONE)
        if local.date() == day and local.time() >= at:
            return moment
        moment += timedelta(minutes=1)


def _every_day() -> list[date]:
    return [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize("at", ["00:00", "00:30", "01:00", "07:00", "23:30"])
def test_a_daily_job_is_due_once_on_each_of_365_days(at: str) -> None:
    begin, end = datetime(2026, 1, 1, 3, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)
    instants = list(
        due_instants.iter_due_instants(
            _schedule(f"daily {at}"), begin - timedelta(seconds=1), end - timedelta(seconds=1)
        )
    )
    assert instants == [_expected(day, time.fromisoformat(at)) for day in _every_day()]


def test_a_time_that_does_not_exist_is_due_at_the_first_that_does() -> None:
    (instant,) = due_instants.iter_due_instants(
        _schedule("daily 00:30"),
        datetime(2026, 9, 6, 3, 59, tzinfo=UTC),
        datetime(2026, 9, 6, 12, tzinfo=UTC),
    )
    assert instant.astimezone(ZONE).isoformat() == "2026-09-06T01:00:00-03:00"


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    (instant,) = due_instants.iter_due_instants(
        _schedule("daily 23:30"), datetime(2026, 4, 4, 12, tzinfo=UTC), datetime(2026, 4, 5, 12, tzinfo=UTC)
    )
    assert instant.astimezone(ZONE).isoformat() == "2026-04-04T23:30:00-03:00"


def test_two_times_in_the_hour_that_is_missing_are_due_once() -> None:
    instants = list(
        due_instants.iter_due_instants(
            _schedule("0,30 0 * * *"),
            datetime(2026, 9, 5, 12, tzinfo=UTC),
            datetime(2026, 9, 6, 12, tzinfo=UTC),
        )
    )
    assert [instant.isoformat() for instant in instants] == ["2026-09-06T04:00:00+00:00"]


@pytest.mark.parametrize(
    "begin", [f"2026-09-06T{hour:02d}:{minute:02d}" for hour in (3, 4) for minute in (0, 10, 59)]
)
def test_due_instants_do_not_depend_on_the_start(begin: str) -> None:
    schedule = _schedule("30 0 * * *")
    after = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    instant = datetime(2026, 9, 6, 4, tzinfo=UTC)
    instants = list(due_instants.iter_due_instants(schedule, after, datetime(2026, 9, 6, 20, tzinfo=UTC)))
    assert instants == ([instant] if after < instant else [])


def test_looking_back_no_further_adds_no_instant_of_its_own() -> None:
    schedule, now = _schedule("month 1 07:00"), datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    first = datetime(2024, 1, 1, 10, tzinfo=UTC)
    runs = [
        Run(job="x", started=instant, status="ok", due=instant)
        for instant in (first, *due_instants.iter_due_instants(schedule, first, now))
    ]
    assert pending.list_missed_instants(schedule, runs, now) == []
    assert pending.list_pending_instants(schedule, runs, now, include_missed=True) == []
    # Of what was missed, that of the last 400 days is made: from 19 October 2025 on.
    assert pending.list_pending_instants(schedule, runs[:1], now, include_missed=True) == [
        instant for instant in (run.due for run in runs) if instant and instant >= now - pending.MAX_LOOKBACK
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "every", ["daily 00:30", "daily 23:30", "weekdays 07:00", "mon,thu 00:15", "month 1 00:00"]
)
def test_a_year_of_calls_makes_every_run_once(every: str) -> None:
    """Calls come at any minute, sometimes hours late, as from a machine that sleeps now and then."""
    schedule, chance = _schedule(every), random.Random(every)
    now, end = datetime(2026, 1, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, 4, tzinfo=UTC)
    runs: list[Run] = []
    first = due_instants.find_latest(schedule, now)
    assert first is not None
    while now < end:
        for instant in pending.list_pending_instants(schedule, runs[:10], now):
            runs.insert(0, Run(job="x", started=now, status="ok", due=instant))
        now += timedelta(minutes=chance.choice((30, 90, 400)))
    due_times = [run.due for run in reversed(runs)]
    expected = [first, *due_instants.iter_due_instants(schedule, first, end)]
    assert due_times == expected[: len(due_times)]
    assert len(expected) - len(due_times) <= 1, "only the last may lie after the last call"


@pytest.mark.slow
def test_the_program_runs_each_job_once_when_clocks_change(project: Project) -> None:
    project.write_config(
        '[jobs.nightly]\nparts = ["kpis"]\nformats = ["csv"]\nperiod = "yesterday"\nevery = "daily 00:30"\n'
    )
    for day in (LONG, SHORT):
        now = datetime.combine(day, time(1), UTC)
        while now < datetime.combine(day + timedelta(days=1), time(20), UTC):
            project.set_clock(now.isoformat())
            ran = project.run("job", "run", "--due")
            assert ran.code == 0, ran.err
            now += timedelta(hours=2, minutes=50)
    due_times = [run.due.astimezone(ZONE).isoformat() for run in project.runs("nightly") if run.due]
    assert due_times == [
        "2026-04-03T00:30:00-03:00",
        "2026-04-04T00:30:00-03:00",
        "2026-04-05T00:30:00-04:00",
        "2026-09-05T00:30:00-04:00",
        "2026-09-06T01:00:00-03:00",
        "2026-09-07T00:30:00-03:00",
    ]
    assert (
        read_manifest(project.folder / "jobs" / "nightly" / "2026-09-05")["as_of"]
        == "2026-09-06T01:00:00-03:00"
    )


def test_missed_runs_are_caught_up_oldest_first(project: Project) -> None:
    project.write_config('[jobs.m]\nparts = ["kpis"]\nformats = ["csv"]\nevery = "month 1 07:00"\n')
    project.set_clock("2026-07-02T12:00:00+00:00")
    assert project.run("job", "run", "--due").code == 0
    project.set_clock("2026-11-02T12:00:00+00:00")
    ran = project.run("job", "run", "--due")
    assert ran.code == 0
    assert "3 earlier runs of m were missed." in ran.err
    assert _periods(project) == ["2026-06", "2026-10"]
    ran = project.run("job", "run", "m", "--catch-up")
    assert ran.code == 0, ran.err
    assert [line.split("/")[-2] for line in ran.out.splitlines()[::2]] == ["2026-07", "2026-08", "2026-09"]
    assert _periods(project) == [f"2026-{month:02d}" for month in range(6, 11)]
    assert project.run("job", "run", "m", "--catch-up").out == ""


def _periods(project: Project) -> list[str]:
    return sorted(path.name for path in (project.folder / "jobs" / "m").iterdir())


def test_a_due_run_that_fails_is_tried_again_and_then_waits_for_its_next_time(project: Project) -> None:
    text = '[jobs.d]\nparts = ["kpis"]\nformats = ["csv"]\nevery = "daily 07:00"\n{more}'
    project.write_config(text.format(more='branches = ["CM-999"]'))
    codes = []
    for minute in range(5):
        project.set_clock(f"2026-11-20T12:{minute:02d}:00+00:00")
        codes.append(project.run("job", "run", "--due").code)
    assert codes == [6, 6, 6, 0, 0]
    assert [run.status for run in project.runs("d")] == ["failed"] * 3
    project.write_config(text.format(more=""))
    project.set_clock("2026-11-21T12:00:00+00:00")
    assert project.run("job", "run", "--due").code == 0
    assert project.runs("d")[-1].status == "ok"


def test_a_failing_job_keeps_no_other_from_running(project: Project) -> None:
    project.write_config(
        '[jobs.a]\nparts = ["kpis"]\nformats = ["csv"]\nevery = "daily 07:00"\nbranches = ["CM-999"]\n'
        '[jobs.b]\nparts = ["kpis"]\nformats = ["csv"]\nevery = "daily 07:00"\n'
    )
    ran = project.run("job", "run", "--due")
    assert ran.code == 6
    assert "Error: a: There is no branch" in ran.err
    assert (project.folder / "jobs" / "b").is_dir()


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        ("mon 07:00", "0 7 * * 1"),
        ("Lunes 7:05", "5 7 * * 1"),
        ("mié,SÁB 19:30", "30 19 * * 3,6"),
        ("daily 00:00", "0 0 * * *"),
        ("diario 23:59", "59 23 * * *"),
        ("weekdays 08:00", "0 8 * * 1-5"),
        ("month 1 07:00", "0 7 1 * *"),
        ("mes último 07:00", "0 7 L * *"),
        ("*/15  8-18 * * 1-5", "*/15 8-18 * * 1-5"),
    ],
)
def test_times_as_people_write_them(every: str, cron: str) -> None:
    assert parse_schedule(every) == cron


@pytest.mark.parametrize(
    "every",
    ["", "monday", "mon 24:00", "mon 07:60", "noday 07:00", "* * * *", "* * * * * *", "61 * * * *", "0 7 30 2 *",
     "month 31 07:00", "month 0 07:00", "daily,mon 07:00"],
)  # fmt: skip
def test_times_that_are_none(every: str) -> None:
    with pytest.raises(ValueError, match=r"a time such as|every month has"):
        parse_schedule(every)
