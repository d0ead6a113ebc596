"""Work out a figure that is made of others, exactly, and write the way to it with its numbers."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from opttius_cli.models.shapley import round_half_away

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPERATORS: Mapping[str, tuple[int, Callable[[Fraction, Fraction], Fraction]]] = {
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
}
"""Each sign with how strongly it binds."""
_TOKENS = re.compile(r"[a-z_][a-z0-9_ ]*[a-z0-9_]|[0-9.]+|[-+*/()]")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The exact value of a formula, None over nothing, and the formula with its numbers in place of names."""

    value: Fraction | None
    text: str


def list_terms(formula: str) -> list[str]:
    """List the names of a formula in order, each once: those of figures, and what is taken of rows."""
    names = (piece for piece in _TOKENS.findall(formula) if piece[0].isalpha())
    return list(dict.fromkeys(names))


def evaluate(formula: str, values: Mapping[str, Fraction | None], texts: Mapping[str, str]) -> Evaluation:
    """Evaluate ``formula`` with the ``values`` of its names; nothing comes of an unknown one, or of a division by 0.

    ``texts`` are values that are written in another way than as numbers, such as dates.
    """
    pieces = _TOKENS.findall(formula)
    written = [
        texts.get(piece) or write_number(values[piece]) if piece[0].isalpha() else piece for piece in pieces
    ]
    text = " ".join(written).replace("( ", "(").replace(" )", ")")
    try:
        return Evaluation(_compute(pieces, values), text)
    except (ZeroDivisionError, _UnknownValueError):
        return Evaluation(None, text)


class _UnknownValueError(Exception):
    """A name whose value is not known."""


def _compute(pieces: list[str], values: Mapping[str, Fraction | None]) -> Fraction:
    """Evaluate by two stacks: a sign waits until no stronger one follows."""
    numbers: list[Fraction] = []
    signs: list[str] = []

    def apply_until(lowest: int) -> None:
        while signs and signs[-1] != "(" and _OPERATORS[signs[-1]][0] >= lowest:
            right, left = numbers.pop(), numbers.pop()
            numbers.append(_OPERATORS[signs.pop()][1](left, right))

    for piece in pieces:
        if piece == "(":
            signs.append(piece)
        elif piece == ")":
            apply_until(0)
            signs.pop()
        elif piece in _OPERATORS:
            apply_until(_OPERATORS[piece][0])
            signs.append(piece)
        else:
            numbers.append(_read(piece, values))
    apply_until(0)
    return numbers[0]


def _read(piece: str, values: Mapping[str, Fraction | None]) -> Fraction:
    if not piece[0].isalpha():
        return Fraction(piece)
    value = values[piece]
    if value is None:
        raise _UnknownValueError
    return value


def write_number(value: Fraction | None) -> str:
    """Return a number as a person writes it: whole, or with at most two decimals."""
    if value is None:
        return "null"
    text = f"{round_half_away(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_to(value: Fraction, places: int) -> Decimal:
    """Round half away from zero to so many decimals, at most two."""
    scale: int = 10 ** (2 - places)
    return (round_half_away(value / scale) * scale).quantize(Decimal(1).scaleb(-places))
