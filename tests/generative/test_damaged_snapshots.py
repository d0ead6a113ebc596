"""Whatever a disk does to a snapshot, the answer is the right one, or a sentence with the code of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from cli.run_program import RunResult, run_inline, set_clean_env
from hypothesis import example, given
from hypothesis import strategies as st
from sources.snapshots import order_line, orders_csv, write_shop

from generative.damage import Damage, damages, write_foreign_snapshot
from generative.fuzz import fuzz
from opttius_cli.snapshot.open import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("dashboard", "--period", "30", "-f", "json"),
    ("customers", "-f", "csv"),
    ("segments", "-f", "csv"),
    ("check", "--fail-on", "never", "-f", "json"),
    ("explain", "total_revenue", "-f", "csv"),
    ("sql", "SELECT count(*) AS n, sum(total_amount) AS total FROM orders", "-f", "csv"),
    ("sql", "SELECT * FROM customers ORDER BY ALL", "-f", "csv"),
    ("export", "sales", "-o", "-"),
)
SCOPE = ("--as-of", "2026-11-22")
TOLD = "cannot be read any more; it is loaded again."


@dataclass(frozen=True)
class Store:
    """An export with its snapshot, both whole; ``answers`` are what the commands say of it."""

    export: Path
    snapshot: Path
    data: bytes
    run: Callable[..., RunResult]
    answers: dict[tuple[str, ...], str]

    def ask(self, command: tuple[str, ...], source: Path | None = None) -> RunResult:
        """Run a command on the export, or on another source."""
        return self.run(*command, *SCOPE, "-s", source or self.export)

    def put(self, data: bytes) -> None:
        """Put a file in the place of the snapshot."""
        self.snapshot.write_bytes(data)

    def get_answer(self, command: tuple[str, ...]) -> str:
        """What a command says of the whole snapshot."""
        if command not in self.answers:
            self.put(self.data)
            ran = self.ask(command)
            assert ran.code == 0, ran.err
            self.answers[command] = ran.out
        return self.answers[command]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[tuple[str, ...], str]]:
    """A small shop, a folder for its snapshot, and no answers yet."""
    folder = tmp_path_factory.mktemp("store")
    orders = (
        order_line(number, created=f"2026-11-{1 + number % 22:02d} 03:04:05+00") for number in range(500)
    )
    return write_shop(folder / "export", orders=orders_csv(*orders)), folder / "cache", {}


@pytest.fixture
def store(
    loaded: tuple[Path, Path, dict[tuple[str, ...], str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Store:
    """The small shop, loaded."""
    export, cache, answers = loaded
    set_clean_env(monkeypatch)
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(cache))
    run = run_inline(capsys)
    ran = run(*COMMANDS[1], *SCOPE, "-s", export)
    assert ran.code == 0, ran.err
    (snapshot,) = cache.glob("*.duckdb")
    return Store(export, snapshot, snapshot.read_bytes(), run, answers)


def check_answer(store: Store, command: tuple[str, ...], data: bytes) -> None:
    """The answer is the right one; that it was loaded again was told, and it is whole now."""
    answer = store.get_answer(command)
    store.put(data)
    ran = store.ask(command)
    assert ran.code == 0, ran.err
    assert ran.out == answer
    if TOLD in ran.err:
        assert TOLD not in store.ask(command).err


@fuzz(24)
@given(damages, st.sampled_from(COMMANDS))
@example(Damage("bits", 0, 3), COMMANDS[4])
@example(Damage("cut a byte", 0, 0), COMMANDS[6])
def test_a_damaged_snapshot_heals_itself(store: Store, damage: Damage, command: tuple[str, ...]) -> None:
    check_answer(store, command, damage.apply(store.data))


@fuzz(24)
@given(damages, st.sampled_from(COMMANDS))
def test_a_damaged_file_of_a_user_is_named_and_left(
    store: Store, damage: Damage, command: tuple[str, ...]
) -> None:
    file = store.export.with_name("mine.duckdb")
    data = damage.apply(store.data)
    file.write_bytes(data)
    ran = store.ask(command, file)
    assert ran.code in {0, 4}, ran.err
    if ran.code == 0:
        # JSON names the source.
        assert ran.out == store.get_answer(command) or "json" in command
    else:
        assert (ran.out, ran.err.count("Error: ")) == ("", 1)
        assert str(file) in ran.err
    assert file.read_bytes() == data


MANIFEST = {
    "source": "", "fingerprint": "x", "loaded_at": "2026-11-23T15:00:00+00:00", "schema_version": "12",
    "options": "naive=UTC", "reader": "",
}  # fmt: skip
values = st.sampled_from(
    [None, "", "2026-11-23", "2026-11-23T15:00:00", "0001-01-01T00:00:00+14:00", "NaN", "99"]
)


@fuzz(8)
@given(st.dictionaries(st.sampled_from(sorted(MANIFEST)), values), st.sampled_from(["foreign", "own"]))
def test_a_manifest_of_somebody_else_is_data(
    store: Store, changed: dict[str, str | None], whose: str
) -> None:
    store.put(store.data)
    manifest = read_manifest(store.snapshot)
    facts = MANIFEST | (dict(manifest.facts) if manifest and whose == "own" else {})
    write_foreign_snapshot(store.snapshot, {**facts, **changed})
    check_answer(store, COMMANDS[1], store.snapshot.read_bytes())
    assert store.run("cache", "list", "-f", "json").code == 0
