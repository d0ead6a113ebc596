"""Whatever a stored file holds, or stands in its place, it is read as data or passed over, and nothing waits for it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from opttius_cli import audit
from opttius_cli.command_support import loaded_memo
from opttius_cli.jobs import publish
from opttius_cli.worklist.ledger import DecidedList, Ledger, LedgerError, LedgerRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROW = LedgerRow("c1", "listed", 1, "ready", "2026-11-01", ("balance",), "10.00", "5.50")
DECIDED = DecidedList("b1", "2026-W47", date(2026, 11, 16), 3, 1, {"contacted": 2}, (ROW,))
MANIFEST = {
    "made_by": "opttius", "job": "daily", "as_of": "2026-11-22T07:00:00-03:00",
    "loaded_at": "2026-11-22T06:00:00+00:00", "files": [{"name": "daily.csv", "sha256": "0f"}],
}  # fmt: skip
MEMO = {"key": {"snapshot": "/none", "stamp": None, "facts": {"branches": [["CM-001", "Centro"]]}}}
RUN = {
    "run": "a1",
    "time": "2026-11-22T07:00:00+00:00",
    "command": "load",
    "rows": 3,
    "branches": ["x"],
    "seconds": 0.5,
}


def read_worklist(folder: Path) -> None:
    """The decided lists: all of a branch, or an error."""
    lists = []
    with suppress(LedgerError):
        lists = Ledger(folder).read_lists("b1")
    assert all(isinstance(row.customer_id, str) for decided in lists for row in decided.rows)


def read_manifest(folder: Path) -> None:
    """The manifest of a set: whole, or none."""
    manifest = publish.read_manifest(folder)
    if manifest is not None:
        assert datetime.fromisoformat(manifest["as_of"]).tzinfo is not None
        assert all((folder / file["name"]).parent == folder for file in manifest["files"])
        assert [path.name for path in publish._list_foreign_files(folder, manifest)] == []


def read_memo(folder: Path) -> None:
    """The facts of the loaded data: pairs of texts, or none."""
    facts = loaded_memo.recall_facts("key", {"OPTTIUS_STATE_DIR": str(folder)}) or {}
    assert all(isinstance(text, str) for pairs in facts.values() for pair in pairs for text in pair)


def read_audit(folder: Path) -> None:
    """The runs of the audit log: known values of their types; other lines are counted."""
    try:
        runs, _unreadable = audit.read_runs(folder, datetime(2020, 1, 1, tzinfo=UTC))
    except OSError:
        return
    assert all(isinstance(run["rows"], int | None) and "newer" not in run for run in runs)


STORED: dict[str, tuple[str, Any, Callable[[Path], None]]] = {
    "worklist": ("b1/2026-W47.json", None, read_worklist),
    "manifest": ("manifest.json", MANIFEST, read_manifest),
    "memo": (loaded_memo.FILE_NAME, MEMO, read_memo),
    "audit": (audit.FILE_NAME, RUN, read_audit),
}
"""The files that are stored as JSON: the name, what it holds when it is whole, and how it is read."""

ATOMS: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        "",
        "x",
        "a\0b",
        "\ud800",
        "..",
        "/etc/passwd",
        "2026-11-22",
        "1e999",
        "NaN",
    ),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", [], {}, [[]], {"": []}),
)
atoms = st.sampled_from(ATOMS)
RAW = (
    *(
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b"NaN",
        b'{"a": 1e999999999}',
        b'"\\ud800"',
        b"null\n\0",
        b"9" * 5_000,
    ),
    b'{"run": "a", "time": "2026-11-22T07:00:00+00:00", "rows": NaN}',
)


def write_whole(folder: Path, kind: str) -> tuple[Path, Any]:
    """A folder with the file as it is written; returns the file, and what it holds."""
    name, content, _read = STORED[kind]
    folder.mkdir(exist_ok=True)
    if kind == "worklist":
        Ledger(folder).write_list(DECIDED, replace=True)
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    return folder / name, content


def change_value(draw: Callable[[st.SearchStrategy[Any]], Any], value: Any) -> Any:
    """One value, anywhere inside, is another, is missing, or is beside one of a newer version."""
    kind = draw(st.sampled_from(["here", "newer", "missing", "inside", "inside"]))
    if kind == "here" or not isinstance(value, list | dict) or not value:
        return draw(atoms)
    if isinstance(value, list):
        return [change_value(draw, value[0]), *value[1:]]
    name = draw(st.sampled_from(sorted(value)))
    if kind == "missing":
        return {key: item for key, item in value.items() if key != name}
    return value | ({"newer": draw(atoms)} if kind == "newer" else {name: change_value(draw, value[name])})


@pytest.mark.parametrize("kind", STORED)
@fuzz(200)
@given(st.data())
def test_what_a_stored_file_holds_is_data(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    folder = tmp_path / "stored"
    file, whole = write_whole(folder, kind)
    content = data.draw(st.sampled_from([*RAW, *[None] * 20]))
    if content is None:
        changed = json.dumps(change_value(data.draw, whole))
        content = changed.encode("utf-8", "surrogatepass")
    file.write_bytes(content)
    STORED[kind][2](folder)


@pytest.mark.parametrize("kind", STORED)
@pytest.mark.parametrize(
    "place", ["folder", "link to nowhere", "link to itself", "pipe", "device", "nothing"]
)
def test_nothing_waits_for_what_is_no_file(tmp_path: Path, kind: str, place: str) -> None:
    folder = tmp_path / "stored"
    file, _whole = write_whole(folder, kind)
    file.unlink(missing_ok=True)
    match place:
        case "folder":
            file.mkdir()
        case "link to nowhere":
            file.symlink_to("nowhere")
        case "link to itself":
            file.symlink_to(file.name)
        case "pipe":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case _:
            pass
    STORED[kind][2](folder)
