"""Masks for personal data, by the kind of the column: pure functions on Arrow columns and on single values.

A mask shows what a shop needs to distinguish two people, and nothing by which a person can be reached:
``Ana R.``, ``a***@mail.cl``, ``+56 9 *** 123``, ``**.***.***-5``. A value of unexpected form is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable

UNREADABLE = "***"
MOBILE = "+56 9"
"""The start of every Chilean mobile number: it identifies nobody."""

# A word with these is part of an address, a number or a code, not a first name, and is not shown whole.
_NOT_IN_NAMES = r"[\p{N}@\x{ff20}\x{fe6b}]"
_CONTROL_CHARS = r"[\p{Cc}\p{Cf}]+"
_ID = "^(unknown|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
_EMAIL = r"^[^@]*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$"
_NON_DIGITS = "[^0-9]+"
_MOBILE_NUMBER = "^(56)?9[0-9]{8}$"
_MIN_DIGITS = 7
_SHOWN_DIGITS = 3
_RUT = "^[0-9]{6,9}[0-9K]$"
_RUT_PUNCTUATION = r"[\s.,\x{2010}-\x{2015}\x{2212}-]+"


def mask_names(names: pa.Array) -> pa.Array:
    """Keep first word and initial of the last: ``Ana María Rojas`` → ``Ana R.``; one word → ``A.``."""
    # Composed (NFC), so that the first character of a word includes its accent.
    composed = pc.utf8_normalize(pc.fill_null(names, ""), "NFC")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(composed, _CONTROL_CHARS, " "))
    words = pc.utf8_split_whitespace(plain)
    ends = pc.subtract(words.offsets, words.offsets[0])
    first = pc.take(words.flatten(), ends[:-1])
    last = pc.take(words.flatten(), pc.subtract(ends[1:], 1))
    has_several = pc.greater(pc.list_value_length(words), 1)
    show_first = pc.and_(has_several, pc.invert(pc.match_substring_regex(first, _NOT_IN_NAMES)))
    masked = pc.if_else(
        show_first,
        _concat_texts(first, " ", _take_initial(last), "."),
        _concat_texts(_take_initial(first), "."),
    )
    return _keep_nulls(names, pc.if_else(pc.equal(plain, ""), UNREADABLE, masked))


def mask_emails(emails: pa.Array) -> pa.Array:
    """Keep the first character and the domain: ``ana@mail.cl`` → ``a***@mail.cl``.

    An id, where nobody knows the address, names nobody and stays.
    """
    plain = pc.utf8_trim_whitespace(emails)
    domain = pc.replace_substring_regex(plain, "(?s)^.*@", "@")
    first = pc.if_else(pc.starts_with(plain, "@"), "", _take_initial(plain))
    masked = _concat_texts(first, UNREADABLE, domain)
    known = pc.if_else(pc.match_substring_regex(plain, _EMAIL), masked, UNREADABLE)
    return _keep_nulls(emails, pc.if_else(pc.match_substring_regex(plain, _ID), emails, known))


def mask_phones(phones: pa.Array) -> pa.Array:
    """Keep the last three digits: ``9 1234 5123`` → ``+56 9 *** 123``; not a Chilean mobile → ``*** 123``."""
    digits = pc.replace_substring_regex(phones, _NON_DIGITS, "")
    last = pc.utf8_slice_codeunits(digits, -_SHOWN_DIGITS)
    prefix = pc.if_else(pc.match_substring_regex(digits, _MOBILE_NUMBER), f"{MOBILE} ", "")
    masked = _concat_texts(prefix, f"{UNREADABLE} ", last)
    return _keep_nulls(phones, pc.if_else(pc.less(pc.utf8_length(digits), _MIN_DIGITS), UNREADABLE, masked))


def mask_ruts(ruts: pa.Array) -> pa.Array:
    """Keep the check digit: ``12.345.678-5`` → ``**.***.***-5``."""
    plain = pc.ascii_upper(pc.replace_substring_regex(ruts, _RUT_PUNCTUATION, ""))
    masked = _concat_texts("**.***.***-", pc.utf8_slice_codeunits(plain, -1))
    return _keep_nulls(ruts, pc.if_else(pc.match_substring_regex(plain, _RUT), masked, UNREADABLE))


def _take_initial(words: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(words, 0, 1)


def _concat_texts(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _keep_nulls(original: pa.Array, masked: pa.Array) -> pa.Array:
    """Return ``masked`` with the nulls of ``original``: a null stays null."""
    return pc.if_else(pc.is_valid(original), masked, None)


MASKS: dict[ColumnKind, Callable[[pa.Array], pa.Array]] = {
    ColumnKind.NAME: mask_names,
    ColumnKind.EMAIL: mask_emails,
    ColumnKind.PHONE: mask_phones,
    ColumnKind.RUT: mask_ruts,
}
"""The mask for each personal kind. A kind that is not listed is not personal."""


def mask_value(value: str | None, kind: ColumnKind) -> str | None:
    """Mask one value as in a column of ``kind``: for messages that name a person."""
    if value is None or kind not in MASKS:
        return value
    text: str = MASKS[kind](pa.array([value], pa.string()))[0].as_py()
    return text
