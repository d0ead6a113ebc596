"""Write a sample with ``python -m opttius_cli.sample``; without options, the one under sample_data/.

With ``--odd-cases`` it prints the rows written by hand, as the table in sample_data/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from opttius_cli.sample import LOYALTY, generate_sample, list_odd_cases


def _parse_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m opttius_cli.sample")
    parser.add_argument("--out", type=Path, default=Path("sample_data"))
    parser.add_argument("--customers", type=int, default=800)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 11, 22))
    parser.add_argument("--loyalty", type=int, default=LOYALTY)
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--odd-cases", action="store_true")
    return parser.parse_args(arguments)


def format_odd_cases(until: date) -> str:
    """Return the rows written by hand as a Markdown table."""
    with tempfile.TemporaryDirectory() as spill:
        cases = list_odd_cases(Path(spill), until=until)
    lines = [f"| {case.table} | `{case.id}` | {case.description} |" for case in cases]
    return "\n".join(["| table | id | what is odd |", "|---|---|---|", *lines]) + "\n"


def main(arguments: list[str]) -> None:
    """Write the sample or the odd cases; print the rows per table."""
    options = _parse_options(arguments)
    if options.odd_cases:
        sys.stdout.write(format_odd_cases(options.until))
        return
    rows = generate_sample(
        options.out,
        customers=options.customers,
        seed=options.seed,
        until=options.until,
        loyalty=options.loyalty,
        file_format=options.format,
    )
    sys.stdout.writelines(f"{table}: {count}\n" for table, count in rows.items())


if __name__ == "__main__":
    main(sys.argv[1:])
