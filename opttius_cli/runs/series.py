"""Several runs of a job in a row: the present one, the due one, or every missed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, n_
from opttius_cli.runs import calling, making, running
from opttius_cli.schedule import due as schedules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from opttius_cli.definitions import Definition
    from opttius_cli.runs.running import Outcome, Post

Which = Literal["now", "due", "missed"]
"""``now``: a run in any case.

``due``: the last due instant if it is pending; ``missed``: every pending instant.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs of a job to make; ``as_of`` is an instant that the user chose, for a run ``now``."""

    which: Which = "now"
    as_of: str | None = None


def made(post: Post, definition: Definition, wanted: Wanted) -> Iterator[Outcome]:
    """Make the selected runs of one job under its lock, oldest first.

    Raises:
        BusyError: another run of the job is at work.
        OpttiusError: a run failed; the later ones are not started.
    """
    with post.lock(definition):
        running.settle_killed(post, definition)
        for instant in _instants(post, definition, wanted):
            yield running.run(post, definition, instant, wanted.as_of)


def foretold(post: Post, definition: Definition, wanted: Wanted) -> Iterator[making.Plan]:
    """Plan the runs that :func:`run_all` would make; nothing is written except the snapshot."""
    for instant in _instants(post, definition, wanted):
        yield making.plan(
            definition, post.request(definition, wanted.as_of or (instant.isoformat() if instant else None))
        )


def _instants(post: Post, definition: Definition, wanted: Wanted) -> list[datetime | None]:
    """Select the due instants to run; None stands for a run without one."""
    schedule = definition.schedule
    if schedule is None and wanted.which != "now":
        raise UsageError(
            _(
                "The report {name} has no schedule, so nothing of it can be due. "
                'Write every = "mon 07:00" into [reports.{name}].',
                name=definition.name,
            )
        )
    if schedule is None or wanted.as_of:
        return [None]
    at = post.clock()
    if wanted.which == "now":
        return [schedules.latest(schedule, at)]
    runs = post.ledger.of(definition.name, definition.file)
    found = calling.instants(schedule, runs, at, missed=wanted.which == "missed")
    if wanted.which == "due" and found and (lost := calling.missed(schedule, runs, at)):
        post.voice.note(
            n_(
                "{count} earlier run of {name} was missed. Type opttius report run {name} --catch-up to make it.",
                "{count} earlier runs of {name} were missed. Type opttius report run {name} --catch-up to make them.",
                len(lost),
                name=definition.name,
            )
        )
    return list(found)
