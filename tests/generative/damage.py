"""What happens to a file of DuckDB on a bad disk: every kind of damage, at every place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 262_144
"""The bytes of a block of DuckDB; three headers of 4,096 bytes stand before the first."""
HEADER = 4_096
KINDS = ("bit", "bits", "cut", "cut a byte", "zeroed page", "magic", "version", "longer", "empty", "other")


@dataclass(frozen=True)
class Damage:
    """A kind of damage, and the place where it happens, as a part of the file."""

    kind: str
    place: float
    bit: int

    def apply(self, data: bytes) -> bytes:
        """The file after the damage."""
        if self.kind == "other":
            return b"SQLite format 3\x00" + data[16:HEADER]
        changed = bytearray(data)
        if self.kind in {"magic", "version", "longer", "empty"}:
            self._change_whole(changed)
        else:
            self._change_place(changed, min(int(self.place * len(data)), len(data) - 1))
        return bytes(changed)

    def _change_place(self, changed: bytearray, at: int) -> None:
        match self.kind:
            case "bit":
                changed[at] ^= 1 << self.bit
            case "bits":
                for start in range(3 * HEADER + self.bit * 1_000, len(changed), BLOCK):
                    changed[start] ^= 1 << self.bit
            case "cut":
                del changed[at:]
            case "cut a byte":
                del changed[-1 - self.bit :]
            case "zeroed page":
                start = at // HEADER * HEADER
                changed[start : start + HEADER] = bytes(len(changed[start : start + HEADER]))

    def _change_whole(self, changed: bytearray) -> None:
        match self.kind:
            case "magic":
                changed[8:12] = b"DOCK"
            case "version":
                changed[12:20] = (1_000 + self.bit).to_bytes(8, "little")
            case "longer":
                changed += b"\x00" * (1 + self.bit)
            case "empty":
                changed.clear()


damages = st.builds(
    Damage, st.sampled_from(KINDS), st.floats(0, 1, exclude_max=True), st.integers(min_value=0, max_value=7)
)


def write_foreign_snapshot(path: Path, facts: dict[str, str | None]) -> None:
    """Write a file that has a manifest as a snapshot does, and nothing else that a snapshot has."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA meta; CREATE TABLE meta.manifest (name VARCHAR, value VARCHAR)")
        con.executemany("INSERT INTO meta.manifest VALUES (?, ?)", [list(fact) for fact in facts.items()])
