"""The file of customers who must not be contacted: an id, a RUT or an address a line, comments after ``#``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _

_COMMENT = re.compile(r"(^|\s)#.*")


@dataclass(frozen=True, slots=True)
class OptOutLine:
    """A line of the file: its number, and its text without comment, in lower case."""

    number: int
    text: str


def load_opt_out(file: str | None) -> list[OptOutLine]:
    """Load the lines that name somebody; none without a file.

    Raises:
        ConfigError: the file is not there or cannot be read. Without it nobody knows whom not to call.
    """
    if file is None:
        return []
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = _("it is not UTF-8") if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ConfigError(
            _(
                "The file of customers who must not be contacted cannot be read: {file} ({why}). Without it "
                "nobody is listed. Put it there, or correct worklist.opt_out.",
                file=file,
                why=why,
            )
        ) from error
    lines = [
        OptOutLine(number, _COMMENT.sub("", line).strip().lower())
        for number, line in enumerate(text.splitlines(), start=1)
    ]
    return [line for line in lines if line.text]
