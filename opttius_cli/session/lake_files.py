"""Write the lake of a snapshot: a folder of Parquet for engines that read no snapshot."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from opttius_cli.errors import OutputError
from opttius_cli.i18n import _
from opttius_cli.session.snapshot_access import drop_when_damaged, open_or_fail
from opttius_cli.snapshot import lake

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.session.state import Request


def write_lake(request: Request, snapshot_path: Path, lake_path: Path) -> None:
    """Write the snapshot at ``snapshot_path`` as the lake at ``lake_path``; readers see all of it or none.

    Raises:
        OutputError: the folder holds something else, or cannot be written.
    """
    try:
        if lake_path.is_dir() and any(lake_path.iterdir()) and not lake.is_lake(lake_path):
            raise OutputError(
                _("{path} holds something else. Name a new folder for the lake.", path=lake_path)
            )
        snapshot = open_or_fail(snapshot_path, request)
        with closing(snapshot.con), drop_when_damaged(request, snapshot_path):
            lake.write_lake(snapshot.con, snapshot.manifest, lake_path)
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=lake_path, why=error.strerror or error)
        ) from error
