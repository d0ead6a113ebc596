"""A workbook written by hand, cell by cell, in every way in which programs write its XML."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGES = "http://schemas.openxmlformats.org/package/2006/relationships"
Cell = str | float | datetime | None
EPOCHS = {False: datetime(1899, 12, 30, tzinfo=UTC), True: datetime(1904, 1, 1, tzinfo=UTC)}
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


@dataclass(slots=True)
class SheetXml:
    """A sheet as it is written: ``shared`` are its texts that the workbook keeps apart."""

    is_1904: bool = False
    shared: list[str] = field(default_factory=list)

    def cell(self, place: str, value: Cell, form: str) -> str:
        """One cell: a text in the given form (shared, inline, runs, result), a number, a moment, or a blank."""
        if value is None:
            return f'<c r="{place}"/>' if form == "inline" else ""
        if isinstance(value, datetime):
            days = (value - EPOCHS[self.is_1904]).total_seconds() / 86_400
            return f'<c r="{place}" s="1"><v>{days!r}</v></c>'
        if isinstance(value, float):
            formula = "<f>1+1</f>" if form == "result" else ""
            return f'<c r="{place}">{formula}<v>{value!r}</v></c>'
        return self._text_cell(place, value, form)

    def _text_cell(self, place: str, value: str, form: str) -> str:
        if form == "shared":
            self.shared.append(value)
            return f'<c r="{place}" t="s"><v>{len(self.shared) - 1}</v></c>'
        if form == "result":
            return f'<c r="{place}" t="str"><f>A1</f><v>{escape(value)}</v></c>'
        half = len(value) // 2 if form == "runs" else len(value)
        parts = [f'<t xml:space="preserve">{escape(part)}</t>' for part in (value[:half], value[half:])]
        texts = "".join(f"<r>{part}</r>" for part in parts) if form == "runs" else parts[0]
        return f'<c r="{place}" t="inlineStr"><is>{texts}</is></c>'

    def write(self, rows: list[tuple[int, str]], *, lost_texts: int = 0) -> bytes:
        """The workbook of a sheet ``orders`` with these rows; the last ``lost_texts`` shared texts are missing."""
        lines = "".join(f'<row r="{number}">{cells}</row>' for number, cells in rows)
        texts = self.shared[: len(self.shared) - lost_texts]
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
        parts = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(self.is_1904)}"/>'
                '<sheets><sheet name="orders" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": _relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "styles", "styles.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
            ),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>',
            "xl/styles.xml": STYLES,
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>',
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
        return out.getvalue()


def _relations(*items: tuple[str, str, str]) -> str:
    links = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, kind, target in items
    )
    return f'<Relationships xmlns="{PACKAGES}">{links}</Relationships>'


PARTS = (
    "sharedStrings.xml",
    "worksheets/sheet1.xml",
    "workbook.xml",
    "styles.xml",
    "_rels/workbook.xml.rels",
)
_BOMB = b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
PART_DAMAGES: dict[str, Callable[[bytes, int], bytes | None]] = {
    "missing": lambda _part, _at: None,
    "empty": lambda _part, _at: b"",
    "cut": lambda part, at: part[: at % len(part)],
    "no XML": lambda part, _at: b"PK" + part,
    "a bit": lambda part, at: (
        part[: at % len(part)] + bytes([part[at % len(part)] ^ 1]) + part[at % len(part) + 1 :]
    ),
    "index out of range": lambda part, at: re.sub(rb't="s"><v>\d+', b't="s"><v>%d' % (10_000 + at), part),
    "index below 0": lambda part, at: re.sub(rb't="s"><v>\d+', b't="s"><v>-%d' % (1 + at), part),
    "index of words": lambda part, _at: re.sub(rb't="s"><v>\d+', b't="s"><v>first', part),
    "index that is huge": lambda part, _at: re.sub(rb't="s"><v>\d+', b't="s"><v>' + b"9" * 40, part),
    "a huge count": lambda part, _at: part.replace(
        b"<sst ", b'<sst count="4294967295" uniqueCount="4294967295" '
    ),
    "a count without an end": lambda part, _at: part.replace(
        b"<sst ", b"<sst uniqueCount='%s' " % (b"9" * 20)
    ),
    "huge numbers": lambda part, _at: re.sub(rb'"(\w*?)\d+"', rb'"\g<1>4294967295"', part),
    "numbers below 0": lambda part, _at: re.sub(rb'"\d+"', b'"-1"', part),
    "columns far away": lambda part, _at: re.sub(rb'r="[A-Z]+', b'r="ZZZZZZZZZZ', part),
    "texts without end": lambda part, _at: part.replace(b"</si>", b""),
    "entities": lambda part, _at: part.replace(b"<sst", _BOMB + b"<sst").replace(b"</t>", b"&b;</t>"),
    "an unknown entity": lambda part, _at: part.replace(b"</t>", b"&nothing;</t>"),
    "a number of a character": lambda part, _at: part.replace(b"</t>", b"&#0;</t>"),
    "UTF-16": lambda part, _at: part.decode().encode("utf-16"),
    "another root": lambda part, _at: part.replace(b"<sst ", b"<x ").replace(b"</sst>", b"</x>"),
}
"""What may have become of a part of a workbook: its bytes, given a place in it; None without the part."""


def damage_part(workbook: bytes, part: str, damage: str, at: int) -> bytes:
    """The workbook with one part damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as whole, zipfile.ZipFile(out, "w") as archive:
        for name in whole.namelist():
            content: bytes | None = whole.read(name)
            if name == f"xl/{part}" and content:
                content = PART_DAMAGES[damage](content, at)
            if content is not None:
                archive.writestr(name, content)
    return out.getvalue()
