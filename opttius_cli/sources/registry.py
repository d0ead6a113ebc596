"""Open the source that a text names; its type comes from its content, not only from its name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import redaction
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.lake import is_lake
from opttius_cli.snapshot.source_protocol import SnapshotSource
from opttius_cli.snapshot.unread import FORM_REMEDIES, describe_remedy
from opttius_cli.sources.file_names import parse_file_name, refuse_unprintable
from opttius_cli.sources.file_types import FileType, detect_file_type, refuse_irregular
from opttius_cli.sources.postgres.row_request import RowRequest
from opttius_cli.sources.postgres.settings import PostgresSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.snapshot.source_protocol import Source
    from opttius_cli.sources.mapping import SourceMapping


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """How to read the source if it is a database: settings, environment, and whose rows."""

    settings: PostgresSettings = field(default_factory=PostgresSettings)
    environment: Mapping[str, str] = field(default_factory=dict)
    row_request: RowRequest = field(default_factory=RowRequest)


def open_source(
    text: str, database: DatabaseOptions | None = None, mapping: SourceMapping | None = None
) -> Source:
    """Return the source that ``text`` names. Raises SourceError when it does not exist or cannot be read.

    A text that may contain a password is never shown. ``mapping`` names tables and columns of files.
    """
    from opttius_cli.sources.export_folder import ExportFolder
    from opttius_cli.sources.mapping import SourceMapping

    names = mapping or SourceMapping()

    try:
        path = Path(text).expanduser().absolute()
        if path.exists():
            refuse_unprintable(path)
            refuse_irregular(path)
            if is_lake(path):
                raise SourceError(
                    _(
                        "{path} is a lake, which a cluster reads: add --engine spark --remote sc://HOST:15002.",
                        path=path,
                    )
                )
            return _complete(ExportFolder(path, names), names) if path.is_dir() else _open_file(path, names)
    except (OSError, ValueError) as error:
        raise SourceError(_("The source cannot be looked up. Check --source.")) from error
    if redaction.is_connection_string(text):
        from opttius_cli.sources.postgres.conninfo import parse_conninfo
        from opttius_cli.sources.postgres.source import PostgresSource

        options = database or DatabaseOptions()
        return PostgresSource(
            parse_conninfo(text, options.environment), options.settings, options.row_request
        )
    raise SourceError(
        _("There is no folder or file “{path}”. Check --source.", path=redaction.redact_value(text))
    )


def _complete(source: Source, mapping: SourceMapping) -> Source:
    """Return ``source`` with what the mapping adds to its tables; itself, where the mapping names nothing."""
    from opttius_cli.sources.mapping.mapped_source import MappedSource

    return MappedSource(source, mapping) if mapping.stamp else source


def _open_file(path: Path, mapping: SourceMapping) -> Source:
    """Return the source for a single file."""
    file_type, compression = detect_file_type(path)
    named_file = parse_file_name(path)
    if (
        named_file
        and file_type
        and file_type not in (named_file.file_type, FileType.HTML)
        and not _is_harmless_mismatch(named_file.file_type, file_type)
    ):
        raise _build_mismatch_error(path, named_file.file_type, file_type)
    if file_type is FileType.WORKBOOK and compression is None:
        from opttius_cli.sources.workbook import Workbook

        return _complete(Workbook(path, mapping=mapping), mapping)
    if file_type is FileType.DUMP or (
        file_type is None and named_file and named_file.file_type is FileType.DUMP
    ):
        from opttius_cli.sources.dump.pg_dump import DumpFile

        # A dump has the app's own tables and columns; only what their cells hold can be said otherwise.
        return _complete(DumpFile(path, compression), replace(mapping, tables={}, columns={}))
    if file_type is FileType.DUCKDB:
        return _open_snapshot_source(path)
    if file_type in FORM_REMEDIES and file_type not in (FileType.DUMP, FileType.WORKBOOK):
        raise UnreadableFileError(
            path,
            _("it is {form}. {remedy}", form=file_type.value, remedy=describe_remedy(file_type.value, path)),
        )
    if file_type is FileType.PARQUET or (file_type is None and named_file):
        return _open_row_file(path, mapping)
    raise UnreadableFileError(
        path,
        _(
            "this is not an export. "
            "Name a folder of exports, an .xlsx, a plain pg_dump file or a .duckdb snapshot."
        ),
    )


def _open_row_file(path: Path, mapping: SourceMapping) -> Source:
    """Return the source for one file of rows: the mapping has to say which tables it holds."""
    from opttius_cli.sources.export_folder import ExportFolder

    if mapping.tables:
        return _complete(ExportFolder(path.parent, mapping, path), mapping)
    raise UnreadableFileError(
        path,
        _(
            "it holds only one table. Name the folder that has one file per table, or write under [tables] in "
            "opttius.toml which tables this file holds."
        ),
    )


def _is_harmless_mismatch(expected: FileType, actual: FileType) -> bool:
    """Return whether the name says less than the content, such as .sql of a custom dump."""
    dumps = {FileType.DUMP, FileType.CUSTOM_DUMP, FileType.TAR_DUMP, FileType.CSV}
    return {expected, actual} <= dumps or (expected is FileType.WORKBOOK and actual in FORM_REMEDIES)


def _build_mismatch_error(path: Path, expected: FileType, actual: FileType) -> SourceError:
    from opttius_cli.sources.file_names import FileTypeMismatchError

    return FileTypeMismatchError(path, expected, actual)


def _open_snapshot_source(path: Path) -> Source:
    from opttius_cli.snapshot.open import SCHEMA_VERSION, read_manifest, require_readable

    manifest = read_manifest(path)
    if manifest is None:
        require_readable(path)
        raise UnreadableFileError(
            path, _("it is a DuckDB file, but not an opttius snapshot. Name the exports themselves.")
        )
    if manifest.schema_version != SCHEMA_VERSION:
        raise UnreadableFileError(
            path, _("another version of opttius made this snapshot. Load its source again.")
        )
    return SnapshotSource(path)
