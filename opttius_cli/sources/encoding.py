"""How the signs of a text are encoded, and what becomes of bytes that are not UTF-8 in a file that is."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.sources.file_types import open_decompressed

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.sources.file_types import FileType

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_STRAY = re.compile("[\udc80-\udcff]")


def detect_encoding(path: Path, head: bytes) -> str:
    """Return the encoding of a text that begins with ``head``, by its mark or by where its zeros stand.

    Raises UnreadableFileError for one that is not read.
    """
    zeros = [head[place::4].count(0) * 8 > len(head[place::4]) for place in range(4)]
    if head.startswith(_WIDE_MARKS) or sum(zeros) == 3:  # noqa: PLR2004
        raise UnreadableFileError(path, _("it is UTF-32. Export it again as UTF-8."))
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else "utf-8"


def count_strays(path: Path, packed: FileType | None) -> tuple[int, int]:
    """Return how many bytes of a text are not UTF-8, and how many signs of it are, ASCII aside."""
    strays = signs = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with open_decompressed(path, packed) as file:
        while block := file.read(_CHUNK):
            if block.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(block)
            result = len(_STRAY.findall(text))
            strays += result
            signs += len(text) - len(text.encode("ascii", "ignore")) - result
    return strays + len(decoder.getstate()[0]), signs


def mend_strays(text: str) -> str:
    """Return text in which every byte that is not UTF-8 becomes its sign in Windows-1252."""
    return _STRAY.sub(lambda result: bytes([ord(result.group()) - 0xDC00]).decode("cp1252", "replace"), text)
