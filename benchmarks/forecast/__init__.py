"""The forecast against last year again and BG/NBD with Gamma-Gamma: ``python -m benchmarks.forecast`` prints the table.

It also stores the figures, which the pages take from there. The rivals are of the package lifetimes, which the extra
``rivals`` installs, together with the data of CDNOW.
"""

from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "forecast.json"
TOOL = "opttius"
