"""What each customer was expected to buy in the 364 days after a cutoff, and bought: one row each, by every model.

The forecast is asked as its own backtest asks it. Where the command would refuse (CDNOW is too short), the model is
called below the refusal, and the table says so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.session.open_session import open_session
from opttius_cli.session.parameters.prepared_views import create_views
from opttius_cli.session.parameters.query import DEFAULT_PARAMETERS, build_parameters
from opttius_cli.session.run_reports import build_forecast_parameters
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

_ROWS = """
SELECT
    predicted.customer_id, predicted.expected_purchases, predicted.probability_pct, predicted.expected_spent,
    predicted.purchases, predicted.spent, predicted.purchases_before, predicted.spent_before,
    count(*) AS dates, min(local_date) AS first_date, max(local_date) AS last_date,
    avg(CASE WHEN place > 1 THEN CAST(money AS DOUBLE) END) AS mean_money
FROM backtest_rows($cutoff, $curve) AS predicted
INNER JOIN occasions ON predicted.customer_id = occasions.customer_id AND occasions.local_date <= $cutoff
GROUP BY ALL
ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Backtest:
    """A row per customer known at the cutoff, and why the command would predict nothing."""

    rows: pa.Table
    cutoff: date
    refused: str | None


def run_backtest(source: Path, until: date, cache: Path) -> Backtest:
    """Load a folder of exports, and predict the 364 days up to ``until`` as they were predicted before."""
    environment = {
        **os.environ,
        "OPTTIUS_CACHE_FOLDER": str(cache / "cache"),
        "OPTTIUS_CONFIG_DIR": str(cache / "config"),
        "OPTTIUS_STATE_DIR": str(cache / "state"),
    }
    settings = config.resolve_config({"source": str(source)}, environment, cache)
    now = datetime.combine(until, time(12), UTC) + timedelta(1)
    request = Request(settings, environment, now, Reporter(), as_of=until.isoformat())
    with open_session(request) as active_session:
        return _ask(active_session)


def _ask(active_session: Any) -> Backtest:
    library = active_session.library
    create_views(
        active_session, [library.load_report(f"forecast/{name}") for name in ("backtest", "spell_counts")]
    )
    parameters = build_forecast_parameters(
        active_session, build_parameters(active_session) | dict(DEFAULT_PARAMETERS)
    )
    cutoff = parameters["cutoff"]
    rows = active_session.engine.run_query(_ROWS, {"cutoff": cutoff, "curve": parameters["backtest_curve"]})
    return Backtest(rows, cutoff, parameters["refused"])
