"""Stable pseudonyms: a person has the same one in every export made with the same key, and in no other.

A pseudonym is a keyed BLAKE2 digest of the normalized value (an email in lower case, a RUT without dots, a
phone by its digits). The kind is part of the digest, so that a name can never be matched with an email.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.privacy.masks import UNREADABLE
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGEST_BYTES = 10
"""Digest length: among a million people, two share one with a chance of one in a trillion."""


def pseudonymize_values(values: pa.Array, kind: ColumnKind, key: bytes) -> pa.Array:
    """Replace values of ``kind`` by pseudonyms such as ``email-3f9a…``; null stays null, empty is ``***``."""
    plain = pc.dictionary_encode(_NORMALIZERS.get(kind, pc.utf8_trim_whitespace)(values))
    names = [_compute_pseudonym(value, kind, key) for value in plain.dictionary.to_pylist()]
    return pc.take(pa.array(names, pa.string()), plain.indices)


def _compute_pseudonym(value: str, kind: ColumnKind, key: bytes) -> str:
    if not value:
        return UNREADABLE
    digest = hashlib.blake2b(value.encode(), digest_size=_DIGEST_BYTES, key=key, person=kind.value.encode())
    return f"{kind.value}-{digest.hexdigest()}"


def _normalize_names(names: pa.Array) -> pa.Array:
    folded = pc.utf8_lower(pc.utf8_normalize(names, "NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r"[\s\p{Z}\p{Cc}\p{Cf}]+", " "))


def _normalize_emails(emails: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(emails))


def _normalize_phones(phones: pa.Array) -> pa.Array:
    digits = pc.replace_substring_regex(phones, "[^0-9]+", "")
    return pc.replace_substring_regex(digits, "^(?:56)?(9[0-9]{8})$", r"\1")


def _normalize_ruts(ruts: pa.Array) -> pa.Array:
    plain = pc.ascii_upper(pc.replace_substring_regex(ruts, "[^0-9kK]+", ""))
    return pc.replace_substring_regex(plain, "^0+", "")


_NORMALIZERS: dict[ColumnKind, Callable[[pa.Array], pa.Array]] = {
    ColumnKind.NAME: _normalize_names,
    ColumnKind.EMAIL: _normalize_emails,
    ColumnKind.PHONE: _normalize_phones,
    ColumnKind.RUT: _normalize_ruts,
}
"""How the values of a kind are normalized; a kind that is not listed is only trimmed."""
