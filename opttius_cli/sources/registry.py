"""Which kind of source a text names: told by what is there, not only by how it is called."""

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
    """How a database is read, should the source be one: its terms, the environment, whose rows."""

    terms: Terms = field(default_factory=Terms)
    environment: Mapping[str, str] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)


def open_source(text: str, live: Live | None = None) -> Source:
    """The source that ``text`` names. Raises SourceError when there is nothing there, or nothing we can read.

    A text that may hold a password is never repeated.
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
    """The source that one file is."""
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
            path, _("it holds one table. Name the folder that holds a file for each table.")
        )
    raise UnreadableError(
        path,
        _("it is no export. Name a folder of exports, an .xlsx, a plain pg_dump file or a .duckdb snapshot."),
    )


def _harmless(said: Form, found: Form) -> bool:
    """A dump is called .sql, .dump or .txt, and a custom one just so: that is told in other words."""
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
            path, _("it is a DuckDB file, but no snapshot of opttius. Name the exports themselves.")
        )
    if manifest.schema_version != SCHEMA_VERSION:
        raise UnreadableError(
            path, _("another version of opttius made this snapshot. Load its source again.")
        )
    return ReadyMade(path)
