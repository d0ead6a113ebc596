"""A snapshot that cannot be read to its end: one of the store is dropped and built again, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class DamagedSnapshotError(SourceError):
    """A snapshot that cannot be read to its end; ``kind`` is the class of the engine's error."""

    def __init__(self, path: Path, kind: str) -> None:
        self.path, self.kind = path, kind
        super().__init__(
            _(
                "{path} is damaged ({kind}). Load its source again: opttius load SOURCE --into {path} --force",
                path=path,
                kind=kind,
            )
        )


class DroppedSnapshotError(DamagedSnapshotError):
    """A damaged snapshot of the store, which has been dropped: whoever starts again reads a new one."""


def retry_when_dropped(action: Callable[[], T]) -> T:
    """Return what ``action`` returns; it is started again, once, when the snapshot that it read had to be dropped.

    Raises:
        UnreadableFileError: the new snapshot cannot be read either.
    """
    try:
        return action()
    except DroppedSnapshotError:
        # What it has begun is over when the second attempt begins.
        pass
    try:
        return action()
    except DroppedSnapshotError as error:
        raise UnreadableFileError(
            error.path,
            _(
                "it is damaged ({kind}), also after it was loaded again. Check the disk, or set cache.folder "
                "to another folder.",
                kind=error.kind,
            ),
        ) from error
