"""Errors of a user's SQL, as the process that runs it describes them to the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.engines.own_sql.explain_fault import explain_fault, find_line
from opttius_cli.engines.own_sql.statement import InvalidStatementError
from opttius_cli.errors import InvalidReportError, NotAllowedError, OutOfMemoryError, OutputError, UsageError
from opttius_cli.i18n import _, end_sentence
from opttius_cli.snapshot.damage import DamagedSnapshotError
from opttius_cli.snapshot.engine_errors import translate_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class InvalidSqlError(UsageError):
    """SQL that a person typed and that cannot be run."""

    def __init__(self, why: str) -> None:
        super().__init__(
            _(
                "The SQL cannot be run: {why} Type opttius sql to see the tables and columns.",
                why=end_sentence(why),
            )
        )


class OwnSqlOnClusterError(UsageError):
    """SQL of a person for an engine that runs the project's only."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your own SQL runs on DuckDB only, not with --engine spark. "
                "Type the same with --engine duckdb and the export or snapshot as --source."
            )
        )


def describe_error(error: Exception, path: Path | None = None, sql: str = "") -> dict[str, str]:
    """Return the kind of ``error`` and what may be told of it: nothing of a value of the data.

    ``path`` is the snapshot that was read, ``sql`` what a person wrote.
    """
    if isinstance(error, NotAllowedError):
        return {"kind": "not_allowed", "why": str(error)}
    translated = translate_error(error, path) or error
    if isinstance(translated, (OutOfMemoryError, MemoryError)):
        return {"kind": "memory", "why": ""}
    if isinstance(translated, OutputError):
        return {"kind": "unwritable", "why": str(translated)}
    if isinstance(translated, DamagedSnapshotError) and translated.is_unreadable:
        return {"kind": "damaged", "why": translated.kind}
    return {"kind": "invalid", "why": _explain(error, sql)}


def _explain(error: Exception, sql: str) -> str:
    """Return what is wrong with ``sql``, and in which line; of a message about a value only its kind, not the value."""
    import duckdb

    if isinstance(error, KeyError):
        return _("there is no parameter {name}.", name=f"${error.args[0]}")
    if isinstance(error, InvalidStatementError):
        line = find_line(sql, error.name, error.position)
        return _("line {line}: {why}", line=line, why=str(error)) if line else str(error)
    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return str(explain_fault(str(error)))
    return _("the SQL fails on a value of the data ({kind}).", kind=type(error).__name__)


def build_error(report: str | None, described: Mapping[str, str], path: Path | None = None) -> Exception:
    """Return the error that stands for a described one, of a report or (None) of SQL that was typed.

    ``path`` is the snapshot that was read.
    """
    if described["kind"] == "not_allowed":
        return NotAllowedError(described["why"])
    if described["kind"] == "memory":
        return OutOfMemoryError()
    if described["kind"] == "unwritable":
        return OutputError(described["why"])
    if described["kind"] == "damaged" and path:
        return DamagedSnapshotError(path, described["why"])
    return InvalidReportError(report, described["why"]) if report else InvalidSqlError(described["why"])
