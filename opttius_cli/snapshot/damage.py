"""A snapshot that cannot be read to its end: one of the store is dropped and built again, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class EngineError(SourceError):
    """A step that the engine cannot do with these data; ``kind`` is the class of its error."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            _(
                "DuckDB cannot work this out from the data ({kind}). Type opttius check to see what is wrong "
                "with them.",
                kind=kind,
            )
        )


class DamagedSnapshotError(SourceError):
    """A snapshot that cannot be read to its end; ``kind`` is the class of the engine's error.

    Unless it ``is_unreadable`` as a file, something is not there that a snapshot has.
    """

    def __init__(self, path: Path, kind: str, *, is_unreadable: bool = True) -> None:
        self.path, self.kind, self.is_unreadable = path, kind, is_unreadable
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
        EngineError: the new snapshot can be read, so it was not damage.
    """
    try:
        return action()
    except DroppedSnapshotError:
        # What it has begun is over when the second attempt begins.
        pass
    try:
        return action()
    except DroppedSnapshotError as error:
        if not error.is_unreadable:
            raise EngineError(error.kind) from error
        raise UnreadableFileError(
            error.path,
            _(
                "it is damaged ({kind}), also after it was loaded again. Check the disk, or set cache.folder "
                "to another folder.",
                kind=error.kind,
            ),
        ) from error
