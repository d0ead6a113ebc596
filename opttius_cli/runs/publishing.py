"""A set of files is put in place whole: staged as a folder beside the old one, then the two change places.

The system's exchange of two names is one step, so a reader sees the old set or the new one and never a mix, and
a kill at any moment leaves one of them. Where a system has no exchange, the old folder is renamed away first;
a kill between the two renames leaves no folder for as long as it takes the next run to put the old one back.

What other people put into the folder (notes, a lock file of their spreadsheet) is carried over.
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
    """The manifest of a folder that we made, a number with a point as a decimal.

    None for any other folder, and where the manifest no longer says what it must: nobody can vouch for such a set.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError, ArithmeticError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_whole(found) else None


def _is_whole(found: dict[str, Any]) -> bool:
    """Whether a manifest is ours, and tells of what, of when, and which files."""
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
    """Whether an entry names a file that lies in the folder itself, and its digest."""
    if not isinstance(value, dict):
        return False
    name, digest = value.get("name"), value.get("sha256")
    return isinstance(name, str) and Path(name).name == name and isinstance(digest, str)


def refuse(target: Path, report: str) -> None:
    """Say before any work that ``target`` is not ours to replace.

    Raises:
        OutputError: it is a file or a link, or a folder that holds anything but an older set of ``report``
            with a manifest that says what is in it.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(
            _("{path} is no folder. Write another output for the report {name}.", path=target, name=report)
        )
    if not target.exists() or not any(target.iterdir()):
        return
    found = manifest_of(target)
    if found is None and (target / MANIFEST).exists():
        raise OutputError(
            _(
                "{path} does not say which files the report {name} made there. Move that folder elsewhere, or "
                "write another output for the report.",
                path=target / MANIFEST,
                name=report,
            )
        )
    if found is None or found["report"] != report:
        raise OutputError(
            _(
                "{path} holds files that the report {name} did not make. Write another output for it.",
                path=target,
                name=report,
            )
        )
    for other in _others(target, found):
        if other.is_dir() and not other.is_symlink():
            raise OutputError(
                _(
                    "{path} lies among the files of the report {name}. Move that folder elsewhere.",
                    path=other,
                    name=report,
                )
            )


def stage_for(target: Path, report: str) -> Path:
    """The path of a new folder beside ``target``, which is not made yet."""
    return target.with_name(f".opttius-{report}-{secrets.token_hex(8)}{_STAGED}")


def make_stage(stage: Path, target: Path, *, private: bool) -> None:
    """Make the folder ``stage`` with the mode of the folder that it will replace; ``private`` is its owner's only."""
    stage.parent.mkdir(parents=True, exist_ok=True)
    stage.mkdir(mode=0o700 if private else 0o777)
    if not private:
        with suppress(FileNotFoundError):
            stage.chmod(stat.S_IMODE(target.stat().st_mode))


def publish(stage: Path, target: Path) -> None:
    """Let the finished set in ``stage`` stand at ``target``. What stood there is gone afterwards.

    Raises:
        OSError: it could not be put in place; what was there stays.
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
    """Remove what a run left beside ``target``, whether it ended or was killed; put back what it had taken away."""
    aside = _aside(stage)
    if aside.exists() and not target.exists():
        aside.rename(target)
    for litter in (stage, aside):
        shutil.rmtree(litter, ignore_errors=True)


def clean_beside(target: Path, report: str) -> None:
    """Remove the folders of killed runs of ``report`` beside ``target``; the report's lock must be held."""
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
    """Let two names change places in one step. Raises OSError where the system or the disk cannot."""
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
    """What lies in one of our folders without being ours."""
    ours = {MANIFEST, *(file["name"] for file in manifest["files"])}
    return (entry for entry in folder.iterdir() if entry.name not in ours)


def _carry(other: Path, to: Path) -> None:
    """Let somebody's file stand in the new folder, too; it stays where it is until the folders change places."""
    if to.exists():
        return
    try:
        to.hardlink_to(other)
    except OSError:
        shutil.copy2(other, to, follow_symlinks=False)


def prune(target: Path, candidates: Iterator[Path], report: str, keep: int) -> list[Path]:
    """Remove the sets of ``report`` among ``candidates`` but the ``keep`` newest by as-of; returns those removed.

    ``target``, the one just made, is always kept.
    """
    sets = []
    for folder in candidates:
        found = manifest_of(folder) if folder.is_dir() and not folder.is_symlink() else None
        if found is not None and found["report"] == report and not list(_others(folder, found)):
            sets.append((found["as_of"], folder))
    old = [folder for _as_of, folder in sorted(sets, reverse=True)[keep:] if folder != target]
    for folder in old:
        # Away under another name first: nobody should find a set of which a part is gone.
        gone = stage_for(folder, report)
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    return old
