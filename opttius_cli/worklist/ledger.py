"""The ledger of decided lists: one file per organization, branch and week, which only its owner can read.

A file appears whole or not at all, so a killed run decides nothing by halves. What a file says is checked like any
other data: one that is damaged is no list.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from opttius_cli.files.atomic_file import write_atomically
from opttius_cli.files.lock import LockHeldError, hold_lock
from opttius_cli.files.permissions import make_private_folder
from opttius_cli.files.stored_values import (
    parse_json,
    parse_optional,
    read_text,
    require,
    require_choice,
    require_integer,
    require_list,
    require_mapping,
    require_text,
)
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCK_TIMEOUT = 60.0
"""Seconds to wait for another run that is deciding."""
_WEEK = re.compile(r"\d{4}-W\d\d")
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_CODE = re.compile(r"[a-z_]{1,32}")
_MONEY = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2})?")
_MOST = 2**31
"""More than any count of customers."""
_NO_BRANCH = "none"
_ARMS = ("listed", "held_back")


class LedgerError(Exception):
    """The ledger cannot be read or written; the message says which file, and why."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A customer of a decided list. ``rank`` is None for one who was held back; money is a text of digits."""

    customer_id: str
    arm: str
    rank: int | None
    reason: str
    since: str
    also: tuple[str, ...]
    at_stake: str
    value: str


@dataclass(frozen=True, slots=True)
class DecidedList:
    """What was decided for one branch (None: customers without one) and week, on the local date ``day``."""

    branch_id: str | None
    week: str
    day: date
    candidates: int
    listed: int
    left_out: dict[str, int]
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The folder of an organization's decided lists."""

    folder: Path

    def read_lists(self, branch_id: str | None) -> list[DecidedList]:
        """Return every list of a branch, the oldest week first. Raises LedgerError for a damaged one."""
        folder = self._find_branch_folder(branch_id)
        try:
            files = sorted(file for file in folder.glob("*.json") if _WEEK.fullmatch(file.stem))
            if not files and folder.exists() and not folder.is_dir():
                raise NotADirectoryError(20, _("it is not a folder"))
        except OSError as error:
            raise _build_error(folder, error) from error
        return [_read_list(file, branch_id) for file in files]

    def write_list(self, decided: DecidedList, *, replace: bool = False) -> bool:
        """Write a list; returns False when that week has one already and ``replace`` is off.

        Raises:
            LedgerError: it cannot be written; what was there is unchanged.
        """
        folder = self._find_branch_folder(decided.branch_id)
        text = json.dumps(asdict(decided) | {"day": decided.day.isoformat()}, ensure_ascii=False, indent=1)
        try:
            make_private_folder(folder)
            for leftover in folder.glob(".opttius-*.tmp"):
                # The lock is held, so nobody is writing it: its run was killed.
                leftover.unlink(missing_ok=True)
            write_atomically(
                folder / f"{decided.week}.json",
                lambda out: out.write(text.encode()),
                overwrite=replace,
                private=True,
            )
        except FileExistsError:
            return False
        except OSError as error:
            raise _build_error(folder, error) from error
        return True

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let one run decide at a time. Raises LedgerError when the folder cannot be used."""
        try:
            make_private_folder(self.folder)
            lock = hold_lock(self.folder / "lock", timeout=_LOCK_TIMEOUT)
            lock.__enter__()
        except (OSError, LockHeldError) as error:
            raise _build_error(self.folder, error) from error
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _find_branch_folder(self, branch_id: str | None) -> Path:
        return self.folder / (_NO_BRANCH if branch_id is None else build_folder_name(branch_id))


def build_folder_name(identifier: str) -> str:
    """Return the name of a folder for an id: the id itself, or a hash where it is no safe name."""
    if _PLAIN_ID.fullmatch(identifier) and identifier != _NO_BRANCH:
        return identifier
    return "id-" + hashlib.sha256(identifier.encode()).hexdigest()[:32]


def _build_error(path: Path, error: Exception) -> LedgerError:
    why = getattr(error, "strerror", None) or str(error)
    return LedgerError(_("the ledger {file} cannot be used: {why}", file=path, why=why))


def _read_list(file: Path, branch_id: str | None) -> DecidedList:
    """Return what a file holds. Raises LedgerError for one that cannot be read, or was not written here."""
    try:
        values = parse_json(read_text(file))
        decided = DecidedList(
            branch_id,
            require_choice(values["week"], [file.stem]),
            date.fromisoformat(require_text(values["day"])),
            _parse_count(values["candidates"]),
            _parse_count(values["listed"]),
            require_mapping(values["left_out"], _parse_count),
            require_list(values["rows"], _parse_row),
        )
        require(values, values["branch_id"] == branch_id and all(map(_CODE.fullmatch, decided.left_out)))
    except OSError as error:
        raise _build_error(file, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise LedgerError(_("the ledger {file} is damaged", file=file)) from error
    return decided


def _parse_row(row: dict[str, Any]) -> LedgerRow:
    return LedgerRow(
        require_text(row["customer_id"]),
        require_choice(row["arm"], _ARMS),
        parse_optional(row["rank"], _parse_count),
        _parse_code(row["reason"]),
        date.fromisoformat(require_text(row["since"])).isoformat(),
        require_list(row["also"], _parse_code),
        *(_parse_money(row[name]) for name in ("at_stake", "value")),
    )


def _parse_money(value: Any) -> str:
    return require(require_text(value), bool(_MONEY.fullmatch(value)))


def _parse_code(value: Any) -> str:
    return require(require_text(value), bool(_CODE.fullmatch(value)))


def _parse_count(value: Any) -> int:
    return require(require_integer(value), value < _MOST)
