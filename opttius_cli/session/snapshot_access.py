"""Get the snapshot of a source: the published one while it is fresh, otherwise a new one.

A snapshot of the store that cannot be read is dropped, and loaded anew; one that a user named is left alone.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli import sigint
from opttius_cli.diagnostics import RowRate
from opttius_cli.errors import (
    BusyError,
    NoSourceError,
    NotAllowedError,
    OutputError,
    PermissionDeniedError,
    SourceError,
    StaleSnapshotError,
    UsageError,
)
from opttius_cli.i18n import _
from opttius_cli.period import load_zone
from opttius_cli.scope import normalize_email
from opttius_cli.session.cluster_access import SPARK, locate_lake
from opttius_cli.session.load_progress import describe_progress
from opttius_cli.session.scope_resolution import build_row_request
from opttius_cli.session.store_sales import store_organizations
from opttius_cli.snapshot import cache
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.snapshot.column_notation import describe_note
from opttius_cli.snapshot.damage import DamagedSnapshotError, DroppedSnapshotError
from opttius_cli.snapshot.engine_errors import translate_errors
from opttius_cli.snapshot.open import READER_LIMITS, ResourceLimits, import_engine, open_snapshot
from opttius_cli.snapshot.source_protocol import SnapshotSource
from opttius_cli.snapshot.store import SnapshotStore
from opttius_cli.sources import registry
from opttius_cli.sources.mapping import read_mapping
from opttius_cli.sources.postgres.row_request import RowRequest
from opttius_cli.sources.postgres.settings import PostgresSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.open import OpenSnapshot
    from opttius_cli.snapshot.source_protocol import Source

LIVE_LOAD_LIMITS = ResourceLimits("360MB")
"""The engine's memory while a live source is loaded, unless the settings say otherwise."""
_DAY_SECONDS = 86400.0


@contextmanager
def drop_when_damaged(request: Request, path: Path) -> Iterator[None]:
    """Raise our errors in place of the engine's while the snapshot at ``path`` is read.

    Raises:
        DroppedSnapshotError: it cannot be read, and was dropped, because the store can build it again.
        DamagedSnapshotError: it cannot be read, and a user named it.
    """
    try:
        with translate_errors(path):
            yield
    except DamagedSnapshotError as error:
        is_of_store = path.parent == build_store(request).folder and cache.is_snapshot_file(path)
        # After Ctrl-C, errors are a consequence of it.
        if sigint.is_requested() or not is_of_store or Path(request.config.source or "") == path:
            raise
        _note_unreadable(request)
        cache.remove_snapshot(path)
        raise DroppedSnapshotError(error.path, error.kind, is_unreadable=error.is_unreadable) from error


def _note_unreadable(request: Request) -> None:
    source = request.record.source or request.config.source
    request.reporter.show_note(
        _(
            "Note: what was loaded of {source} before cannot be read any more; it is loaded again.",
            source=source,
        )
    )


def require_reader(request: Request) -> None:
    """Raise NotAllowedError when the settings require an admin and none is named."""
    if request.config.require_user and not request.config.user:
        raise NotAllowedError(
            _(
                "Nothing is shown here without an admin (access.require_user = true). "
                "Add --as EMAIL, or set access.user."
            )
        )


def open_fresh_snapshot(request: Request, *, whole: bool = False) -> OpenSnapshot:
    """Open the request's snapshot, built if stale; ``whole``: from a live source, all rows, not its scope's."""
    if not request.config.source:
        raise NoSourceError
    source = open_source(
        request, request.config.source, RowRequest() if whole else build_row_request(request)
    )
    request.record.source = source.name
    store = build_store(request)
    if not cache.restrict_permissions(store.folder):
        request.reporter.show_note(
            _(
                "Note: other users can read {folder}, where snapshots are kept. Type chmod 700 {folder}, or set "
                "cache.folder.",
                folder=store.folder,
            )
        )
    if not request.refresh and (
        snapshot := store.open_fresh(source, request.now, _compute_max_age(request, source))
    ):
        return snapshot
    return open_or_fail(_load_or_report_stale(request, store, source), request)


def ensure_snapshot_file(request: Request) -> Path:
    """Return the request's snapshot, built if stale, or its lake: for callers that open it several times."""
    if not request.config.source:
        raise NoSourceError
    if request.config.engine == SPARK:
        return locate_lake(request)
    source = open_source(request, request.config.source, build_row_request(request))
    store = build_store(request)
    fresh = (
        None if request.refresh else store.find_fresh(source, request.now, _compute_max_age(request, source))
    )
    return fresh or _load_or_report_stale(request, store, source)


def _load_or_report_stale(request: Request, store: SnapshotStore, source: Source) -> Path:
    """Load ``source`` now; when that fails, raise an error that points to the previous snapshot."""
    if not request.refresh and store.has_unreadable_file(source):
        _note_unreadable(request)
    try:
        return load_source(request, store, source, refresh=request.refresh)
    except PermissionDeniedError:
        # Someone who lost the right to see the data must not be pointed to a copy of it.
        raise
    except SourceError as error:
        age = store.get_age(source, request.now) if source.default_max_age is not None else None
        if age is None or age < 0:
            raise
        raise StaleSnapshotError(error, age, refresh=request.refresh) from None


def open_or_fail(path: Path, request: Request) -> OpenSnapshot:
    """Open the snapshot at ``path``. Raises DamagedSnapshotError when it cannot be opened."""
    with drop_when_damaged(request, path):
        snapshot = open_snapshot(path, get_report_limits(request.config))
        if snapshot is None:
            raise DamagedSnapshotError(path, "OpenError")
        return snapshot


def _compute_max_age(request: Request, source: Source) -> float | None:
    """Return how many seconds old a snapshot may be; None when any age will do.

    The settings decide, then the source. A snapshot past its retention is never used.
    """
    limits = [_get_requested_max_age(request)]
    if request.config.max_age is None and source.default_max_age is not None:
        limits += [source.default_max_age, request.live_age]
    return _find_smallest(limits)


def _get_requested_max_age(request: Request) -> float | None:
    """Return the age limit in seconds that the options and settings give, whatever the source allows."""
    retain_days = request.config.retain_days
    return _find_smallest(
        [request.config.max_age, None if retain_days is None else retain_days * _DAY_SECONDS]
    )


def _find_smallest(limits: Iterable[float | None]) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def remove_snapshot(request: Request) -> None:
    """Remove the snapshot that was loaded for the request's reader."""
    if request.config.source:
        build_store(request).remove_snapshot(
            open_source(request, request.config.source, build_row_request(request))
        )


def open_source(request: Request, text: str, rows: RowRequest) -> Source:
    """Open the source that ``text`` names, with the request's settings; a live one reads only ``rows``."""
    # Everything from here on uses it.
    import_engine()
    return registry.open_source(
        text,
        registry.DatabaseOptions(build_postgres_settings(request.config), request.environment, rows),
        read_mapping(request.config),
    )


def build_postgres_settings(config: settings.Config) -> PostgresSettings:
    """Return the settings for reading a live database."""
    return PostgresSettings(
        schema=config.schema,
        connect_timeout=config.connect_timeout,
        statement_timeout=config.statement_timeout,
        restricted=config.restricted,
        plaintext=config.allow_plaintext,
        incremental=config.incremental,
    )


def build_store(request: Request) -> SnapshotStore:
    """Return the store of the request's snapshots."""
    return SnapshotStore(
        settings.find_cache_folder(request.config, request.environment),
        ResourceLimits(),
        load_zone(request.config.naive_timezone).key,
        get_report_limits(request.config),
        normalize_email(request.config.user or ""),
    )


def get_report_limits(config: settings.Config) -> ResourceLimits:
    """Return the memory and threads that a report may use."""
    return ResourceLimits(config.memory) if config.memory else READER_LIMITS


def load_new_snapshot(request: Request, into: Path | None, *, force: bool) -> Path:
    """Load a new snapshot even if a fresh one exists, into the file ``into`` when one is given."""
    require_reader(request)
    if not request.config.source:
        raise NoSourceError
    if into is not None and into.exists() and not force:
        raise OutputError(_("{path} exists already. Choose another name, or add --force.", path=into))
    # From a live source, an admin loads only what the admin may see.
    rows = build_row_request(request) if request.config.user else RowRequest()
    source = open_source(request, request.config.source, rows)
    request.record.source = source.name
    if into is not None and isinstance(source, SnapshotSource):
        raise UsageError(
            _("{source} is a snapshot already. Copy the file instead of loading it.", source=source.name)
        )
    return load_source(request, build_store(request), source, into, refresh=True)


def load_source(
    request: Request, store: SnapshotStore, source: Source, into: Path | None = None, *, refresh: bool
) -> Path:
    """Build the snapshot of ``source`` now, report progress, and return its path."""
    reporter, rate, days = request.reporter, RowRate(), request.config.retain_days
    if days is not None:
        cache.expire_snapshots(store.folder, request.now - timedelta(days=days))

    def report_progress(table: str, rows: int) -> None:
        if reporter.shows_progress:
            reporter.show_progress(describe_progress(table, rows, rate.record_rows(table, rows)))

    limited_store = replace(store, limits=_get_load_limits(request, source))
    options = BuildOptions(
        on_progress=report_progress,
        strict=request.strict,
        on_stale=lambda loaded_at: _report_older_snapshot(request, source, loaded_at),
        assumed=lambda origin, note: reporter.show_note(describe_note(origin, note)),
        on_built=lambda built: store_organizations(request, source, built, get_report_limits(request.config)),
    )
    try:
        return limited_store.load_snapshot(source, request.now, options, into=into, refresh=refresh)
    finally:
        reporter.clear_progress()


def _report_older_snapshot(request: Request, source: Source, loaded_at: datetime) -> None:
    """Note that the previous snapshot is shown. Raises BusyError when it is older than the settings allow."""
    limit = _get_requested_max_age(request)
    if limit is not None and (request.now - loaded_at).total_seconds() > limit:
        raise BusyError(
            _(
                "Another run is loading {source}, and what was loaded before is older than --max-age, "
                "cache.max_age or privacy.retain_days allows. Try again in a moment.",
                source=source.name,
            )
        )
    request.reporter.show_note(
        _("Note: another run is loading {source}; what was loaded before is shown.", source=source.name)
    )


def _get_load_limits(request: Request, source: Source) -> ResourceLimits:
    """Return what a load may use: besides the engine, the driver needs memory for the rows of a live source."""
    if request.config.memory:
        return ResourceLimits(request.config.memory)
    return ResourceLimits() if source.default_max_age is None else LIVE_LOAD_LIMITS
