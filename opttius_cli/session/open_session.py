"""Open a session for a request: its snapshot, then its scope and instant, then the scoped views."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from opttius_cli.engines import open_on_snapshot
from opttius_cli.engines.protocol import stop_at_ctrl_c
from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.scope import (
    NoActiveAdminError,
    build_unrestricted_scope,
    normalize_email,
    read_directory,
)
from opttius_cli.session.build_session import build_session
from opttius_cli.session.cluster_access import SPARK, open_cluster
from opttius_cli.session.scope_resolution import resolve_scope
from opttius_cli.session.snapshot_access import (
    drop_when_damaged,
    get_report_limits,
    open_fresh_snapshot,
    open_or_fail,
    remove_snapshot,
    require_reader,
)
from opttius_cli.session.state import OpenedEngine
from opttius_cli.snapshot.build import require_no_rejects
from opttius_cli.snapshot.open import lock_connection
from opttius_cli.snapshot.temp_files import use_private_spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opttius_cli.engines.protocol import Engine
    from opttius_cli.session.state import Request, Session
    from opttius_cli.snapshot.open import Manifest, OpenSnapshot
    from opttius_cli.sql import Connection


@contextmanager
def open_session(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session on the request's snapshot, read-only; the snapshot is built first when it is stale.

    ``path`` is a snapshot that has already been loaded.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    require_reader(request)
    try:
        with _open_engine(request, path) as opened:
            directory = read_directory(opened.engine.local, request.config.adopt)
            reader, scope = resolve_scope(request, opened.engine.local, directory)
            yield build_session(request, opened, directory, scope, get_report_limits(request.config), reader)
    except NoActiveAdminError:
        # Snapshots are kept per reader; for someone who is no longer a reader, none may stay.
        remove_snapshot(request)
        raise


@contextmanager
def open_unscoped_session(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session that sees every row of every organization: for checks by whoever loads the data."""
    require_reader(request)
    with _open_engine(request, path, whole=True) as opened:
        directory = read_directory(opened.engine.local, request.config.adopt)
        scope = build_unrestricted_scope(directory)
        yield build_session(request, opened, directory, scope, get_report_limits(request.config))


@contextmanager
def _open_engine(request: Request, path: Path | None, *, whole: bool = False) -> Iterator[OpenedEngine]:
    """Open the engine that the request asks for; a snapshot that is there already is read on this machine."""
    if request.config.engine == SPARK and (path is None or path.is_dir()):
        with open_cluster(request) as (engine, manifest), stop_at_ctrl_c(engine):
            _check_reader(request, engine, manifest)
            yield OpenedEngine(engine, manifest, None)
        return
    with request.profiler.measure(_("open the data")):
        snapshot = open_or_fail(path, request) if path else open_fresh_snapshot(request, whole=whole)
    with _sandbox_snapshot(snapshot, request) as engine, stop_at_ctrl_c(engine):
        yield OpenedEngine(engine, snapshot.manifest, snapshot.path)


@contextmanager
def _sandbox_snapshot(snapshot: OpenSnapshot, request: Request) -> Iterator[Engine]:
    """Open an engine that reaches nothing outside the snapshot; close it at the end."""
    with (
        use_private_spill_folder(snapshot.path),
        closing(snapshot.con),
        closing(request.own_sql),
        drop_when_damaged(request, snapshot.path),
    ):
        engine = open_on_snapshot(snapshot.con)
        lock_connection(snapshot.con)
        _check_reader(request, engine, snapshot.manifest)
        yield engine


def _check_reader(request: Request, engine: Engine, manifest: Manifest) -> None:
    """Raise NotAllowedError for rows loaded for another admin, StrictLoadError for rejects if they are not wanted."""
    _require_same_reader(engine.local, manifest.reader, request.config.user)
    if request.strict:
        require_no_rejects(engine.local)


def _require_same_reader(con: Connection, reader: str, user: str | None) -> None:
    """Raise NotAllowedError for a snapshot loaded for another admin: it may hold fewer rows, or more."""
    if reader and reader != normalize_email(user or ""):
        from opttius_cli.privacy.masks import mask_value
        from opttius_cli.result import ColumnKind

        raise NotAllowedError(
            _(
                "This snapshot was loaded for {email} and shows nothing to anybody else. Load the source again.",
                email=mask_value(con, reader, ColumnKind.EMAIL),
            )
        )
