"""The invented shop that is measured on, made once per size and kept outside the repository's history.

A process of its own makes it: one that has been large would pass its peak memory on to those it measures.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.installation.resources import find_sql_folder

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = "2026-11-22"
SEED = "2026"


@dataclass(frozen=True, slots=True)
class Shop:
    """A folder of exports and how many rows all its tables have together."""

    folder: Path
    rows: int


def create_shop(keep: Path, customers: int, file_format: str) -> Shop:
    """The shop of so many customers, kept under ``keep``; made anew when its generator has changed."""
    folder = keep / f"{customers}-{file_format}-{_hash_generator()}"
    counted = folder / "rows.json"
    if not counted.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        making = folder.with_name(f"{folder.name}.{os.getpid()}")
        sample_run = subprocess.run(
            [
                *(sys.executable, "-m", "opttius_cli.sample", "--out", str(making / "exports")),
                *("--format", file_format, "--customers", str(customers), "--seed", SEED, "--until", UNTIL),
            ],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        rows = dict(line.split(": ") for line in sample_run.stdout.splitlines())
        text = json.dumps({table: int(count) for table, count in rows.items()})
        (making / "rows.json").write_text(text, encoding="utf-8")
        making.rename(folder)
    return Shop(folder / "exports", sum(json.loads(counted.read_text(encoding="utf-8")).values()))


def _hash_generator() -> str:
    """A digest of the SQL that makes the sample."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted((find_sql_folder() / "sample").rglob("*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
