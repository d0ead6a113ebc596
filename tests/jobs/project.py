"""A working folder with an opttius.toml, the clock that its jobs see, and what they left behind."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.jobs.ledger import LEDGER_FILE, Ledger, Run
from opttius_cli.jobs.lock import lock_job
from opttius_cli.jobs.run_job import LOCK_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest
    from cli.run_program import RunResult

HEAD = """
source = "{shop}"
organization = "mirador-austral"
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A working folder; ``run`` runs the program in it."""

    folder: Path
    state: Path
    shop: Path
    run: Callable[..., RunResult]
    patch: pytest.MonkeyPatch

    def write_config(self, text: str) -> None:
        """Write opttius.toml: the shop, then ``text``."""
        (self.folder / "opttius.toml").write_text(HEAD.format(shop=self.shop) + text, encoding="utf-8")

    def set_clock(self, moment: str) -> None:
        """Set the clock."""
        self.patch.setenv("OPTTIUS_NOW", moment)

    @property
    def ledger(self) -> Ledger:
        """The ledger of this folder's state."""
        return Ledger(self.state / LEDGER_FILE)

    def runs(self, job_name: str) -> list[Run]:
        """The runs of a job, the oldest first."""
        return self.ledger.list_runs(job_name, self.folder / "opttius.toml")[::-1]

    def read_ledger(self) -> dict[str, Any]:
        """The newest row of the ledger, as it is stored."""
        with closing(sqlite3.connect(self.ledger.file)) as con:
            con.row_factory = sqlite3.Row
            return dict(con.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone())

    def write_ledger(self, row: dict[str, Any]) -> None:
        """Put a row that was read back."""
        with closing(sqlite3.connect(self.ledger.file)) as con, con:
            places = ", ".join(f":{name}" for name in row)
            con.execute(f"REPLACE INTO runs ({', '.join(row)}) VALUES ({places})", row)

    def hold_lock(self, job_name: str) -> AbstractContextManager[None]:
        """The lock of a job, as a run of it holds it."""
        return lock_job(self.state / LOCK_FOLDER, job_name, self.folder / "opttius.toml")


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a set, after comparing every file with it."""
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = {file["name"] for file in content["files"]}
    assert {path.name for path in folder.iterdir()} == names | {"manifest.json"}
    for file in content["files"]:
        data = (folder / file["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"]), file["name"]
    return content
