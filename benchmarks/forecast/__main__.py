"""Work out how far off each model is on each data set, print it, and store it in ``benchmarks/results``."""

from __future__ import annotations

import io
import json
import tempfile
import warnings
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.forecast import RESULTS, TOOL
from benchmarks.forecast.cdnow import LAST_DAY, write_cdnow
from benchmarks.forecast.chains import CHAINS, UNTIL, write_chain
from benchmarks.forecast.predictions import Backtest, run_backtest
from benchmarks.text_table import align_columns
from opttius_cli.session.parameters.forecast import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = ("data", "model", "purchases %", "money %", "AUC", "skill %", "refused")
MEASURES = (
    *("expected_purchases", "expected_spent", "probability_pct", "purchases", "spent"),
    *("purchases_before", "spent_before"),
)
WEEK = 7
PENALTIES = (0.0, 0.001, 0.01, 0.1)
"""What holds the parameters of BG/NBD back: the least with which it predicts at all."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model expects of each customer.

    Purchases, money, and a score that is higher the surer it is that the customer buys.
    """

    model: str
    purchases: Any
    money: Any
    chance: Any


def main() -> None:
    """Print a line for each data set and model, and store them: the same figures wherever they are worked out."""
    warnings.simplefilter("ignore")
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in CHAINS:
            rows += _compare_models(name, run_backtest(write_chain(name, folder / name), UNTIL, folder))
        rows += _compare_models("CDNOW", run_backtest(write_cdnow(folder / "cdnow"), LAST_DAY, folder))
    print("\n".join(align_columns([HEADINGS, *(tuple(map(str, row.values())) for row in rows)], left={0, 1})))
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _compare_models(name: str, backtest: Backtest) -> Iterator[dict[str, Any]]:
    """Yield a row for each model; ``refused`` marks figures of the tool's that its command would not print."""
    columns = {column: backtest.rows.column(column).to_pandas() for column in backtest.rows.column_names}
    values = {column: columns[column].astype(float) for column in MEASURES}
    predictions = [
        Prediction(TOOL, values["expected_purchases"], values["expected_spent"], values["probability_pct"]),
        Prediction(
            "last year again", values["purchases_before"], values["spent_before"], values["purchases_before"]
        ),
        predict_by_lifetimes(columns, backtest),
    ]
    for prediction in predictions:
        yield {
            "data": name,
            "model": prediction.model,
            "purchases": _compare_totals(prediction.purchases, values["purchases"]),
            "money": _compare_totals(prediction.money, values["spent"]),
            "auc": round(compute_auc(prediction.chance, values["purchases"] > 0), 3),
            "skill": round(_compute_skill(prediction.purchases, values["purchases"]), 1),
            "refused": prediction.model == TOOL and bool(backtest.refused),
        }


def predict_by_lifetimes(columns: dict[str, Any], backtest: Backtest) -> Prediction:
    """Fit BG/NBD to the dates and Gamma-Gamma to the money of repeated purchases, as the package lifetimes does."""
    from lifetimes import GammaGammaFitter

    days = [columns[name].map(lambda day: day.toordinal()) for name in ("first_date", "last_date")]
    # In weeks, as CDNOW is usually read: in days the search for the parameters takes minutes.
    frequency, recency = columns["dates"].astype(int) - 1, (days[1] - days[0]) / WEEK
    age = (backtest.cutoff.toordinal() - days[0]) / WEEK
    purchases = _predict_purchases(frequency, recency, age)
    mean_money = columns["mean_money"].astype(float).fillna(0)
    is_repeated = (frequency > 0) & (mean_money > 0)
    # In units of the mean, or the search for the parameters does not end.
    unit = mean_money[is_repeated].mean()
    spending = GammaGammaFitter(penalizer_coef=0.001).fit(
        frequency[is_repeated], mean_money[is_repeated] / unit
    )
    ticket = (
        spending.conditional_expected_average_profit(
            frequency.where(is_repeated, 0), mean_money.where(is_repeated, 0) / unit
        )
        * unit
    )
    return Prediction("BG/NBD + Gamma-Gamma", purchases, purchases * ticket, purchases)


def _predict_purchases(frequency: Any, recency: Any, age: Any) -> Any:
    """Fit BG/NBD, held back as little as it needs to end, and return what it expects of the next 364 days."""
    from lifetimes import BetaGeoFitter
    from lifetimes.utils import ConvergenceError

    for penalty in PENALTIES:
        # The package prints the whole search when it does not end.
        with suppress(ConvergenceError), redirect_stdout(io.StringIO()):
            fitter = BetaGeoFitter(penalizer_coef=penalty).fit(frequency, recency, age)
            purchases = fitter.predict(YEAR_DAYS / WEEK, frequency, recency, age)
            if purchases.notna().all():
                return purchases
    message = f"BG/NBD finds no parameters, not even with a penalty of {PENALTIES[-1]}."
    raise RuntimeError(message)


def _compare_totals(predicted: Any, actual: Any) -> float:
    """By how many percent the predicted total is off."""
    return round(float((predicted.sum() / actual.sum() - 1) * 100), 1)


def _compute_skill(predicted: Any, actual: Any) -> float:
    """How much less the predictions miss than the mean prediction would, in percent."""
    missed, by_mean = ((predicted - actual) ** 2).sum(), ((predicted.mean() - actual) ** 2).sum()
    return float((1 - missed / by_mean) * 100)


def compute_auc(scores: Any, bought: Any) -> float:
    """Return the chance that one who bought has a higher score than one who did not; equal scores count half."""
    buyers = int(bought.sum())
    ranks = float(scores.rank()[bought].sum())
    return (ranks - buyers * (buyers + 1) / 2) / (buyers * (len(bought) - buyers))


if __name__ == "__main__":
    main()
