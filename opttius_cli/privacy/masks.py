"""Masks for personal data, by the kind of the column: pure functions on Arrow columns and on single values.

A mask shows what a shop needs to distinguish two people, and nothing by which a person can be reached:
``Ana R.``, ``a***@mail.cl``, ``+56 9 *** 123``, ``**.***.***-5``. A value of unexpected form is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

UNREADABLE = "***"
MOBILE = "+56 9"
"""The start of every Chilean mobile number: it identifies nobody."""

# A word with these is part of an address, a number or a code, not a first name, and is not shown whole.
_NO_NAME = r"[\p{N}@\x{ff20}\x{fe6b}]"
_HIDDEN = r"[\p{Cc}\p{Cf}]+"
_EMAIL = r"^[^@]*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$"
_NO_DIGIT = "[^0-9]+"
_ANY_MOBILE = "^(56)?9[0-9]{8}$"
_FEWEST_DIGITS = 7
_SHOWN_DIGITS = 3
_RUT = "^[0-9]{6,9}[0-9K]$"
_RUT_PUNCTUATION = r"[\s.,\x{2010}-\x{2015}\x{2212}-]+"


def mask_names(names: pa.Array) -> pa.Array:
    """Keep first word and initial of the last: ``Ana María Rojas`` → ``Ana R.``; one word → ``A.``."""
    # Composed (NFC), so that the first character of a word includes its accent.
    composed = pc.utf8_normalize(pc.fill_null(names, ""), "NFC")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(composed, _HIDDEN, " "))
    words = pc.utf8_split_whitespace(plain)
    ends = pc.subtract(words.offsets, words.offsets[0])
    first = pc.take(words.flatten(), ends[:-1])
    last = pc.take(words.flatten(), pc.subtract(ends[1:], 1))
    several = pc.greater(pc.list_value_length(words), 1)
    whole = pc.and_(several, pc.invert(pc.match_substring_regex(first, _NO_NAME)))
    shown = pc.if_else(whole, _joined(first, " ", _initial(last), "."), _joined(_initial(first), "."))
    return _known(names, pc.if_else(pc.equal(plain, ""), UNREADABLE, shown))


def mask_emails(emails: pa.Array) -> pa.Array:
    """Keep the first character and the domain: ``ana@mail.cl`` → ``a***@mail.cl``."""
    plain = pc.utf8_trim_whitespace(emails)
    domain = pc.replace_substring_regex(plain, "(?s)^.*@", "@")
    first = pc.if_else(pc.starts_with(plain, "@"), "", _initial(plain))
    shown = _joined(first, UNREADABLE, domain)
    return _known(emails, pc.if_else(pc.match_substring_regex(plain, _EMAIL), shown, UNREADABLE))


def mask_phones(phones: pa.Array) -> pa.Array:
    """Keep the last three digits: ``9 1234 5123`` → ``+56 9 *** 123``; not a Chilean mobile → ``*** 123``."""
    digits = pc.replace_substring_regex(phones, _NO_DIGIT, "")
    last = pc.utf8_slice_codeunits(digits, -_SHOWN_DIGITS)
    prefix = pc.if_else(pc.match_substring_regex(digits, _ANY_MOBILE), f"{MOBILE} ", "")
    shown = _joined(prefix, f"{UNREADABLE} ", last)
    return _known(phones, pc.if_else(pc.less(pc.utf8_length(digits), _FEWEST_DIGITS), UNREADABLE, shown))


def mask_ruts(ruts: pa.Array) -> pa.Array:
    """Keep the check digit: ``12.345.678-5`` → ``**.***.***-5``."""
    plain = pc.ascii_upper(pc.replace_substring_regex(ruts, _RUT_PUNCTUATION, ""))
    shown = _joined("**.***.***-", pc.utf8_slice_codeunits(plain, -1))
    return _known(ruts, pc.if_else(pc.match_substring_regex(plain, _RUT), shown, UNREADABLE))


def _initial(words: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(words, 0, 1)


def _joined(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _known(original: pa.Array, masked: pa.Array) -> pa.Array:
    """Return ``masked`` with the nulls of ``original``: a null stays null."""
    return pc.if_else(pc.is_valid(original), masked, None)


MASKS: dict[Kind, Callable[[pa.Array], pa.Array]] = {
    Kind.NAME: mask_names,
    Kind.EMAIL: mask_emails,
    Kind.PHONE: mask_phones,
    Kind.RUT: mask_ruts,
}
"""The mask for each personal kind. A kind that is not listed is not personal."""


def mask(value: str | None, kind: Kind) -> str | None:
    """Mask one value as in a column of ``kind``: for messages that name a person."""
    if value is None or kind not in MASKS:
        return value
    text: str = MASKS[kind](pa.array([value], pa.string()))[0].as_py()
    return text
