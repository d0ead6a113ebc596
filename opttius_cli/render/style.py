"""How a reader wants an answer: language, width and colour of the screen, dialect of CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CsvDialect = Literal["plain", "excel-es"]


@dataclass(frozen=True, slots=True)
class Style:
    """What renderers may ask of the reader's place; formats that do not need a field ignore it.

    ``language`` may name a place whose habits of writing numbers, money and dates apply (``es-AR``). ``width`` is
    None where lines may be as long as they like (a file, a pipe).
    """

    language: str = "es"
    width: int | None = None
    color: bool = False
    csv_dialect: CsvDialect = "plain"
