"""``python -m benchmarks.csv_forms [PROGRAM]``: how fast CSV of each form loads, beside an older opttius.

The two load the same files in turn, A B A B, as whole processes, so that the ratio holds on a machine whose speed
drifts. Without PROGRAM, the path of the other opttius, each form is compared with the first.
"""

from __future__ import annotations

import csv
import re
import sys
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.__main__ import KEEP, TIMES, build_environment
from benchmarks.cases import PROGRAM
from benchmarks.measure import Measure, measure_once
from benchmarks.shop import create_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CUSTOMERS = 20_000
_DECIMAL = re.compile(r"-?\d+\.\d{1,3}")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)( \d\d:\d\d:\d\d)?(?:\+00)?")


def write_spanish_cell(cell: str) -> str:
    """Write a decimal with a comma."""
    return cell.replace(".", ",") if _DECIMAL.fullmatch(cell) else cell


def write_dated_cell(cell: str) -> str:
    """Write a decimal with a comma, and a date with its day first."""
    moment = _MOMENT.fullmatch(cell)
    return f"{moment[3]}-{moment[2]}-{moment[1]}{moment[4] or ''}" if moment else write_spanish_cell(cell)


FORMS: dict[str, Callable[[str], str] | None] = {
    "plain": None,
    "semicolon, decimal comma": write_spanish_cell,
    "and the day first": write_dated_cell,
}


def write_form(name: str, plain: Path) -> Path:
    """Write the files of ``plain`` in a form, unless they are there; return their folder."""
    write_cell = FORMS[name]
    if write_cell is None:
        return plain
    folder = KEEP / f"{plain.parent.name}-form-{list(FORMS).index(name)}"
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    for path in plain.glob("*.csv"):
        with (
            path.open(newline="", encoding="utf-8") as source,
            (folder / path.name).open("w", newline="", encoding="utf-8") as out,
        ):
            csv.writer(out, delimiter=";", lineterminator="\n").writerows(
                [write_cell(cell) for cell in row] for row in csv.reader(source)
            )
    return folder


def measure_load(program: str, source: Path) -> Measure:
    """Load ``source`` once with the opttius at ``program``."""
    into = KEEP / "form.duckdb"
    into.unlink(missing_ok=True)
    command = (program, "load", "--source", str(source), "--into", str(into), "--quiet", "--format", "json")
    return measure_once(command, folder=KEEP, environment=build_environment())


def main(arguments: list[str]) -> int:
    """Measure every form; print seconds of processor time and ratios."""
    plain = create_shop(KEEP, CUSTOMERS, "csv").folder
    for name in FORMS:
        source = write_form(name, plain)
        ours, others = (PROGRAM, source), (arguments[0], source) if arguments else (PROGRAM, plain)
        pairs = [(measure_load(*ours), measure_load(*others)) for _ in range(TIMES + 1)][1:]
        ratios = sorted(one.cpu / other.cpu for one, other in pairs)
        seconds = median(one.cpu for one, _other in pairs), median(other.cpu for _one, other in pairs)
        print(
            f"{name:26}{seconds[0]:7.2f} s{seconds[1]:7.2f} s   ratio {median(ratios):.2f} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
