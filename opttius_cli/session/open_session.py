"""Open a session for a request: its snapshot, then its scope and instant, then the scoped views."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.scope import (
    NoActiveAdminError,
    build_unrestricted_scope,
    normalize_email,
    read_directory,
)
from opttius_cli.session.build_session import build_session
from opttius_cli.session.scope_resolution import resolve_scope
from opttius_cli.session.snapshot_access import (
    drop_when_damaged,
    get_report_limits,
    open_fresh_snapshot,
    open_or_fail,
    remove_snapshot,
    require_reader,
)
from opttius_cli.snapshot.build import require_no_rejects
from opttius_cli.snapshot.open import lock_connection
from opttius_cli.snapshot.temp_files import use_private_spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from opttius_cli.session.state import Request, Session
    from opttius_cli.snapshot.open import OpenSnapshot


@contextmanager
def open_session(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session on the request's snapshot, read-only; the snapshot is built first when it is stale.

    ``path`` is a snapshot that has already been loaded.

    Raises:
        OpttiusError: whatever keeps the request from being answered.
    """
    require_reader(request)
    try:
        with _sandbox_snapshot(
            open_or_fail(path, request) if path else open_fresh_snapshot(request), request
        ) as snapshot:
            directory = read_directory(snapshot.con, request.config.adopt)
            reader, scope = resolve_scope(request, snapshot.con, directory)
            yield build_session(
                request, snapshot, directory, scope, get_report_limits(request.config), reader
            )
    except NoActiveAdminError:
        # Snapshots are kept per reader; for someone who is no longer a reader, none may stay.
        remove_snapshot(request)
        raise


@contextmanager
def open_unscoped_session(request: Request, path: Path | None = None) -> Iterator[Session]:
    """Open a session that sees every row of every organization: for checks by whoever loads the data."""
    require_reader(request)
    opened_snapshot = open_or_fail(path, request) if path else open_fresh_snapshot(request, whole=True)
    with _sandbox_snapshot(opened_snapshot, request) as snapshot:
        directory = read_directory(snapshot.con, request.config.adopt)
        scope = build_unrestricted_scope(directory)
        yield build_session(request, snapshot, directory, scope, get_report_limits(request.config))


@contextmanager
def _sandbox_snapshot(snapshot: OpenSnapshot, request: Request) -> Iterator[OpenSnapshot]:
    """Lock DuckDB so that nothing outside the snapshot can be reached; close it at the end."""
    con = snapshot.con
    with (
        use_private_spill_folder(snapshot.path),
        closing(con),
        closing(request.own_sql),
        drop_when_damaged(request, snapshot.path),
    ):
        con.execute("SET TimeZone = 'UTC'")
        lock_connection(con)
        _require_same_reader(con, snapshot.manifest.reader, request.config.user)
        if request.strict:
            require_no_rejects(con)
        yield snapshot


def _require_same_reader(con: duckdb.DuckDBPyConnection, reader: str, user: str | None) -> None:
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
