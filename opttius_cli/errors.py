"""The tree of errors that a person can do something about; each class builds its own sentence.

It says what is wrong, which value or file and line, and what to type next; :mod:`opttius_cli.diagnostics` exits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.i18n import _, end_sentence, n_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class OpttiusError(Exception):
    """An error a person can do something about; ``commands`` are lines from which one can be copied."""

    commands: tuple[str, ...] = ()


class UsageError(OpttiusError):
    """Options that cannot be used, or not together."""


class ConfigError(OpttiusError):
    """A configuration file or value that cannot be used."""


class SourceError(OpttiusError):
    """A source that cannot be reached or read, or that lacks something required."""


class PermissionDeniedError(SourceError):
    """The database role may not read the rows, or not all of them: a privilege is missing or was revoked."""


class NotAllowedError(OpttiusError):
    """The reader has no right to this branch, organization, feature or personal data."""


class NotFoundError(OpttiusError):
    """A customer, branch or report that does not exist."""


class OutputError(OpttiusError):
    """The output could not be written; what was there before is untouched."""


class BusyError(OpttiusError):
    """Another run holds the lock."""


class CheckFailedError(OpttiusError):
    """A check that should fail on findings has findings."""


class AlertError(OpttiusError):
    """A report was made, and figures in it are outside their bounds."""

    def __init__(self, count: int) -> None:
        super().__init__(n_("{count} alert was raised.", "{count} alerts were raised.", count))


class OutOfMemoryError(ConfigError):
    """A query that needs more memory than it may use."""

    def __init__(self) -> None:
        super().__init__(
            _("This needs more memory than limits.memory allows. Set it higher, for example 2GB.")
        )


class MissingExtraError(ConfigError):
    """A feature that needs optional packages which are not installed."""

    def __init__(self, extra: str) -> None:
        from opttius_cli.installation.extras import build_install_command

        command = build_install_command(extra)
        super().__init__(_("This needs packages that are not installed. Type: {command}", command=command))


class TimeLimitError(ConfigError):
    """A user's report that takes longer than it may."""

    def __init__(self, seconds: float) -> None:
        text = _(
            "The report took longer than {seconds} s and was stopped. Make it read less, or set "
            "limits.report_seconds higher.",
            seconds=f"{seconds:g}",
        )
        super().__init__(text)


class InvalidReportError(ConfigError):
    """A user's report that cannot be run."""

    def __init__(self, name: str, why: str) -> None:
        self.why = end_sentence(why)
        text = _(
            "The report {name} cannot be run: {why} See the names: opttius sql. Check it: opttius reports check."
        )
        super().__init__(text.format(name=name, why=self.why))


def format_list(names: Sequence[str], limit: int = 8) -> str:
    """Join ``names`` to one readable list, cut after ``limit``."""
    text, more = ", ".join(names[:limit]), len(names) - limit
    return text if more <= 0 else _("{names} and {count} more", names=text, count=more)


class NoSourceError(ConfigError):
    """No source was named anywhere."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "No source of data is set. Type --source FOLDER, set OPTTIUS_SOURCE, "
                'or write source = "FOLDER" in opttius.toml (opttius init).'
            )
        )


class UnknownNameError(NotFoundError):
    """A branch, report or other name that does not exist; ``near`` holds the closest names."""

    def __init__(self, kind: str, name: str, near: Sequence[str]) -> None:
        self.name = name
        sentence = _("There is no {kind} “{name}”.", kind=kind, name=name)
        if near:
            sentence += " " + _("The nearest: {names}.", names=format_list(near))
        super().__init__(sentence)


class CompositeReportError(NotFoundError):
    """The name of an answer that consists of several ``reports``."""

    def __init__(self, name: str, reports: Sequence[str]) -> None:
        super().__init__(
            _(
                "“{name}” consists of several reports; name one of them: {names}.",
                name=name,
                names=", ".join(reports),
            )
        )


class AmbiguousNameError(UsageError):
    """A name that matches several things; with ``commands`` these are the way to name one."""

    def __init__(self, kind: str, name: str, candidates: Sequence[str], commands: Sequence[str] = ()) -> None:
        self.commands = tuple(commands)
        super().__init__(
            _("“{name}” matches more than one {kind}. Copy one of these lines:", name=name, kind=kind)
            if commands
            else _(
                "“{name}” matches more than one {kind}: {names}. Name one of them by its id.",
                name=name,
                kind=kind,
                names=format_list(candidates),
            )
        )


class OrganizationRequiredError(UsageError):
    """None of the organizations was chosen, and none is the only one that counts."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            n_(
                "The data holds {count} organization, which counts only when it is named: {names}. "
                "Choose it with --organization NAME.",
                "The data holds {count} organizations: {names}. Choose one with --organization NAME.",
                len(names),
                names=format_list(names),
            )
        )


class UnadoptedBranchError(UsageError):
    """A branch without organization that belongs to none of the ``organizations`` (metrics 3)."""

    def __init__(self, branch: str, organizations: Sequence[str], *, is_off: bool) -> None:
        if is_off:
            why = _(
                "scope.adopt = false keeps it out of every scope. Remove that setting, or give it the slug of the "
                "organization that the branch belongs to."
            )
        elif organizations:
            why = _(
                'it could belong to any of {names}. Say to which: scope.adopt = "SLUG" in opttius.toml.',
                names=format_list(organizations),
            )
        else:
            why = _(
                "the data hold only organizations that the app uses itself. Say to which it belongs: "
                'scope.adopt = "SLUG" in opttius.toml.'
            )
        super().__init__(_("The branch “{name}” names no organization: {why}", name=branch, why=why))


class StaleSnapshotError(SourceError):
    """A source that cannot be loaded now, but has a snapshot ``age`` seconds old."""

    def __init__(self, cause: SourceError, age: float, *, refresh: bool) -> None:
        days = int(age // 86400) + 1
        hint = (
            _(
                "The data loaded before is still available: leave out --refresh and add --max-age {age}.",
                age=f"{days}d",
            )
            if refresh
            else _("The data loaded before is still available: add --max-age {age}.", age=f"{days}d")
        )
        self.cause = cause
        super().__init__(f"{cause} {hint}")


class NoOwnersError(SourceError):
    """A source without any branch or organization, so that no row has an owner."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The data holds no branch and no organization: the table branches has no visible row. "
                "Is it the right source? Type opttius doctor."
            )
        )


class MissingTableError(SourceError):
    """Required tables are not in the source; ``unread`` are sentences about what may hold them."""

    def __init__(self, source: str, tables: Sequence[str], unread: Sequence[str] = ()) -> None:
        sentence = n_(
            "{source} holds no table “{table}”, which is required. "
            "Export it as {table}.csv (or .parquet, .json, a sheet of an .xlsx) and load again.",
            "{source} lacks {count} required tables: {names}. "
            "Export each as {table}.csv (or .parquet, .json, a sheet of an .xlsx) and load again.",
            len(tables),
            source=source,
            table=tables[0],
            names=format_list(tables),
        )
        super().__init__(" ".join((sentence, *unread)))


_OWN_FILE_NAME = re.compile(r"[a-z-]+-\d{4}-\d\d-\d\d\.\w+( .*)?")


def explain_own_report(name: str) -> str:
    """Return a hint for an unreadable file named like one of ``opttius export``, else an empty text."""
    if not _OWN_FILE_NAME.fullmatch(name):
        return ""
    return " " + _("If it is a report that opttius wrote, move it to another folder.")


class MissingColumnError(SourceError):
    """Required columns that are missing in a table."""

    def __init__(self, origin: str, table: str, columns: Sequence[str]) -> None:
        sentence = n_(
            "{origin}: table “{table}” has no column {columns}, which is required. "
            "Export the table again with that column; for your own sheets, opttius doctor proposes what to write.",
            "{origin}: table “{table}” lacks the columns {columns}, which are required. "
            "Export the table again with those columns; for your own sheets, opttius doctor proposes what to write.",
            len(columns),
            origin=origin,
            table=table,
            columns=format_list([f"“{column}”" for column in columns]),
        )
        super().__init__(sentence + explain_own_report(origin))


class StrictLoadError(SourceError):
    """Rows or cells that a strict load cannot read; the first is named."""

    def __init__(self, count: int, origin: str, line: int | None, column: str | None, reason: str) -> None:
        location = ":".join(str(part) for part in (origin, line, column) if part is not None)
        super().__init__(
            n_(
                "{count} row or cell cannot be read: {place} ({reason}). Fix it, or load without --strict.",
                "{count} rows or cells cannot be read, the first: {place} ({reason}). "
                "Fix them, or load without --strict.",
                count,
                place=location,
                reason=reason,
            )
        )


class UnreadableFileError(SourceError):
    """A file that cannot be read as what its name says."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(_("{path} cannot be read: {why}", path=path, why=why))
