"""Publishing: a set of files is staged in a folder beside the old one, then the two folders are exchanged.

The system exchanges two names in one step, so a reader sees the old set or the new one and never a mix, and a
kill at any moment leaves one of them. Where a system cannot do that, the old folder is renamed first; after a
kill between the two renames there is no folder until the next run restores the old one.

Files that other people put into the folder (notes, a lock file of a spreadsheet) are kept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import OutputError
from opttius_cli.files.atomic_file import sync_folder
from opttius_cli.files.stored_values import parse_instant, parse_json, read_text, require_text
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
PRODUCER = "opttius"
_STAGE_SUFFIX = ".staging"
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EOPNOTSUPP, errno.EPERM}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a folder that a job made; numbers with a decimal point become Decimal.

    None for any other folder, and for a manifest that is incomplete, because such a set cannot be trusted.
    """
    try:
        manifest = parse_json(read_text(folder / MANIFEST))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and _is_valid(manifest) else None


def _is_valid(manifest: dict[str, Any]) -> bool:
    """Whether a manifest is ours and has its job, its times and its files."""
    files = manifest.get("files")
    return (
        manifest.get("made_by") == PRODUCER
        and isinstance(manifest.get("job"), str)
        and all(_is_moment(manifest.get(key)) for key in ("as_of", "loaded_at"))
        and isinstance(files, list)
        and all(_is_file(file) for file in files)
    )


def _is_moment(value: Any) -> bool:
    try:
        parse_instant(value)
    except ValueError:
        return False
    return True


def _is_file(value: Any) -> bool:
    """Whether an entry has the name of a file directly in the folder, and its hash."""
    try:
        name, digest = require_text(value["name"]), require_text(value["sha256"])
    except (ValueError, TypeError, KeyError):
        return False
    return Path(name).name == name != ".." and bool(digest)


def check_target(target: Path, job_name: str) -> None:
    """Check before any work that ``target`` may be replaced.

    Raises:
        OutputError: it is a file or a link, or a folder with anything other than an older set of the job
            and its manifest.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(
            _(
                "{path} is not a folder. Choose another output for the job {name}.",
                path=target,
                name=job_name,
            )
        )
    if not target.exists() or not any(target.iterdir()):
        return
    manifest = read_manifest(target)
    if manifest is None and (target / MANIFEST).exists():
        raise OutputError(
            _(
                "{path} does not say which files the job {name} made there. Move that folder elsewhere, or "
                "choose another output for the job.",
                path=target / MANIFEST,
                name=job_name,
            )
        )
    if manifest is None or manifest["job"] != job_name:
        raise OutputError(
            _(
                "{path} has files that the job {name} did not make. Choose another output for it.",
                path=target,
                name=job_name,
            )
        )
    for other in _list_foreign_files(target, manifest):
        if other.is_dir() and not other.is_symlink():
            raise OutputError(
                _(
                    "{path} is among the files of the job {name}. Move that folder elsewhere.",
                    path=other,
                    name=job_name,
                )
            )


def build_stage_path(target: Path, job_name: str) -> Path:
    """Build the path of a new folder beside ``target``, without creating it."""
    return target.with_name(f".opttius-{job_name}-{secrets.token_hex(8)}{_STAGE_SUFFIX}")


def create_stage(stage: Path, target: Path, *, private: bool) -> None:
    """Create the folder ``stage`` with the mode of ``target``.

    With ``private`` only its owner can read it.
    """
    stage.parent.mkdir(parents=True, exist_ok=True)
    stage.mkdir(mode=0o700 if private else 0o777)
    if not private:
        with suppress(FileNotFoundError):
            stage.chmod(stat.S_IMODE(target.stat().st_mode))


def publish_files(stage: Path, target: Path) -> None:
    """Put the finished set in ``stage`` in place of ``target``; the old set is removed.

    Raises:
        OSError: that failed; the old set stays.
    """
    old_manifest = read_manifest(target)
    if old_manifest is not None:
        for other in _list_foreign_files(target, old_manifest):
            _copy_foreign_file(other, stage / other.name)
    sync_folder(stage)
    if target.exists():
        _swap_folders(stage, target)
    else:
        stage.rename(target)
    sync_folder(target.parent)
    clean_stage(stage, target)


def clean_stage(stage: Path, target: Path) -> None:
    """Remove the folders that a run left beside ``target``; restore the old set if it is still renamed."""
    backup = _build_backup_path(stage)
    if backup.exists() and not target.exists():
        backup.rename(target)
    for folder in (stage, backup):
        shutil.rmtree(folder, ignore_errors=True)


def clean_killed_stages(target: Path, job_name: str) -> None:
    """Remove the folders that killed runs of a job left beside ``target``; the job's lock must be held."""
    for entry in target.parent.iterdir() if target.parent.is_dir() else ():
        if entry.is_dir():
            clean_own_stage(entry, target, job_name)


def clean_own_stage(stage: Path, target: Path, job_name: str) -> None:
    """Clean ``stage`` as :func:`clean_stage` does if a run of the job can have made it beside ``target``.

    Its name may come from the ledger, so it may be any path.
    """
    ours = re.compile(rf"\.opttius-{re.escape(job_name)}-[0-9a-f]{{16}}{re.escape(_STAGE_SUFFIX)}")
    is_beside = stage.parent == target.parent and ".." not in target.parts
    is_link = stage.is_symlink() or _build_backup_path(stage).is_symlink()
    if ours.fullmatch(stage.name) and is_beside and not is_link:
        clean_stage(stage, target)


def _swap_folders(stage: Path, target: Path) -> None:
    try:
        _exchange_names(stage, target)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        backup = _build_backup_path(stage)
        target.rename(backup)
        try:
            stage.rename(target)
        except OSError:
            backup.rename(target)
            raise


def _build_backup_path(stage: Path) -> Path:
    return stage.with_name(stage.name.removesuffix(_STAGE_SUFFIX) + ".aside")


def _exchange_names(left: Path, right: Path) -> None:
    """Exchange two names in one step. Raises OSError where the system or the disk cannot."""
    names = os.fsencode(left), os.fsencode(right)
    library: Any = ctypes.CDLL(None, use_errno=True) if sys.platform in {"linux", "darwin"} else None
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(names[0], names[1], _RENAME_SWAP)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(left))


def _list_foreign_files(folder: Path, manifest: dict[str, Any]) -> Iterator[Path]:
    """List the entries of a set's folder that are not the files of its manifest."""
    ours = {MANIFEST, *(file["name"] for file in manifest["files"])}
    return (entry for entry in folder.iterdir() if entry.name not in ours or entry.is_dir())


def _copy_foreign_file(other: Path, target: Path) -> None:
    """Link or copy another person's file into the new folder; the old one keeps it until the exchange."""
    if target.exists():
        return
    try:
        target.hardlink_to(other)
    except OSError:
        shutil.copy2(other, target, follow_symlinks=False)


def remove_old_sets(target: Path, candidates: Iterator[Path], job_name: str, keep: int) -> list[Path]:
    """Remove the sets of a job among ``candidates`` except the ``keep`` newest by as-of; returns them.

    ``target``, the set just written, is never removed.
    """
    sets = []
    for folder in candidates:
        manifest = read_manifest(folder) if folder.is_dir() and not folder.is_symlink() else None
        if (
            manifest is not None
            and manifest["job"] == job_name
            and not list(_list_foreign_files(folder, manifest))
        ):
            sets.append((manifest["as_of"], folder))
    old = [folder for _as_of, folder in sorted(sets, reverse=True)[keep:] if folder != target]
    for folder in old:
        # Rename it first, so that nobody sees a set with some of its files removed.
        removed = build_stage_path(folder, job_name)
        folder.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)
    return old
