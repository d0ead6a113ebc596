"""How a reader wants an answer: language, width and colours of the terminal, CSV dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CsvDialect = Literal["plain", "excel-es"]


@dataclass(frozen=True, slots=True)
class Style:
    """The options of all renderers; each ignores the fields that it does not need.

    ``language`` may include a country, whose conventions for numbers, money and dates then apply (``es-AR``).
    ``width`` is None if lines may have any length (a file, a pipe). ``overview`` is the first screen of a person:
    what matters, and the commands for the rest, on ``height`` lines.
    """

    language: str = "es"
    width: int | None = None
    color: bool = False
    csv_dialect: CsvDialect = "plain"
    overview: bool = False
    height: int = 24
