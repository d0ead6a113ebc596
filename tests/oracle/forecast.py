"""The next 364 days, and the backtest that must hold before they are told (contract, section 11)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .customers import segment_rows
from .numbers import percent, rounded, total
from .sales import amount_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .sales import Purchase, Sales

Record = dict[str, Any]
State = tuple[int, int]

YEAR = 364
STEPS = 65
BANDS = (3, 7, 13, 20)
FIRST: State = (0, 0)
STATES = [FIRST, *((pace, size) for pace in range(1, 6) for size in range(3))]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day on which a customer bought, and what was spent on it."""

    day: date
    money: Decimal | None


Histories = dict[str, list[Occasion]]


def band(step: int) -> int:
    """How many bounds of the bands a step has reached."""
    return sum(step >= bound for bound in BANDS)


def state_of(span: int, place: int) -> State:
    """Where a customer stands after so many occasions."""
    if place == 1:
        return FIRST
    pace = 1 + sum(span > width * (place - 1) for width in (84, 196, 364, 560))
    return pace, 0 if place == 2 else 1 if place <= 4 else 2


def read_histories(sales: Sales) -> Histories:
    """Every customer's occasions, in order."""
    by_day: dict[tuple[str, date], list[Purchase]] = defaultdict(list)
    for purchase in sales.purchases:
        if purchase.customer is not None:
            by_day[purchase.customer, purchase.day].append(purchase)
    histories: Histories = defaultdict(list)
    for customer, day in sorted(by_day):
        bought = by_day[customer, day]
        in_currency = any(entry.is_report_currency for entry in bought)
        histories[customer].append(Occasion(day, amount_of(bought) if in_currency else None))
    return dict(histories)


@dataclass
class Curve:
    """All that is learned from what was known at a cutoff."""

    histories: Histories
    cutoff: date
    at_risk: Counter[tuple[State, int]] = field(default_factory=Counter)
    events: Counter[tuple[State, int]] = field(default_factory=Counter)
    moves: Counter[tuple[State, State]] = field(default_factory=Counter)
    spent: dict[tuple[int, int], list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    opened: list[Decimal] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Count spells, moves and money."""
        for history in self.histories.values():
            self._count(history)
        returns, risk = sum(self.events.values()), sum(self.at_risk.values())
        self.returns = returns
        self.every: list[float] = []
        before = returns / risk if risk else 0.0
        for step in range(STEPS):
            e = sum(self.events[state, step] for state in STATES)
            r = sum(self.at_risk[state, step] for state in STATES)
            before = (e + 20 * before) / (r + 20)
            self.every.append(before)
        self.opening = float(total(self.opened)) / len(self.opened) if self.opened else 0.0
        later = [money for some in self.spent.values() for money in some]
        self.mean = float(total(later)) / len(later) if later else self.opening
        self._after: dict[tuple[State, int], tuple[float, float]] = {}

    def _count(self, history: list[Occasion]) -> None:
        if history[0].money is not None:
            self.opened.append(history[0].money)
        states = [
            state_of((entry.day - history[0].day).days, place) for place, entry in enumerate(history, start=1)
        ]
        for place, (entry, state) in enumerate(zip(history, states, strict=True)):
            seen = (self.cutoff - entry.day).days // 28
            gap = None
            if place + 1 < len(history):
                following = history[place + 1]
                gap = ((following.day - entry.day).days - 1) // 28
                self.moves[state, states[place + 1]] += 1
                if following.money is not None:
                    self.spent[state[0], band(gap)].append(following.money)
            is_over = gap is not None and gap < seen
            for step in range(STEPS):
                self.at_risk[state, step] += step <= gap if is_over and gap is not None else step < seen
            if is_over and gap is not None and gap < STEPS:
                self.events[state, gap] += 1

    def hazard(self, state: State, step: int) -> float:
        """The chance of buying in a step, given silence until then."""
        if step >= STEPS:
            return 0.0
        alike = [entry for entry in STATES if entry[0] == state[0]]
        e = sum(self.events[entry, step] for entry in alike)
        r = sum(self.at_risk[entry, step] for entry in alike)
        of_pace = (e + 20 * self.every[step]) / (r + 20)
        if state == FIRST:
            return of_pace
        return (self.events[state, step] + 20 * of_pace) / (self.at_risk[state, step] + 20)

    def ticket(self, pace: int, of_band: int) -> float:
        """What a later occasion is worth."""
        in_band = [money for (_pace, entry), some in self.spent.items() if entry == of_band for money in some]
        of_all = (float(total(in_band)) + 20 * self.mean) / (len(in_band) + 20)
        own = self.spent.get((pace, of_band), [])
        return (float(total(own)) + 20 * of_all) / (len(own) + 20)

    def destinations(self, state: State, step: int) -> list[tuple[State, float]]:
        """Where a purchase in a step leads, with its share."""
        if state == FIRST:
            return [((1 + band(step), 0), 1.0)]
        counts = [(entry, self.moves[state, entry]) for entry in STATES if self.moves[state, entry]]
        whole = sum(count for _one, count in counts)
        return [(entry, count / whole) for entry, count in counts] if counts else [(state, 1.0)]

    def after(self, state: State, steps: int) -> tuple[float, float]:
        """Purchases and money expected over whole steps from a purchase on."""
        if (state, steps) not in self._after:
            alive, purchases, money = 1.0, 0.0, 0.0
            for step in range(steps):
                chance = alive * self.hazard(state, step)
                entry, worth = self._follow(state, step, steps - step - 1)
                purchases += chance * entry
                money += chance * worth
                alive -= chance
            self._after[state, steps] = purchases, money
        return self._after[state, steps]

    def _follow(self, state: State, step: int, steps: int) -> tuple[float, float]:
        """One purchase in a step and what follows it, in purchases and in money."""
        purchases, money = 1.0, self.ticket(state[0], band(step))
        for reached, share in self.destinations(state, step) if steps > 0 else []:
            more, worth = self.after(reached, steps)
            purchases += share * more
            money += share * worth
        return purchases, money

    def expect(self, history: list[Occasion]) -> tuple[float, float, float]:
        """Purchases, chance in percent and money of the next year, before the customer's own level."""
        state = state_of((history[-1].day - history[0].day).days, len(history))
        silent = (self.cutoff - history[-1].day).days
        begun, part = silent // 28, silent % 28 / 28
        alive, purchases, money = 1.0, 0.0, 0.0
        for k in range(14):
            chance = self.hazard(state, begun + k)
            if k == 0:
                chance = 1 - (1 - chance) ** (1 - part)
            if k == 13:
                chance = 1 - (1 - chance) ** part
            weight = alive * chance
            entry, worth = self._follow(state, begun + k, 12 - k)
            purchases += weight * entry
            money += weight * worth
            alive -= weight
        return purchases, (1 - alive) * 100, money

    def ratios(self, history: list[Occasion]) -> list[Fraction]:
        """What each occasion brought for each peso expected."""
        found = []
        for place, entry in enumerate(history):
            expected = self.opening
            if place:
                before = history[place - 1].day
                pace = state_of((before - history[0].day).days, place)[0]
                expected = self.ticket(pace, band(((entry.day - before).days - 1) // 28))
            if entry.money is not None and expected > 0:
                found.append(Fraction(rounded(Fraction(float(entry.money) / expected), 6)))
        return found

    def levels(self) -> dict[str, float]:
        """How much more or less than others a customer spends each time."""
        ratios = {customer: self.ratios(history) for customer, history in self.histories.items()}
        ratios = {customer: some for customer, some in ratios.items() if some}
        everyone, count = len(ratios), sum(map(len, ratios.values()))
        if count == everyone or everyone < 2:
            return {}
        centre = _total(x for some in ratios.values() for x in some) / count
        means = {customer: _total(some) / len(some) for customer, some in ratios.items()}
        within = _total(
            Fraction(rounded(sum(((x - means[customer]) ** 2 for x in some), Fraction(0)), 6))
            for customer, some in ratios.items()
        ) / (count - everyone)
        between = _total(
            Fraction(rounded(len(some) * (means[customer] - centre) ** 2, 6))
            for customer, some in ratios.items()
        )
        spread = (between - (everyone - 1) * within) / (
            count - Fraction(sum(len(some) ** 2 for some in ratios.values()), count)
        )
        if spread <= 0 or centre <= 0:
            return {}
        return {
            customer: min(
                4.0,
                max(
                    0.25,
                    float(1 + len(some) / (len(some) + within / spread) * (means[customer] / centre - 1)),
                ),
            )
            for customer, some in ratios.items()
        }

    def predict(self) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Each customer's purchases, chance in percent and money."""
        levels = self.levels()
        predicted = {}
        for customer, history in self.histories.items():
            purchases, chance, money = self.expect(history)
            figures = (purchases, 3), (chance, 2), (money * levels.get(customer, 1.0), 2)
            purchases_, chance_, money_ = (rounded(Fraction(entry), places) for entry, places in figures)
            predicted[customer] = purchases_, chance_, money_
        return predicted


def _total(terms: Iterable[Fraction]) -> Fraction:
    return sum(terms, Fraction(0))


def until(histories: Histories, cutoff: date) -> Histories:
    """The histories as far as they were known at a cutoff."""
    known = {
        customer: [entry for entry in history if entry.day <= cutoff]
        for customer, history in histories.items()
    }
    return {customer: history for customer, history in known.items() if history}


def forecast(sales: Sales) -> Record:
    """The answer of `opttius forecast`, without its head."""
    today, histories = sales.book.clock.today, read_histories(sales)
    tested = _backtest(histories, today)
    refused = _refusal(histories, today, tested)
    answer: Record = {
        "horizon_days": YEAR,
        "refused": refused,
        "customers": len(histories),
        "expected_purchases": None,
        "expected_spent": None,
        "by_branch": None,
        "by_segment": None,
    }
    if refused is None:
        predicted = Curve(histories, today).predict()
        branches = {branch.id: branch.code for branch in sales.book.scope.branches}
        homes = {key: branches.get(entry.branch_id or "") for key, entry in sales.book.customers.items()}
        segments = {row["customer_id"]: row["segment"] for row in segment_rows(sales)}
        answer |= {
            **_sum(predicted, predicted),
            "customers": len(histories),
            "by_branch": _split(predicted, homes, "branch"),
            "by_segment": _split(predicted, segments, "segment"),
        }
    return answer | {"backtest": tested}


def expected_customers(sales: Sales) -> Record:
    """The figures of each customer of `opttius export forecast`, null where nothing is predicted."""
    today, histories = sales.book.clock.today, read_histories(sales)
    refused = _refusal(histories, today, _backtest(histories, today))
    predicted = {} if refused else Curve(histories, today).predict()
    names = ("expected_purchases_12m", "probability_12m_pct", "expected_spent_12m")
    return {
        customer: {
            "purchase_dates": len(history),
            **dict(zip(names, predicted.get(customer, (None, None, None)), strict=True)),
        }
        for customer, history in histories.items()
    }


def _sum(predicted: Record, customers: Any) -> Record:
    return {
        "expected_purchases": total(predicted[entry][0] for entry in customers),
        "expected_spent": total(predicted[entry][2] for entry in customers),
    }


def _split(predicted: Record, groups: Record, name: str) -> list[Record]:
    members: dict[str | None, list[str]] = defaultdict(list)
    for customer in predicted:
        members[groups[customer]].append(customer)
    keys = sorted(members, key=lambda key: (key is None, key or ""))
    return [{name: key, "customers": len(members[key]), **_sum(predicted, members[key])} for key in keys]


def _over(predicted: Decimal, actual: Decimal) -> Decimal | None:
    share = percent(predicted - actual, actual)
    return None if share is None else rounded(share, 2)


def _backtest(histories: Histories, today: date) -> Record:
    cutoff = today - timedelta(YEAR)
    known = until(histories, cutoff)
    curve = Curve(known, cutoff)
    predicted = curve.predict()
    came = {entry: [day for day in histories[entry] if cutoff < day.day] for entry in known}
    before = [day for some in known.values() for day in some if cutoff - timedelta(YEAR) < day.day]
    order = sorted(known, key=lambda entry: (-predicted[entry][2], entry))
    spent = {entry: total(day.money or Decimal(0) for day in came[entry]) for entry in known}
    bought, brought = sum(map(len, came.values())), total(spent.values())
    naive_spent = total(day.money or Decimal(0) for day in before)
    sums = _sum(predicted, known)
    return {
        "from": cutoff + timedelta(1),
        "to": today,
        "customers": len(known),
        "returns_learned": curve.returns,
        "predicted_purchases": sums["expected_purchases"],
        "actual_purchases": bought,
        "error_pct": _over(sums["expected_purchases"], Decimal(bought)),
        "naive_purchases": len(before),
        "naive_error_pct": _over(Decimal(len(before)), Decimal(bought)),
        "predicted_spent": sums["expected_spent"],
        "actual_spent": brought,
        "spent_error_pct": _over(sums["expected_spent"], brought),
        "naive_spent": naive_spent,
        "naive_spent_error_pct": _over(naive_spent, brought),
        "predicted_buyers": rounded(Fraction(total(entry[1] for entry in predicted.values())) / 100, 1),
        "actual_buyers": sum(bool(some) for some in came.values()),
        **_skill(predicted, came, spent, order),
        "deciles": _deciles(predicted, came, spent, order),
    }


def _skill(predicted: Record, came: Record, spent: dict[str, Decimal], order: list[str]) -> Record:
    if not order:
        return {"skill_pct": None, "best_tenth_pct": None}
    mean = Fraction(total(predicted[entry][0] for entry in order)) / len(order)
    missed = sum((Fraction(predicted[entry][0]) - len(came[entry])) ** 2 for entry in order)
    by_mean = sum((mean - len(came[entry])) ** 2 for entry in order)
    best = order[: (len(order) + 9) // 10]
    share = percent(total(spent[entry] for entry in best), total(spent.values()))
    return {
        "skill_pct": None if by_mean == 0 else rounded((1 - missed / by_mean) * 100, 2),
        "best_tenth_pct": None if share is None else rounded(share, 2),
    }


def _deciles(predicted: Record, came: Record, spent: dict[str, Decimal], order: list[str]) -> list[Record]:
    rows, start = [], 0
    for decile in range(1, 11):
        size = len(order) // 10 + (decile <= len(order) % 10)
        some, start = order[start : start + size], start + size
        if some:
            sums = _sum(predicted, some)
            rows.append(
                {
                    "decile": decile,
                    "customers": size,
                    "predicted_purchases": sums["expected_purchases"],
                    "actual_purchases": sum(len(came[entry]) for entry in some),
                    "predicted_spent": sums["expected_spent"],
                    "actual_spent": total(spent[entry] for entry in some),
                }
            )
    return rows


def _refusal(histories: Histories, today: date, tested: Record) -> str | None:
    first = min((history[0].day for history in histories.values()), default=today)
    if (today - first).days < 2 * YEAR:
        return "short_history"
    if tested["customers"] < 200 or tested["returns_learned"] < 100:
        return "few_returns"
    if tested["error_pct"] is None or abs(tested["error_pct"]) > 25:
        return "backtest_missed"
    skill = tested["skill_pct"]
    return "no_skill" if skill is not None and skill <= 0 else None
