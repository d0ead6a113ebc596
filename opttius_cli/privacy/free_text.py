"""Redaction of free text: emails, phones and RUTs in it are found and replaced. Names cannot be found.

In doubt, text counts as personal: nine digits are a phone. Amounts and numbers that must stay have a column
kind of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Replace = Callable[[pa.Array, ColumnKind], pa.Array]

MAY_MATCH = r"[@\x{ff20}\x{fe6b}]|(\p{Nd}[\s\p{Z}().\-/]{0,2}){7}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-"
"""A text without an at sign, a run of digits or a UUID cannot match: a pattern of RE2, as Arrow and SQL read it."""
_AT = "[@\uff20\ufe6b]"
_DASH = "[-\u2010-\u2015\u2212]"
_PERSONAL_DATA = re.compile(
    rf"""
    (?P<id>\b[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}\b)
    |(?P<email>[^\s@\uff20\ufe6b<>(),;:"'\[\]]+{_AT}[\w-]+(?:\.[\w-]+)*)
    |(?P<rut>(?<!\w)\d{{1,2}}\.?\d{{3}}\.?\d{{3}}\s?{_DASH}\s?[\dk](?!\w))
    |(?P<digits>(?<!\w)\+?\(?\d(?:[\s().\-/]{{0,2}}\d){{6,14}}k?(?!\w))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NATIONAL, _INTERNATIONAL = 9, 11
_RUT_DIGITS = (8, 9)
_WEIGHTS = (2, 3, 4, 5, 6, 7)
_DATE_LIKE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")


def redact_text(values: pa.Array, kinds: Iterable[ColumnKind], replace: Replace) -> pa.Array:
    """Replace what is found of ``kinds`` in ``values``; a text without a match stays as it is."""
    encoded = pc.dictionary_encode(values)
    texts = encoded.dictionary
    if not len(texts) or not pc.any(pc.match_substring_regex(texts, MAY_MATCH)).as_py():
        return values
    matches = _find_matches(texts, frozenset(kinds))
    if not any(matches.values()):
        return values
    replacements: dict[tuple[ColumnKind, str], str] = {}
    for kind, texts_of_kind in matches.items():
        originals = sorted(texts_of_kind)
        replaced = replace(pa.array(originals, pa.string()), kind).to_pylist()
        replacements |= {
            (kind, original): replacement for original, replacement in zip(originals, replaced, strict=True)
        }
    return pc.take(
        pa.array([_replace_matches(text, replacements) for text in texts.to_pylist()]), encoded.indices
    )


def _find_matches(texts: pa.Array, kinds: frozenset[ColumnKind]) -> dict[ColumnKind, set[str]]:
    """Find the matches in ``texts``, by kind."""
    matches: dict[ColumnKind, set[str]] = {kind: set() for kind in kinds}
    for text in pc.filter(texts, pc.match_substring_regex(texts, MAY_MATCH)).to_pylist():
        for match in _PERSONAL_DATA.finditer(text):
            kind = _detect_kind(match)
            if kind in kinds:
                matches[kind].add(match[0])
    return matches


def _replace_matches(text: str, replacements: Mapping[tuple[ColumnKind, str], str]) -> str:
    def replace_match(match: re.Match[str]) -> str:
        kind = _detect_kind(match)
        return replacements.get((kind, match[0]), match[0]) if kind else match[0]

    return _PERSONAL_DATA.sub(replace_match, text)


def _detect_kind(match: re.Match[str]) -> ColumnKind | None:
    """Return the kind of a match; None for digits that are neither a phone nor a RUT."""
    if match.lastgroup != "digits":
        return ColumnKind(str(match.lastgroup))
    text = match[0]
    digits = "".join(char for char in text.lower() if char.isdigit() or char == "k")
    if text.startswith("+") and len(digits) > _RUT_DIGITS[0] - 1:
        return ColumnKind.PHONE
    if _is_rut(digits):
        return ColumnKind.RUT
    is_phone = (len(digits) == _NATIONAL and digits[0] not in "01" and "k" not in digits) or (
        len(digits) == _INTERNATIONAL and digits.startswith("56")
    )
    return ColumnKind.PHONE if is_phone else None


def _is_rut(digits: str) -> bool:
    """Return whether digits without a dash are a RUT: the check digit is right, and they are not a date."""
    if len(digits) not in _RUT_DIGITS or "k" in digits[:-1] or _DATE_LIKE.fullmatch(digits):
        return False
    total = sum(
        int(digit) * _WEIGHTS[position % len(_WEIGHTS)]
        for position, digit in enumerate(reversed(digits[:-1]))
    )
    return digits[-1] == "0123456789k0"[11 - total % 11]
