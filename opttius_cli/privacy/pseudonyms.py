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
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTES = 10
"""Digest length: among a million people, two share one with a chance of one in a trillion."""


def pseudonyms(values: pa.Array, kind: Kind, key: bytes) -> pa.Array:
    """Replace values of ``kind`` by pseudonyms such as ``email-3f9a…``; null stays null, empty is ``***``."""
    plain = pc.dictionary_encode(_COMPARED.get(kind, pc.utf8_trim_whitespace)(values))
    named = [_pseudonym(value, kind, key) for value in plain.dictionary.to_pylist()]
    return pc.take(pa.array(named, pa.string()), plain.indices)


def _pseudonym(value: str, kind: Kind, key: bytes) -> str:
    if not value:
        return UNREADABLE
    digest = hashlib.blake2b(value.encode(), digest_size=_BYTES, key=key, person=kind.value.encode())
    return f"{kind.value}-{digest.hexdigest()}"


def _name(names: pa.Array) -> pa.Array:
    folded = pc.utf8_lower(pc.utf8_normalize(names, "NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r"[\s\p{Z}\p{Cc}\p{Cf}]+", " "))


def _email(emails: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(emails))


def _phone(phones: pa.Array) -> pa.Array:
    digits = pc.replace_substring_regex(phones, "[^0-9]+", "")
    return pc.replace_substring_regex(digits, "^(?:56)?(9[0-9]{8})$", r"\1")


def _rut(ruts: pa.Array) -> pa.Array:
    plain = pc.ascii_upper(pc.replace_substring_regex(ruts, "[^0-9kK]+", ""))
    return pc.replace_substring_regex(plain, "^0+", "")


_COMPARED: dict[Kind, Callable[[pa.Array], pa.Array]] = {
    Kind.NAME: _name,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.RUT: _rut,
}
"""How the values of a kind are normalized; a kind that is not listed is only trimmed."""
