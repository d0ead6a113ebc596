"""What the reports of the forecast get: the curves of now and of a year ago, or why there is no prediction."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.models.forecast import STEP_DAYS, STEPS_AHEAD, Counts, State, Tally, learn_curve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    import pyarrow as pa

YEAR_DAYS = STEP_DAYS * STEPS_AHEAD
LEAST_CUSTOMERS = 200
LEAST_RETURNS = 100
MOST_ERROR_PCT = 25


def build_forecast(
    on_date: date,
    run: Callable[[str, dict[str, Any]], pa.Table],
    create: Callable[[str, dict[str, Any]], None],
) -> dict[str, Any]:
    """Learn the curve of a year ago, and that of now unless what came speaks against it; return the parameters.

    ``run`` runs a report of the folder ``forecast`` with parameters, ``create`` creates a shared view with
    variables: ``backtested``, then ``predicted``. ``refusal`` says why there is no prediction.
    """
    before = on_date - timedelta(days=YEAR_DAYS)
    curve = build_curve(run("spell_counts", {"cutoff": before}).to_pylist())
    create("backtested", {"cutoff": before, "backtest_curve": curve})
    parameters = {"cutoff": before, "backtest_curve": curve, "refused": None}
    [tested] = run("backtest", parameters).to_pylist()
    [extent] = run("extent", {}).to_pylist()
    refused = find_refusal(tested, extent["first_purchase"], on_date)
    if refused:
        parameters |= {"refused": refused, "refusal": describe_refusal(refused, tested)}
        create("predicted", {"curve": "{}"})
    else:
        create("predicted", {"curve": build_curve(run("spell_counts", {"cutoff": on_date}).to_pylist())})
    return parameters


def build_curve(rows: Iterable[dict[str, Any]]) -> str:
    """Return what SQL needs of the curve that ``rows`` of counted facts teach, as JSON."""
    rows = list(rows)
    curve = learn_curve(count_facts(rows))
    silent = [
        {
            "pace": row["pace"],
            "count_class": row["count_class"],
            "days": row["step"],
            **curve.predict(State(row["pace"], row["count_class"]), row["step"])._asdict(),
        }
        for row in rows
        if row["fact"] == "silent"
    ]
    tickets = [{"pace": pace, "band": band, "money": money} for (pace, band), money in curve.tickets.items()]
    return json.dumps({"opening": curve.opening, "tickets": tickets, "silent": silent})


def count_facts(rows: Iterable[dict[str, Any]]) -> Counts:
    """Return the counts that the rows of ``forecast/spell_counts`` tell."""
    at_risk: dict[tuple[State, int], int] = {}
    events: dict[tuple[State, int], int] = {}
    moves: dict[tuple[State, State], int] = {}
    later: dict[tuple[int, int], Tally] = {}
    first = Tally()
    for row in rows:
        state, step, occasions = State(row["pace"], row["count_class"]), row["step"], row["occasions"]
        match row["fact"]:
            case "spell":
                for earlier in range(step + 1):
                    at_risk[state, earlier] = at_risk.get((state, earlier), 0) + occasions
                if row["reached"]:
                    events[state, step] = occasions
            case "move":
                moves[state, State(step, row["reached"])] = occasions
            case "later":
                later[row["pace"], step] = Tally(occasions, row["money"])
            case "first":
                first = Tally(occasions, row["money"])
    return Counts(at_risk, events, moves, later, first)


def find_refusal(tested: dict[str, Any], first_purchase: date | None, on_date: date) -> str | None:
    """Return the first reason not to predict that holds, None when the backtest allows it."""
    if first_purchase is None or (on_date - first_purchase).days < 2 * YEAR_DAYS:
        return "short_history"
    if tested["customers"] < LEAST_CUSTOMERS or tested["returns_learned"] < LEAST_RETURNS:
        return "few_returns"
    if tested["error_pct"] is None or abs(tested["error_pct"]) > MOST_ERROR_PCT:
        return "backtest_missed"
    if tested["skill_pct"] is not None and tested["skill_pct"] <= Decimal(0):
        return "no_skill"
    return None


def describe_refusal(refused: str, tested: dict[str, Any]) -> str:
    """Return why there is no prediction, in a sentence."""
    if refused == "short_history":
        return _("No prediction: purchases go back less than 728 days. Load older ones, or wait.")
    if refused == "few_returns":
        return _(
            "No prediction: {customers} and {returns} were known a year ago; {least_customers} and {least_returns} are "
            "needed. Widen the scope.",
            customers=n_("{count} customer", "{count} customers", tested["customers"]),
            returns=n_("{count} return", "{count} returns", tested["returns_learned"]),
            least_customers=LEAST_CUSTOMERS,
            least_returns=LEAST_RETURNS,
        )
    if refused == "backtest_missed" and tested["error_pct"] is None:
        return _("No prediction: nobody bought in the 364 days that it was tried on.")
    if refused == "backtest_missed":
        return _(
            "No prediction: a year ago it would have missed by {error} percent; {most} is the most that is allowed.",
            error=tested["error_pct"],
            most=MOST_ERROR_PCT,
        )
    return _("No prediction: a year ago it would have told customers apart no better than their mean does.")
