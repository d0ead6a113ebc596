"""Get the snapshot of a source: the published one while it is fresh, otherwise a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli.diagnostics import Rate
from opttius_cli.errors import (
    BusyError,
    NoSourceError,
    NotAllowedError,
    OutputError,
    SourceError,
    StaleError,
    UnreadableError,
    UsageError,
    WithheldError,
)
from opttius_cli.i18n import _
from opttius_cli.period import zone_named
from opttius_cli.scope import reader_key
from opttius_cli.session.scoping import wanted
from opttius_cli.snapshot import keeping
from opttius_cli.snapshot.build import Build
from opttius_cli.snapshot.held import READING, Limits, hold
from opttius_cli.snapshot.source import ReadyMade
from opttius_cli.snapshot.store import Store
from opttius_cli.sources import registry
from opttius_cli.sources.postgres.terms import Terms
from opttius_cli.sources.postgres.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.session.state import Request
    from opttius_cli.snapshot.held import Held
    from opttius_cli.snapshot.source import Source

MEMORY_BESIDE_DRIVER = Limits("360MB")
"""DuckDB's memory while a live source is loaded, unless the settings say otherwise."""

_DAY = 86400.0


def must_name_reader(request: Request) -> None:
    """Raise NotAllowedError when the settings require an admin and none is named."""
    if request.config.require_user and not request.config.user:
        raise NotAllowedError(
            _(
                "Nothing is shown here without an admin (access.require_user = true). "
                "Add --as EMAIL, or set access.user."
            )
        )


def snapshot(request: Request, *, whole: bool = False) -> Held:
    """Open the snapshot of the request's source: the published one while it is fresh, otherwise a new one.

    From a live source, the rows of the request's scope are read, or all rows with ``whole``.
    """
    if not request.config.source:
        raise NoSourceError
    source = source_of(request, request.config.source, Wanted() if whole else wanted(request))
    request.record.source = source.name
    store = snapshots(request)
    if not keeping.guard(store.folder):
        request.voice.note(
            _(
                "Note: other users can read {folder}, where snapshots are kept. Type chmod 700 {folder}, or set "
                "cache.folder.",
                folder=store.folder,
            )
        )
    if not request.refresh and (held := store.hold_fresh(source, request.now, _oldest(request, source))):
        return held
    return reopened(_loaded(request, store, source), request)


def snapshot_file(request: Request) -> Path:
    """Return the file of the request's snapshot, built if stale: for callers that open it several times."""
    if not request.config.source:
        raise NoSourceError
    source, store = source_of(request, request.config.source, wanted(request)), snapshots(request)
    fresh = None if request.refresh else store.fresh(source, request.now, _oldest(request, source))
    return fresh or _loaded(request, store, source)


def _loaded(request: Request, store: Store, source: Source) -> Path:
    """Load ``source`` now; when that fails, raise an error that points to the previous snapshot."""
    try:
        return load(request, store, source, refresh=request.refresh)
    except WithheldError:
        # Someone who lost the right to see the data must not be pointed to a copy of it.
        raise
    except SourceError as error:
        age = store.age(source, request.now) if source.good_for is not None else None
        if age is None or age < 0:
            raise
        raise StaleError(error, age, refresh=request.refresh) from None


def reopened(path: Path, request: Request) -> Held:
    """Open the snapshot at ``path``. Raises UnreadableFileError when it cannot be opened."""
    held = hold(path, reading_limits(request.config))
    if held is None:
        raise UnreadableError(
            path, _("it is not a snapshot that can be opened. Load it again with --refresh.")
        )
    return held


def _oldest(request: Request, source: Source) -> float | None:
    """Return how many seconds old a snapshot may be; None when any age will do.

    The settings decide, then the source. A snapshot past its retention is never used.
    """
    limits = [_oldest_told(request)]
    if request.config.max_age is None and source.good_for is not None:
        limits += [source.good_for, request.live_age]
    return _least(limits)


def _oldest_told(request: Request) -> float | None:
    """Return the age limit in seconds that the options and settings give, whatever the source allows."""
    kept = request.config.retain_days
    return _least([request.config.max_age, None if kept is None else kept * _DAY])


def _least(limits: Iterable[float | None]) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def forget(request: Request) -> None:
    """Remove the snapshot that was loaded for the request's reader."""
    if request.config.source:
        snapshots(request).forget(source_of(request, request.config.source, wanted(request)))


def source_of(request: Request, text: str, rows: Wanted) -> Source:
    """Open the source that ``text`` names, with the request's settings; a live one reads only ``rows``."""
    return registry.open_source(text, registry.Live(terms_of(request.config), request.environment, rows))


def terms_of(config: settings.Config) -> Terms:
    """Return the settings for reading a live database."""
    return Terms(
        schema=config.schema,
        connect_timeout=config.connect_timeout,
        statement_timeout=config.statement_timeout,
        restricted=config.restricted,
        plaintext=config.allow_plaintext,
        incremental=config.incremental,
    )


def snapshots(request: Request) -> Store:
    """Return the store of the request's snapshots."""
    return Store(
        settings.cache_folder(request.config, request.environment),
        Limits(),
        zone_named(request.config.naive_timezone).key,
        reading_limits(request.config),
        reader_key(request.config.user or ""),
    )


def reading_limits(config: settings.Config) -> Limits:
    """Return the memory and threads that a report may use."""
    return Limits(config.memory) if config.memory else READING


def load_now(request: Request, into: Path | None, *, force: bool) -> Path:
    """Load a new snapshot even if a fresh one exists, into the file ``into`` when one is given."""
    must_name_reader(request)
    if not request.config.source:
        raise NoSourceError
    if into is not None and into.exists() and not force:
        raise OutputError(_("{path} exists already. Choose another name, or add --force.", path=into))
    # From a live source, an admin loads only what the admin may see.
    rows = wanted(request) if request.config.user else Wanted()
    source = source_of(request, request.config.source, rows)
    request.record.source = source.name
    if into is not None and isinstance(source, ReadyMade):
        raise UsageError(
            _("{source} is a snapshot already. Copy the file instead of loading it.", source=source.name)
        )
    return load(request, snapshots(request), source, into, refresh=True)


def load(request: Request, store: Store, source: Source, into: Path | None = None, *, refresh: bool) -> Path:
    """Build the snapshot of ``source`` now, report progress, and return its path."""
    voice, rate, days = request.voice, Rate(), request.config.retain_days
    if days is not None:
        keeping.let_go(store.folder, request.now - timedelta(days=days))

    def progress(table: str, rows: int) -> None:
        speed = f"{rate.of(table, rows):,.0f}"
        voice.progress(
            _("Loading {table}: {rows} rows, {speed} a second", table=table, rows=f"{rows:,}", speed=speed)
        )

    def older(loaded_at: datetime) -> None:
        _show_older(request, source, loaded_at)

    thrifty = replace(store, limits=_limits_of_load(request, source))
    how = Build(progress=progress, strict=request.strict, older=older)
    try:
        return thrifty.load(source, request.now, how, into=into, refresh=refresh)
    finally:
        voice.progress_end()


def _show_older(request: Request, source: Source, loaded_at: datetime) -> None:
    """Note that the previous snapshot is shown. Raises BusyError when it is older than the settings allow."""
    limit = _oldest_told(request)
    if limit is not None and (request.now - loaded_at).total_seconds() > limit:
        raise BusyError(
            _(
                "Another run is loading {source}, and what was loaded before is older than --max-age, "
                "cache.max_age or privacy.retain_days allows. Try again in a moment.",
                source=source.name,
            )
        )
    request.voice.note(
        _("Note: another run is loading {source}; what was loaded before is shown.", source=source.name)
    )


def _limits_of_load(request: Request, source: Source) -> Limits:
    """Return what a load may use: besides DuckDB, the driver needs memory for the rows of a live source."""
    if request.config.memory:
        return Limits(request.config.memory)
    return Limits() if source.good_for is None else MEMORY_BESIDE_DRIVER
