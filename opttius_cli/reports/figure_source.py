"""Which rows a figure is made of, and how, as its column declares it: ``of``, ``take``, ``where`` and more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from opttius_cli.reports.shared_views import load_shared_view

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG_WINDOWS = ("in_month", "in_active_days", "in_done_days", "in_weighing", "of_customer")
"""Windows that reach back further than the period and the one before it."""
WINDOWS = ("in_window", "in_previous", *LONG_WINDOWS)
"""Words of ``where`` that say of which rows a figure speaks at all; any other condition is a step."""
MONEY_STEPS = ("other_currency", "no_amount")
"""Steps at which rows leave that have no money, so only figures of money take them."""
EVERY = "count every"
"""Counts the rows of a ledger whether they leave it or not."""
MONEY_TAKES = ("sum money", "count money", "branches ahead")
_STEP_NAMES = {
    "attributed": "unattributed",
    "repeated": "bought_once",
    "enabled": "disabled",
    "undated": "dated",
    "moved": "not_moved",
    "stored_status": "other_status",
    "table_name": "other_table",
    "previous_segment": "other_segment_before",
    "repeated_before": "bought_once",
    "has_branch": "no_branch",
    "bought": "never_bought",
}
"""What leaves by a condition; by any other it is ``other_`` and the column."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a figure on a column of its ledger; ``value`` is None for that of the explained row."""

    column: str
    value: str | None

    @property
    def step(self) -> str:
        """The step at which rows leave that do not meet it."""
        return _STEP_NAMES.get(self.column, f"other_{self.column}")


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Where a figure comes from: a ledger, of which windows, on what conditions, and what is taken of its rows.

    A figure with a ``formula`` is made of others; its ledger holds the rows behind them. ``measure`` is the column of
    the ledger that is measured. Rows without money leave a figure that ``is_money``.
    """

    ledger: str
    take: str
    windows: tuple[str, ...]
    conditions: tuple[Condition, ...]
    formula: str
    section: str
    measure: str
    is_money: bool

    @property
    def follows_row(self) -> bool:
        """Whether its rows are those of the figure that its row names."""
        return self.ledger == "$row"

    def follow(self, figure: FigureSource, name: str) -> FigureSource:
        """Return the source of this column in the row of ``figure``, which is called ``name``."""
        followed = figure.shift_to_previous() if "in_previous" in self.windows else figure
        return replace(followed, formula=self.formula.replace("$row", name) or followed.formula)

    def shift_to_previous(self) -> FigureSource:
        """Return the same over the window before."""
        windows = tuple("in_previous" if word == "in_window" else word for word in self.windows)
        conditions = tuple(
            replace(condition, column="repeated_before") if condition.column == "repeated" else condition
            for condition in self.conditions
        )
        return replace(self, windows=windows, conditions=conditions)

    def needs_all_history(self) -> bool:
        """Return whether its rows may be older than the period and the one before it."""
        return not set(self.windows).isdisjoint(LONG_WINDOWS)

    @property
    def view(self) -> str:
        """The shared view that holds its ledger."""
        return f"{self.ledger}_ledger"

    def list_steps(self, *, has_payments: bool) -> tuple[list[str], str]:
        """Return the steps from all rows to those that count, in order, and the one that takes money and no rows."""
        view = load_shared_view(self.view)
        steps = [] if self.take == EVERY else list(view.steps)
        if not self.is_money:
            steps = [step for step in steps if step not in MONEY_STEPS]
        if has_payments and self.ledger == "payments":
            # Only orders can be unpaid; they stand in for payments where that table is absent.
            steps.remove("unpaid")
        last = steps[-1:] if steps[-1:] == [view.adjustment] else []
        own = [condition.step for condition in self.conditions]
        steps = [*steps[: len(steps) - len(last)], *own, *last]
        return ["rows", *steps, "figure"], view.adjustment


def parse_source(declaration: Mapping[str, Any]) -> FigureSource | None:
    """Return the source that a column declares, None where it declares none."""
    if "of" not in declaration:
        return None
    words = [word.strip() for word in declaration.get("where", "").split(" and ") if word.strip()]
    conditions = []
    for word in (word for word in words if word not in WINDOWS):
        column, _equals, value = (part.strip() for part in word.partition("="))
        conditions.append(Condition(column, None if value == "$row" else value))
    take, formula = declaration.get("take", ""), declaration.get("formula", "")
    return FigureSource(
        declaration["of"],
        take,
        tuple(word for word in words if word in WINDOWS),
        tuple(conditions),
        formula,
        declaration.get("section", ""),
        declaration.get("measure", "measure"),
        take in MONEY_TAKES or any(money in formula for money in MONEY_TAKES),
    )
