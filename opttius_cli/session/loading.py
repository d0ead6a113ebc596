"""From a source to its snapshot: the published one while it is fresh, else a new one."""

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
"""Memory of DuckDB's while a live source is loaded, unless the settings say otherwise."""

_DAY = 86400.0


def must_name_reader(request: Request) -> None:
    """Raise NotAllowedError where the settings ask for an admin and none is named."""
    if request.config.require_user and not request.config.user:
        raise NotAllowedError(
            _(
                "Nothing is shown here without an admin (access.require_user = true). "
                "Add --as EMAIL, or set access.user."
            )
        )


def snapshot(request: Request, *, whole: bool = False) -> Held:
    """The snapshot of the request's source, open: the published one while it is fresh, else a new one.

    A live source is asked for the rows of the request's scope, or for all when it shall be ``whole``.
    """
    if not request.config.source:
        raise NoSourceError
    source = source_of(request, request.config.source, Wanted() if whole else wanted(request))
    request.record.source = source.name
    store = snapshots(request)
    if not keeping.guard(store.folder):
        request.voice.note(
            _(
                "Note: others may look into {folder}, where snapshots lie. Type chmod 700 {folder}, or set "
                "cache.folder.",
                folder=store.folder,
            )
        )
    if not request.refresh and (held := store.hold_fresh(source, request.now, _oldest(request, source))):
        return held
    return reopened(_loaded(request, store, source), request)


def snapshot_file(request: Request) -> Path:
    """The file of the request's snapshot, built when it is stale: for who opens it several times."""
    if not request.config.source:
        raise NoSourceError
    source, store = source_of(request, request.config.source, wanted(request)), snapshots(request)
    fresh = None if request.refresh else store.fresh(source, request.now, _oldest(request, source))
    return fresh or _loaded(request, store, source)


def _loaded(request: Request, store: Store, source: Source) -> Path:
    """The snapshot of ``source``, loaded now; when that fails, the way to the one before is told."""
    try:
        return load(request, store, source, refresh=request.refresh)
    except WithheldError:
        # Who may no longer see the data is not shown the way to a copy of it.
        raise
    except SourceError as error:
        age = store.age(source, request.now) if source.good_for is not None else None
        if age is None or age < 0:
            raise
        raise StaleError(error, age, refresh=request.refresh) from None


def reopened(path: Path, request: Request) -> Held:
    """The snapshot at ``path``, open. Raises SourceError when it is none that can be read."""
    held = hold(path, reading_limits(request.config))
    if held is None:
        raise UnreadableError(path, _("it is no snapshot that can be opened. Load it again with --refresh."))
    return held


def _oldest(request: Request, source: Source) -> float | None:
    """How many seconds old a snapshot may be: as it was said, else as its source is good for, else of any age.

    It is never used when it should have been let go.
    """
    limits = [_oldest_told(request)]
    if request.config.max_age is None and source.good_for is not None:
        limits += [source.good_for, request.live_age]
    return _least(limits)


def _oldest_told(request: Request) -> float | None:
    """How many seconds old a snapshot may be by what the reader says, whatever the source is good for."""
    kept = request.config.retain_days
    return _least([request.config.max_age, None if kept is None else kept * _DAY])


def _least(limits: Iterable[float | None]) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def forget(request: Request) -> None:
    """Remove the snapshot that was made for the request's reader."""
    if request.config.source:
        snapshots(request).forget(source_of(request, request.config.source, wanted(request)))


def source_of(request: Request, text: str, rows: Wanted) -> Source:
    """The source that ``text`` names, on the terms of the request's settings; ``rows`` are wanted of a live one."""
    return registry.open_source(text, registry.Live(terms_of(request.config), request.environment, rows))


def terms_of(config: settings.Config) -> Terms:
    """On which terms the settings want a live database read."""
    return Terms(
        schema=config.schema,
        connect_timeout=config.connect_timeout,
        statement_timeout=config.statement_timeout,
        restricted=config.restricted,
        plaintext=config.allow_plaintext,
        incremental=config.incremental,
    )


def snapshots(request: Request) -> Store:
    """Where the request's snapshots live."""
    return Store(
        settings.cache_folder(request.config, request.environment),
        Limits(),
        zone_named(request.config.naive_timezone).key,
        reading_limits(request.config),
        reader_key(request.config.user or ""),
    )


def reading_limits(config: settings.Config) -> Limits:
    """What a report may use of the machine."""
    return Limits(config.memory) if config.memory else READING


def load_now(request: Request, into: Path | None, *, force: bool) -> Path:
    """Build the request's snapshot whether or not there is a fresh one; ``into`` is a file of one's own for it."""
    must_name_reader(request)
    if not request.config.source:
        raise NoSourceError
    if into is not None and into.exists() and not force:
        raise OutputError(_("{path} exists already. Choose another name, or add --force.", path=into))
    # Of a live source, what an admin loads is what the admin may see.
    rows = wanted(request) if request.config.user else Wanted()
    source = source_of(request, request.config.source, rows)
    request.record.source = source.name
    if into is not None and isinstance(source, ReadyMade):
        raise UsageError(
            _("{source} is a snapshot already. Copy the file instead of loading it.", source=source.name)
        )
    return load(request, snapshots(request), source, into, refresh=True)


def load(request: Request, store: Store, source: Source, into: Path | None = None, *, refresh: bool) -> Path:
    """Build the snapshot of ``source`` now, telling the voice how it goes; returns its path."""
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
    """Say that what was loaded before is shown. Raises BusyError where the reader said that it is too old for that."""
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
    """What a load may use: beside DuckDB, the rows of a live source need memory of their own on their way."""
    if request.config.memory:
        return Limits(request.config.memory)
    return Limits() if source.good_for is None else MEMORY_BESIDE_DRIVER
