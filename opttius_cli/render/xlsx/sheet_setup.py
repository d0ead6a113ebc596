"""What a sheet is before anything is on it: its name, and how it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from collections.abc import Sequence

_A4 = 9
"""The number of the paper size."""
_PAGE_WIDTH = 190
"""Characters of a line that can still be read on paper."""
_MAX_PAGE_TEXT = 100
_MAX_NAME_LENGTH = 31


def set_up_page(sheet: Any, width: float, page_header: tuple[str, str]) -> None:
    """Let a sheet of ``width`` characters print on A4, with whose figures and of when above every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    # A very wide list takes several pages side by side: on one page nobody could read it.
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = max(1, round(width / _PAGE_WIDTH)), 0
    if sheet.page_setup.fitToWidth > 1:
        sheet.print_title_cols = "A:A"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = map(_escape_page_text, page_header)
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"


def _escape_page_text(text: str) -> str:
    """Return a text for the margin of a page, where an ampersand begins a code and little fits."""
    return text[:_MAX_PAGE_TEXT].replace("&", "&&")


def find_free_name(title: str, sheet_names: Sequence[str]) -> str:
    """Return a valid sheet name that no other sheet has."""
    legal_title = "".join(" " if char in "[]:*?/\\" or ord(char) < ord(" ") else char for char in title)
    legal_title = legal_title.strip().strip("'") or "-"
    used_names = {name.casefold() for name in sheet_names} | {"history"}
    number, name = 1, legal_title[:_MAX_NAME_LENGTH]
    while name.casefold() in used_names:
        number += 1
        name = f"{legal_title[: _MAX_NAME_LENGTH - len(str(number)) - 3]} ({number})"
    return name
