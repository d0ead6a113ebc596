"""What of a source is not read, and what a person can do about it: told at every place that tells of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import MissingTableError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.snapshot.source_protocol import (
    UNREAD_BLOCK,
    UNREAD_COLUMNS,
    UNREAD_FOLDER,
    UNREAD_NAME,
    Unread,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb

    from opttius_cli.sql import Connection

_SAVE_AS = N_(
    "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx) or as CSV, and load again."
)
_UNPACK = N_("Unpack it and load again.")
FORM_REMEDIES: dict[str, str] = {
    "Excel 97 (.xls)": _SAVE_AS,
    "Excel 2003 XML": _SAVE_AS,
    "Excel (.xlsb)": _SAVE_AS,
    "OpenDocument (.ods)": _SAVE_AS,
    "workbook with a password": N_(
        "Open it in Excel with its password, remove the password (File, Info, Protect Workbook) and save it."
    ),
    "pg_dump (custom)": N_(
        "Type: pg_restore --data-only --file=shop.sql {path} and load shop.sql, or write it again with "
        "pg_dump --format=plain --data-only."
    ),
    "pg_dump (tar)": N_(
        "Type: pg_restore --data-only --file=shop.sql {path} and load shop.sql, or write it again with "
        "pg_dump --format=plain --data-only."
    ),
    "pg_dump (directory)": N_(
        "Type: pg_restore --data-only --file=shop.sql {path} and load shop.sql, or write it again with "
        "pg_dump --format=plain --data-only."
    ),
    "pg_dump (SQL)": N_("A dump is read by itself: name it with --source."),
    "HTML": N_(
        "It is a web page, whatever its name says. Open it in Excel, save it as an Excel workbook (.xlsx) and load "
        "again."
    ),
    "ZIP": N_("Unpack it and load the folder."),
    "tar": _UNPACK,
    "7z": _UNPACK,
    "RAR": _UNPACK,
    "bzip2": N_("Type: bunzip2 {path} and load again."),
    "xz": N_("Type: unxz {path} and load again."),
    "LZ4": N_("Type: unlz4 {path} and load again."),
    "gzip": _UNPACK,
    "zstd": _UNPACK,
}
"""What to do with a file of a form that is not read; {path} is its name."""
_MOST_TOLD = 12
_REASONS = {
    UNREAD_NAME: N_("its name is that of no table"),
    UNREAD_FOLDER: N_("files in folders within the folder are not read"),
    UNREAD_BLOCK: N_("it is a table of its own in the dump"),
    UNREAD_COLUMNS: N_("it lacks columns that {table} must have: {columns}"),
}


def describe_remedy(form: str, path: object) -> str:
    """Return what to do with the file at ``path``, of a form that is not read."""
    return _(FORM_REMEDIES[form], path=path) if form in FORM_REMEDIES else _("Export it again.")


def build_unread_sentence(item: Unread) -> str:
    """Return what is not read, why, and what to do."""
    if item.reason not in _REASONS:
        return _(
            "{name} is not read: it is {form}. {remedy}",
            name=item.name,
            form=item.reason,
            remedy=describe_remedy(item.reason, item.name),
        )
    why = _(_REASONS[item.reason], table=item.table, columns=item.columns)
    sentence = _("{name} is not read: {why}.", name=item.name, why=why)
    return f"{sentence} {_describe_renaming(item)}".rstrip()


def _describe_renaming(item: Unread) -> str:
    """Return how to have something read that another name or place would do for."""
    if item.reason == UNREAD_FOLDER:
        return _("Name that folder with --source, or move its files up.")
    if item.table is None or item.reason != UNREAD_NAME:
        return ""
    return _("If it holds {table}, name it {table}.", table=item.table)


def store_unread(con: duckdb.DuckDBPyConnection, items: Sequence[Unread]) -> None:
    """Write ``items`` into the snapshot."""
    if items:
        con.executemany(
            "INSERT INTO meta.unread VALUES (?, ?, ?, ?)",
            [[item.name, item.reason, item.table, item.columns] for item in items],
        )


def load_unread(con: Connection) -> list[Unread]:
    """Return what of the source the snapshot says was not read."""
    rows = con.execute("SELECT name, reason, table_name, columns FROM meta.unread ORDER BY ALL").fetchall()
    return [Unread(*row) for row in rows]


def select_missing(items: Sequence[Unread], present: Collection[str]) -> list[Unread]:
    """Return those of ``items`` that seem to hold a table which is not ``present``."""
    return [item for item in items if item.table is not None and item.table not in present]


def build_unread_sentences(items: Sequence[Unread]) -> tuple[str, ...]:
    """Return what to tell of ``items``: a sentence for each of the first ones, and how many more there are."""
    notes = [build_unread_sentence(item) for item in items[:_MOST_TOLD]]
    more = len(items) - len(notes)
    if more:
        notes.append(
            n_("{count} more file or sheet is not read.", "{count} more files or sheets are not read.", more)
        )
    return tuple(notes)


def build_missing_tables_error(
    source: str, tables: Sequence[str], unread: Sequence[Unread]
) -> MissingTableError:
    """Return the error about required tables that are not there, with what may hold them."""
    near = [item for item in unread if item.table in tables] or [
        item for item in unread if item.table is None
    ]
    hints = [build_unread_sentence(item) for item in near[:3]]
    if list(tables) == ["branches"]:
        hints.append(
            _(
                "If there is only one shop, it needs no file: write [values.branches] with id and name into "
                "opttius.toml, and its id as branch_id under [values.customers] and [values.orders]."
            )
        )
    hints.append(_("Type opttius doctor {source}: it proposes what to write.", source=source))
    return MissingTableError(source, tables, hints)
