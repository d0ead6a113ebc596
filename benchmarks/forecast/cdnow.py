"""CDNOW: what 23,570 customers of a music shop bought in 545 days of 1997 and 1998; the package lifetimes has it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.forecast.chains import write_exports

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_DAY = date(1998, 6, 30)


def write_cdnow(folder: Path) -> Path:
    """Write CDNOW as a folder of exports; money is in dollars."""
    import lifetimes

    file = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
    histories: dict[str, list[tuple[date, str]]] = {}
    for customer, day, _discs, money in _read_lines(file.read_text(encoding="utf-8").splitlines()):
        histories.setdefault(customer, []).append((date.fromisoformat(day), money))
    return write_exports(folder, [sorted(history) for history in histories.values()], currency="USD")


def _read_lines(lines: Iterable[str]) -> Iterable[tuple[str, str, str, str]]:
    """Yield customer, day, number of discs and money; the first line is a header where it is no number."""
    for line in lines:
        fields = line.split()
        if fields and fields[0].isdigit():
            customer, day, discs, money = fields
            yield customer, f"{day[:4]}-{day[4:6]}-{day[6:8]}", discs, money
