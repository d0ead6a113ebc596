"""What the XML of a worksheet says and its reader does not: formulas without results, errors, repeated rows.

One walk through the packed sheet, block by block; nothing is parsed that regular expressions do not need.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb"<(?:\w+:)?(?:v|is)\b")
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_WITHOUT_RESULT = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b([^<>]*\bt="e"[^<>]*)>(?:\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*'
    rb"<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>"
)
_TEXT_RESULT = re.compile(rb'\bt="(?:str|e)"')
_WIDE = re.compile(rb'<(?:\w+:)?c\b[^<>]*\br="([A-Z]{3,})(\d+)"[^<>]*[^/<>]>')
_LONGEST_CELL = 1 << 20


@dataclass(slots=True)
class SheetFacts:
    """Cells without the value that they show, by (row, column) counted from 1, and rows whose number comes twice."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    without_result: set[tuple[int, int]] = field(default_factory=set)
    repeated: list[int] = field(default_factory=list)
    wide: str = ""

    def shift(self, columns: int) -> None:
        """Count columns from behind the first ``columns``, where the reader begins."""
        self.errors = {(row, column - columns): text for (row, column), text in self.errors.items()}
        self.without_result = {(row, column - columns) for row, column in self.without_result}


def scan_sheet(path: Path, title: str) -> SheetFacts:
    """Return the facts of the sheet ``title`` of the workbook at ``path``."""
    facts = SheetFacts()
    with zipfile.ZipFile(path) as archive:
        name = _part_name(archive, title)
        if name:
            with archive.open(name) as sheet:
                _walk(sheet, facts)
    return facts


def holds_cells(path: Path, title: str) -> bool:
    """Return whether the sheet ``title`` holds any cell."""
    with zipfile.ZipFile(path) as archive:
        name = _part_name(archive, title)
        if not name:
            return False
        with archive.open(name) as sheet:
            return _CELL.search(sheet.read(_CHUNK)) is not None


def _walk(sheet: IO[bytes], facts: SheetFacts) -> None:
    visible: set[int] = set()
    rest = b""
    while block := sheet.read(_CHUNK):
        window = rest + block
        cut = max(window.rfind(b"</c>"), window.rfind(b"</row>"), window.rfind(b":c>"))
        cut = cut + 4 if cut >= 0 else max(len(window) - _LONGEST_CELL, 0)
        _note(window[:cut], facts, visible)
        rest = window[cut:]
    _note(rest, facts, visible)


def _note(window: bytes, facts: SheetFacts, visible: set[int]) -> None:
    for number in map(int, _ROW.findall(window)):
        if number in visible:
            facts.repeated.append(number)
        visible.add(number)
    if b"<f" in window or b":f" in window:
        for cell in _WITHOUT_RESULT.finditer(window):
            if not _TEXT_RESULT.search(cell[1]) and (place := _place(cell[1])):
                facts.without_result.add(place)
    if b't="e"' in window:
        for cell in _ERROR.finditer(window):
            if place := _place(cell[1]):
                facts.errors[place] = cell[2].decode(errors="replace")
    if not facts.wide and (wide := _WIDE.search(window)):
        facts.wide = (wide[1] + wide[2]).decode()


def _place(attributes: bytes) -> tuple[int, int] | None:
    reference = _REFERENCE.search(attributes)
    if not reference:
        return None
    column = 0
    for letter in reference[1]:
        column = column * 26 + letter - 64
    return int(reference[2]), column


def _part_name(archive: zipfile.ZipFile, title: str) -> str | None:
    """Return the name within the archive of the sheet called ``title``."""
    names = {name.lower(): name for name in archive.namelist()}
    book = next((name for name in names if name.endswith("workbook.xml")), None)
    relations = next((name for name in names if name.endswith("_rels/workbook.xml.rels")), None)
    if book is None or relations is None:
        return None
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(archive.read(names[relations]))  # noqa: S314
    }
    for sheet in ET.fromstring(archive.read(names[book])).iter():  # noqa: S314
        if sheet.tag.endswith("}sheet") and sheet.get("name") == title:
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            base = "" if target.startswith("/") else names[book].rpartition("/")[0] + "/"
            return names.get((base + target.lstrip("/")).lower())
    return None


def refuse_scattered(label: str, facts: SheetFacts) -> None:
    """Raise UnreadableFileError when a cell lies so far outside that blanks would take all memory."""
    if facts.wide:
        raise UnreadableFileError(
            label,
            _("the cell {cell} lies far outside the table. Delete it, or export CSV files.", cell=facts.wide),
        )
