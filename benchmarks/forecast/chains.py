"""Simulated optical chains of five years: what each customer's dates of purchase follow is known, and made up here.

The same seed gives the same chain. Money is per purchase: glasses, a box of contact lenses, or a small thing.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from opttius_cli.session.parameters.forecast import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNTIL = date(2026, 11, 22)
DAYS = 5 * 365
CUSTOMERS = 4_000
SEED = 2026
LOST_OF_REGULARS = 0.15
_ORGANIZATION = "00000000-0000-4000-8000-000000000001"
_BRANCH = "00000000-0000-4000-8000-000000000002"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A day, counted from the first of the chain, and what was paid."""

    day: int
    money: int


def _draw_glasses(dice: random.Random, level: float) -> int:
    return round(level * dice.lognormvariate(11.9, 0.35))


def _draw_lenses(dice: random.Random, level: float) -> int:
    return round(level * dice.lognormvariate(10.3, 0.25))


def follow_cycle(dice: random.Random, day: int) -> Iterator[Purchase]:
    """Regular cycles: everybody has one of 12 to 24 months, off by a seventh, and 15 of 100 are lost each time."""
    cycle, level = dice.uniform(365, 730), dice.lognormvariate(0, 0.3)
    while day < DAYS:
        yield Purchase(day, _draw_glasses(dice, level))
        if dice.random() < LOST_OF_REGULARS:
            return
        day += max(1, round(cycle * dice.gauss(1, 1 / 7)))


def answer_recalls(dice: random.Random, day: int) -> Iterator[Purchase]:
    """Recall-driven: who is called 12, 18, 24 and 36 months after a purchase comes within six weeks, or not."""
    answers, level = dice.uniform(0.1, 0.6), dice.lognormvariate(0, 0.3)
    while day < DAYS:
        yield Purchase(day, _draw_glasses(dice, level))
        called = next((month for month in (12, 18, 24, 36) if dice.random() < answers), None)
        if called is None:
            return
        day += round(called * 30.4) + dice.randrange(42)


def mix_needs(dice: random.Random, day: int, slower: float = 1) -> Iterator[Purchase]:
    """Optical mix: glasses every 12 to 24 months, lenses every 1 to 3, one-off buyers.

    30 of 100 who buy glasses and 10 of 100 who buy lenses are lost each time. ``slower`` is how many times as long
    cycles are in the last year.
    """
    kind, level = dice.choices(["glasses", "lenses", "once"], [60, 22, 18])[0], dice.lognormvariate(0, 0.3)
    cycle = dice.uniform(365, 730) if kind == "glasses" else dice.uniform(30, 90)
    lost = 0.3 if kind == "glasses" else 0.1
    while day < DAYS:
        yield Purchase(day, _draw_lenses(dice, level) if kind == "lenses" else _draw_glasses(dice, level))
        if kind == "once" or dice.random() < lost:
            return
        stretch = slower if day + cycle > DAYS - YEAR_DAYS else 1
        day += max(1, round(cycle * stretch * dice.gauss(1, 0.2)))


def meet_crisis(dice: random.Random, day: int) -> Iterator[Purchase]:
    """A crisis in the last year: the same mix, but then people wait half as long again."""
    return mix_needs(dice, day, slower=1.5)


CHAINS: dict[str, Callable[[random.Random, int], Iterator[Purchase]]] = {
    "regular cycles": follow_cycle,
    "recall-driven": answer_recalls,
    "optical mix": mix_needs,
    "crisis in the last year": meet_crisis,
}


def write_chain(name: str, folder: Path) -> Path:
    """Write the exports of a chain: organization, branch, customers and orders."""
    dice = random.Random(f"{SEED} {name}")  # noqa: S311
    histories = [list(CHAINS[name](dice, dice.randrange(DAYS))) for _customer in range(CUSTOMERS)]
    start = UNTIL - timedelta(DAYS - 1)
    return write_exports(
        folder,
        [
            [(start + timedelta(purchase.day), f"{purchase.money}") for purchase in history]
            for history in histories
        ],
    )


def write_exports(folder: Path, histories: list[list[tuple[date, str]]], currency: str = "CLP") -> Path:
    """Write customers, each with the dates and amounts of its purchases, as a folder of exports."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "organizations.csv",
        ["id", "slug", "name", "metadata"],
        [[_ORGANIZATION, "chain", "Chain", f'{{"timezone": "America/Santiago", "currency": "{currency}"}}']],
    )
    _write(
        folder / "branches.csv",
        ["id", "code", "name", "organization_id"],
        [[_BRANCH, "B1", "Shop", _ORGANIZATION]],
    )
    _write(
        folder / "customers.csv",
        ["id", "branch_id", "organization_id", "created_at"],
        [
            [_name("c", number), _BRANCH, _ORGANIZATION, f"{history[0][0]} 15:00:00+00"]
            for number, history in enumerate(histories)
        ],
    )
    _write(
        folder / "orders.csv",
        [
            "id",
            "customer_id",
            "branch_id",
            "organization_id",
            "total_amount",
            "status",
            "payment_status",
            "created_at",
        ],
        [
            [
                *(_name(f"{place + 16:x}", number), _name("c", number), _BRANCH, _ORGANIZATION),
                *(money, "delivered", "paid", f"{day} 16:00:00+00"),
            ]
            for number, history in enumerate(histories)
            for place, (day, money) in enumerate(history)
        ],
    )
    return folder


def _name(kind: str, number: int) -> str:
    """Return an id of its own for each kind and number, in the shape of the app's ids."""
    return f"{int(kind, 16):08x}-0000-4000-8000-{number:012x}"


def _write(file: Path, header: list[str], rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
