"""Publishing: a set of files is staged in a folder beside the old one, then the two folders are exchanged.

The system exchanges two names in one step, so a reader sees the old set or the new one and never a mix, and a
kill at any moment leaves one of them. Where a system cannot do that, the old folder is renamed first; after a
kill between the two renames there is no folder until the next run restores the old one.

Files that other people put into the folder (notes, a lock file of a spreadsheet) are kept.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import secrets
import shutil
import stat
import sys
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import OutputError
from opttius_cli.i18n import _
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
MADE_BY = "opttius"
_STAGED = ".staging"
_AT_HERE, _EXCHANGE, _SWAP = -100, 2, 2
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EOPNOTSUPP, errno.EPERM}


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a folder that a job made; numbers with a decimal point become Decimal.

    None for any other folder, and for a manifest that is incomplete, because such a set cannot be trusted.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError, ArithmeticError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_whole(found) else None


def _is_whole(found: dict[str, Any]) -> bool:
    """Whether a manifest is ours and has its job, its times and its files."""
    files = found.get("files")
    return (
        found.get("made_by") == MADE_BY
        and isinstance(found.get("report"), str)
        and all(_is_moment(found.get(key)) for key in ("as_of", "loaded_at"))
        and isinstance(files, list)
        and all(_is_file(file) for file in files)
    )


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_file(value: Any) -> bool:
    """Whether an entry has the name of a file directly in the folder, and its hash."""
    if not isinstance(value, dict):
        return False
    name, digest = value.get("name"), value.get("sha256")
    return isinstance(name, str) and Path(name).name == name and isinstance(digest, str)


def refuse(target: Path, report: str) -> None:
    """Check before any work that ``target`` may be replaced.

    Raises:
        OutputError: it is a file or a link, or a folder with anything other than an older set of the job
            and its manifest.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(
            _(
                "{path} is not a folder. Choose another output for the report {name}.",
                path=target,
                name=report,
            )
        )
    if not target.exists() or not any(target.iterdir()):
        return
    found = manifest_of(target)
    if found is None and (target / MANIFEST).exists():
        raise OutputError(
            _(
                "{path} does not say which files the report {name} made there. Move that folder elsewhere, or "
                "choose another output for the report.",
                path=target / MANIFEST,
                name=report,
            )
        )
    if found is None or found["report"] != report:
        raise OutputError(
            _(
                "{path} has files that the report {name} did not make. Choose another output for it.",
                path=target,
                name=report,
            )
        )
    for other in _others(target, found):
        if other.is_dir() and not other.is_symlink():
            raise OutputError(
                _(
                    "{path} is among the files of the report {name}. Move that folder elsewhere.",
                    path=other,
                    name=report,
                )
            )


def stage_for(target: Path, report: str) -> Path:
    """Build the path of a new folder beside ``target``, without creating it."""
    return target.with_name(f".opttius-{report}-{secrets.token_hex(8)}{_STAGED}")


def make_stage(stage: Path, target: Path, *, private: bool) -> None:
    """Create the folder ``stage`` with the mode of ``target``.

    With ``private`` only its owner can read it.
    """
    stage.parent.mkdir(parents=True, exist_ok=True)
    stage.mkdir(mode=0o700 if private else 0o777)
    if not private:
        with suppress(FileNotFoundError):
            stage.chmod(stat.S_IMODE(target.stat().st_mode))


def publish(stage: Path, target: Path) -> None:
    """Put the finished set in ``stage`` in place of ``target``; the old set is removed.

    Raises:
        OSError: that failed; the old set stays.
    """
    old = manifest_of(target)
    if old is not None:
        for other in _others(target, old):
            _carry(other, stage / other.name)
    sink.sync_folder(stage)
    if target.exists():
        _change_places(stage, target)
    else:
        stage.rename(target)
    sink.sync_folder(target.parent)
    clean(stage, target)


def clean(stage: Path, target: Path) -> None:
    """Remove the folders that a run left beside ``target``; restore the old set if it is still renamed."""
    aside = _aside(stage)
    if aside.exists() and not target.exists():
        aside.rename(target)
    for litter in (stage, aside):
        shutil.rmtree(litter, ignore_errors=True)


def clean_beside(target: Path, report: str) -> None:
    """Remove the folders that killed runs of a job left beside ``target``; the job's lock must be held."""
    ours = re.compile(rf"\.opttius-{re.escape(report)}-[0-9a-f]{{16}}{re.escape(_STAGED)}")
    for entry in target.parent.iterdir() if target.parent.is_dir() else ():
        if ours.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
            clean(entry, target)


def _change_places(stage: Path, target: Path) -> None:
    try:
        _exchange(stage, target)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        aside = _aside(stage)
        target.rename(aside)
        try:
            stage.rename(target)
        except OSError:
            aside.rename(target)
            raise


def _aside(stage: Path) -> Path:
    return stage.with_name(stage.name.removesuffix(_STAGED) + ".aside")


def _exchange(one: Path, other: Path) -> None:
    """Exchange two names in one step. Raises OSError where the system or the disk cannot."""
    names = os.fsencode(one), os.fsencode(other)
    library: Any = ctypes.CDLL(None, use_errno=True) if sys.platform in {"linux", "darwin"} else None
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_HERE, names[0], _AT_HERE, names[1], _EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(names[0], names[1], _SWAP)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))


def _others(folder: Path, manifest: dict[str, Any]) -> Iterator[Path]:
    """List the entries of a set's folder that are not in its manifest."""
    ours = {MANIFEST, *(file["name"] for file in manifest["files"])}
    return (entry for entry in folder.iterdir() if entry.name not in ours)


def _carry(other: Path, to: Path) -> None:
    """Link or copy another person's file into the new folder; the old one keeps it until the exchange."""
    if to.exists():
        return
    try:
        to.hardlink_to(other)
    except OSError:
        shutil.copy2(other, to, follow_symlinks=False)


def prune(target: Path, candidates: Iterator[Path], report: str, keep: int) -> list[Path]:
    """Remove the sets of a job among ``candidates`` except the ``keep`` newest by as-of; returns them.

    ``target``, the set just written, is never removed.
    """
    sets = []
    for folder in candidates:
        found = manifest_of(folder) if folder.is_dir() and not folder.is_symlink() else None
        if found is not None and found["report"] == report and not list(_others(folder, found)):
            sets.append((found["as_of"], folder))
    old = [folder for _as_of, folder in sorted(sets, reverse=True)[keep:] if folder != target]
    for folder in old:
        # Rename it first, so that nobody sees a set with some of its files removed.
        gone = stage_for(folder, report)
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    return old
