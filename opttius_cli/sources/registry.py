"""Which kind of source a text names: a literal list, tried in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.snapshot.source import Source


def open_source(text: str) -> Source:
    """The source that ``text`` names. Raises SourceError when there is nothing there."""
    from opttius_cli.sources.exports import Folder

    path = Path(text).expanduser()
    if path.is_dir():
        return Folder(path)
    raise SourceError(_("There is no folder or file “{path}”. Check --source.", path=text))
