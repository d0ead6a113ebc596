"""The call that a timer makes to run due jobs: the command, its folder and its environment."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
"""The possible minutes between two calls: the divisors of an hour."""
_PASSED_VARIABLES = ("OPTTIUS_CACHE_FOLDER", "OPTTIUS_CONFIG_DIR", "OPTTIUS_STATE_DIR")
"""Variables that a timer passes on, so that it uses the same settings and ledger as the user.

None is a secret.
"""
_DATABASE_VARIABLES = ("PGPASSWORD", "PGSERVICE", "PGHOST", "PGUSER", "PGDATABASE", "PGPORT", "PGSSLMODE")
_PATHS = ("/usr/local/bin", "/usr/bin", "/bin")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the words of the command, its folder and environment, and the minutes between two calls."""

    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    minutes: int

    @property
    def key(self) -> str:
        """A key that distinguishes the calls of different folders."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:8]


def list_unseen_variables(environment: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """Return the variables that are set here and that a timer will not see: of ``names``, and of a database."""
    wanted = {*names, *_DATABASE_VARIABLES}.difference(_PASSED_VARIABLES)
    return sorted(name for name in wanted if environment.get(name))


def build_call(folder: Path, environment: Mapping[str, str], minutes: int) -> Call:
    """Build the call for the jobs of ``folder``, with this installation of the program.

    Raises:
        UsageError: minutes that do not divide an hour, or a path that no timer accepts.
    """
    if minutes not in MINUTES:
        raise UsageError(
            _("--minutes must be one of {names}.", names=", ".join(str(number) for number in MINUTES))
        )
    script = Path(sys.executable).with_name("opttius")
    program = (str(script),) if script.is_file() else (sys.executable, "-m", "opttius_cli")
    paths = dict.fromkeys((str(Path(program[0]).parent), *_PATHS))
    passed = {
        name: str(Path(environment[name]).absolute()) for name in _PASSED_VARIABLES if environment.get(name)
    }
    call = Call(
        (*program, "job", "run", "--due"), folder, {"PATH": os.pathsep.join(paths), **passed}, minutes
    )
    for text in (*call.command, str(folder), *call.environment.values()):
        if not text.isprintable():
            raise UsageError(
                _("{path} has a character that timers do not accept. Rename it.", path=repr(text))
            )
    return call
