"""Remember facts of the loaded data (names, its last day), so that showing them again opens no snapshot.

The memo is a private file of the state folder; an entry holds as long as its snapshot is the same file.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli.config import find_state_folder
from opttius_cli.files.stored_values import parse_json, read_text, require_list, require_mapping, require_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.config import Config

FILE_NAME = "loaded.json"
_MAX_ENTRIES = 20

Facts = dict[str, list[tuple[str, str]]]
"""Pairs of texts by their kind: branches with their names, for example."""


def build_key(config: Config, folder: Path, *distinctions: str) -> str:
    """Return the key of an entry: the source and whatever decides what a reader may see of it."""
    parts = (
        config.source and str(folder / config.source),
        config.organization,
        config.user,
        config.require_user,
        config.adopt,
        config.naive_timezone,
        config.cache_folder,
        config.allow_suspended,
        config.schema,
        *distinctions,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def recall_facts(key: str, environment: Mapping[str, str]) -> Facts | None:
    """Return the facts for ``key``; None when they are not known, or the snapshot is another one."""
    try:
        entry = _read_memo(environment)[key]
        snapshot = Path(require_text(entry["snapshot"]))
        if _read_stamp(snapshot) != entry["stamp"]:
            return None
        return {
            kind: list(pairs)
            for kind, pairs in require_mapping(
                entry["facts"], lambda pairs: require_list(pairs, _parse_pair)
            ).items()
        }
    except (ValueError, TypeError, KeyError):
        return None


def _parse_pair(pair: Any) -> tuple[str, str]:
    value, meaning = require_list(pair, require_text)
    return value, meaning


def remember_facts(key: str, snapshot: Path, facts: Facts, environment: Mapping[str, str]) -> None:
    """Remember the facts for ``key``; nothing is said where that cannot be written."""
    from opttius_cli.files.atomic_file import write_atomically
    from opttius_cli.files.permissions import make_private_folder

    entry = {"snapshot": str(snapshot), "stamp": _read_stamp(snapshot), "facts": facts}
    kept: Sequence[tuple[str, object]] = list(_read_memo(environment).items())[-_MAX_ENTRIES + 1 :]
    text = json.dumps(dict(kept) | {key: entry})
    with suppress(OSError):
        folder = find_state_folder(environment)
        make_private_folder(folder)
        write_atomically(
            folder / FILE_NAME, lambda out: out.write(text.encode()), overwrite=True, private=True
        )


def _read_memo(environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        return require_mapping(
            parse_json(read_text(find_state_folder(environment) / FILE_NAME)), lambda entry: entry
        )
    except (OSError, ValueError):
        return {}


def _read_stamp(snapshot: Path) -> list[int] | None:
    """Return the identity of a snapshot's file; None when there is none."""
    try:
        stat = snapshot.stat()
    except (OSError, ValueError):
        return None
    return [stat.st_ino, stat.st_size, stat.st_mtime_ns]
