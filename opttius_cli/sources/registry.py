"""Open the source that a text names; its type comes from its content, not only from its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import addresses
from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import ReadyMade
from opttius_cli.sources.files import REMEDIES, Form, form_of, named
from opttius_cli.sources.postgres.terms import Terms
from opttius_cli.sources.postgres.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.snapshot.source import Source


@dataclass(frozen=True, slots=True)
class Live:
    """How to read the source if it is a database: settings, environment, and whose rows."""

    terms: Terms = field(default_factory=Terms)
    environment: Mapping[str, str] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)


def open_source(text: str, live: Live | None = None) -> Source:
    """Return the source that ``text`` names. Raises SourceError when it does not exist or cannot be read.

    A text that may contain a password is never shown.
    """
    from opttius_cli.sources.exports import Folder

    path = Path(text).expanduser().absolute()
    try:
        if path.is_dir():
            return Folder(path)
        if path.is_file():
            return _file(path)
    except (OSError, ValueError) as error:
        raise SourceError(_("The source cannot be looked up. Check --source.")) from error
    if addresses.is_address(text):
        from opttius_cli.sources.postgres.address import parse
        from opttius_cli.sources.postgres.source import Database

        how = live or Live()
        return Database(parse(text, how.environment), how.terms, how.wanted)
    raise SourceError(_("There is no folder or file “{path}”. Check --source.", path=addresses.shown(text)))


def _file(path: Path) -> Source:
    """Return the source for a single file."""
    form, packed = form_of(path)
    said = named(path)
    if said and form and form not in (said.form, Form.HTML) and not _harmless(said.form, form):
        raise _mistaken(path, said.form, form)
    if form is Form.WORKBOOK and packed is None:
        from opttius_cli.sources.spreadsheet import Workbook

        return Workbook(path)
    if form is Form.DUMP or (form is None and said and said.form is Form.DUMP):
        from opttius_cli.sources.pgdump import Dump

        return Dump(path, packed)
    if form is Form.DUCKDB:
        return _snapshot(path)
    if form in REMEDIES:
        raise UnreadableError(path, _("it is {form}. {remedy}", form=form.value, remedy=_(REMEDIES[form])))
    if form is Form.PARQUET or (form is None and said):
        raise UnreadableError(
            path, _("it holds only one table. Name the folder that has one file per table.")
        )
    raise UnreadableError(
        path,
        _(
            "this is not an export. "
            "Name a folder of exports, an .xlsx, a plain pg_dump file or a .duckdb snapshot."
        ),
    )


def _harmless(said: Form, found: Form) -> bool:
    """Return whether another message explains the mismatch better: dumps may be .sql, .dump or .txt."""
    return {said, found} <= {Form.DUMP, Form.CUSTOM_DUMP, Form.CSV} or (said, found) == (
        Form.WORKBOOK,
        Form.OLD_WORKBOOK,
    )


def _mistaken(path: Path, said: Form, found: Form) -> SourceError:
    from opttius_cli.sources.files import NotWhatItSaysError

    return NotWhatItSaysError(path, said, found)


def _snapshot(path: Path) -> Source:
    from opttius_cli.snapshot.held import SCHEMA_VERSION, read_manifest

    manifest = read_manifest(path)
    if manifest is None:
        raise UnreadableError(
            path, _("it is a DuckDB file, but not an opttius snapshot. Name the exports themselves.")
        )
    if manifest.schema_version != SCHEMA_VERSION:
        raise UnreadableError(
            path, _("another version of opttius made this snapshot. Load its source again.")
        )
    return ReadyMade(path)
