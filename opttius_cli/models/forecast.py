"""What customers will buy in the next 364 days, from how long others were silent before they came back (metrics 11).

Doubles are added in a fixed order, steps ascending and states in order, so equal counts give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STEP_DAYS = 28
STEPS_AHEAD = 13
LAST_STEPS = 65
"""Silence of more steps than this is expected to stay."""
BANDS = (3, 7, 13, 20)
WEIGHT = 20
"""How many observations a mean of more customers weighs where a group has few of its own."""


class State(NamedTuple):
    """How a customer buys: the pace of purchases so far, and a class of their number."""

    pace: int
    size: int


FIRST = State(0, 0)
STATES = (FIRST, *(State(pace, size) for pace in range(1, 6) for size in range(3)))
PACES = range(6)


class Tally(NamedTuple):
    """How many occasions there were, and what was spent on them."""

    occasions: int = 0
    money: Decimal = Decimal()


class Expectation(NamedTuple):
    """What is expected of a customer: purchases, and money before the customer's own level."""

    purchases: float
    money: float


class Prediction(NamedTuple):
    """What is expected of a customer in a year, with the chance of buying at all."""

    purchases: float
    chance: float
    money: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known at a cutoff: spells by state and step, moves between states, money by pace and band."""

    at_risk: Mapping[tuple[State, int], int]
    events: Mapping[tuple[State, int], int]
    moves: Mapping[tuple[State, State], int]
    later: Mapping[tuple[int, int], Tally]
    first: Tally


def find_band(step: int) -> int:
    """Return the band of a step: how many of the bounds it has reached."""
    return sum(step >= bound for bound in BANDS)


@dataclass(slots=True)
class Curve:
    """The chances of buying, what follows a purchase and what it brings, learned from counts."""

    hazards: dict[State, list[float]]
    destinations: dict[State, list[tuple[State, float]]]
    tickets: dict[tuple[int, int], float]
    opening: float
    _after: dict[tuple[State, int], Expectation] = field(default_factory=dict)

    def predict(self, state: State, silent_days: int) -> Prediction:
        """Return what a customer in ``state``, silent for so many days, is expected to do in 364 days."""
        begun, rest = divmod(silent_days, STEP_DAYS)
        part = rest / STEP_DAYS
        alive, purchases, money = 1.0, 0.0, 0.0
        for ahead in range(STEPS_AHEAD + 1):
            chance = self._find_chance(state, begun + ahead)
            if ahead == 0:
                chance = 1 - (1 - chance) ** (1 - part)
            elif ahead == STEPS_AHEAD:
                chance = 1 - (1 - chance) ** part
            share = alive * chance
            bought = self._follow(state, begun + ahead, STEPS_AHEAD - 1 - ahead)
            purchases += share * bought.purchases
            money += share * bought.money
            alive -= share
        return Prediction(purchases, (1 - alive) * 100, money)

    def _find_chance(self, state: State, step: int) -> float:
        return self.hazards[state][step] if step < LAST_STEPS else 0.0

    def _follow(self, state: State, step: int, steps: int) -> Expectation:
        """Return what a purchase in ``step`` brings, with what follows it in so many whole steps."""
        purchases, money = 1.0, self.tickets[state.pace, find_band(step)]
        if steps > 0:
            for reached, share in self._list_destinations(state, step):
                later = self._expect_after(reached, steps)
                purchases += share * later.purchases
                money += share * later.money
        return Expectation(purchases, money)

    def _list_destinations(self, state: State, step: int) -> list[tuple[State, float]]:
        if state == FIRST:
            return [(State(1 + find_band(step), 0), 1.0)]
        return self.destinations[state]

    def _expect_after(self, state: State, steps: int) -> Expectation:
        """Return what is expected in so many whole steps after a purchase that led to ``state``."""
        known = self._after.get((state, steps))
        if known is None:
            alive, purchases, money = 1.0, 0.0, 0.0
            for step in range(steps):
                share = alive * self._find_chance(state, step)
                bought = self._follow(state, step, steps - step - 1)
                purchases += share * bought.purchases
                money += share * bought.money
                alive -= share
            known = self._after[state, steps] = Expectation(purchases, money)
        return known


def learn_curve(counts: Counts) -> Curve:
    """Return the curve of ``counts``: groups with few spells lean on those of their pace, and these on all."""
    opening = _find_mean(counts.first, 0.0)
    return Curve(
        _learn_hazards(counts),
        {state: _share_moves(counts, state) for state in STATES[1:]},
        _learn_tickets(counts, opening),
        opening,
    )


def _learn_hazards(counts: Counts) -> dict[State, list[float]]:
    risk, returns = sum(counts.at_risk.values()), sum(counts.events.values())
    of_all = returns / risk if risk else 0.0
    hazards: dict[State, list[float]] = {state: [] for state in STATES}
    for step in range(LAST_STEPS):
        of_all = _shrink(counts, STATES, step, of_all)
        for pace in PACES:
            alike = [state for state in STATES if state.pace == pace]
            of_pace = _shrink(counts, alike, step, of_all)
            for state in alike:
                chance = of_pace if state == FIRST else _shrink(counts, [state], step, of_pace)
                hazards[state].append(chance)
    return hazards


def _shrink(counts: Counts, states: Iterable[State], step: int, towards: float) -> float:
    """Return the share of spells of these states that end in a step, as far as they are many enough."""
    states = list(states)
    events = sum(counts.events.get((state, step), 0) for state in states)
    at_risk = sum(counts.at_risk.get((state, step), 0) for state in states)
    return (events + WEIGHT * towards) / (at_risk + WEIGHT)


def _share_moves(counts: Counts, state: State) -> list[tuple[State, float]]:
    """Return where purchases lead out of a state, in the order of states; without any it stays."""
    moves = [(reached, counts.moves.get((state, reached), 0)) for reached in STATES]
    total = sum(count for _reached, count in moves)
    return [(reached, count / total) for reached, count in moves if count] if total else [(state, 1.0)]


def _learn_tickets(counts: Counts, opening: float) -> dict[tuple[int, int], float]:
    bands = range(len(BANDS) + 1)
    of_band = [_add(counts.later.get((pace, band), Tally()) for pace in PACES) for band in bands]
    mean = _find_mean(_add(of_band), opening)
    tickets = {}
    for band in bands:
        of_all = (float(of_band[band].money) + WEIGHT * mean) / (of_band[band].occasions + WEIGHT)
        for pace in PACES:
            own = counts.later.get((pace, band), Tally())
            tickets[pace, band] = (float(own.money) + WEIGHT * of_all) / (own.occasions + WEIGHT)
    return tickets


def _add(tallies: Iterable[Tally]) -> Tally:
    tallies = list(tallies)
    return Tally(sum(one.occasions for one in tallies), sum((one.money for one in tallies), Decimal()))


def _find_mean(tally: Tally, otherwise: float) -> float:
    return float(tally.money) / tally.occasions if tally.occasions else otherwise
