"""Detect texts that a spreadsheet would run as formulas, so that a shop's data cannot execute there."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# The first character of a formula, also after blanks and in its full-width and small forms; or a leading tab
# or line end, which some spreadsheets drop.
_FORMULA_SIGNS = r"=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\x{fe66}\x{fe62}\x{fe63}\x{fe6b}"
_FORMULA = rf"^[\s\p{{Z}}\p{{Cc}}\p{{Cf}}]*[{_FORMULA_SIGNS}]|^[\t\r\n]"
# Texts that only look like a formula: a number, or a telephone number, masked or not.
_HARMLESS = r"^ *([+-]?[0-9]+([.,][0-9]+)*|\+[0-9]{1,3}([ -]?(\(?[0-9]+\)?|\*{3}))*) *$"


def is_formula(values: pa.Array) -> pa.Array | None:
    """Return a mask of the ``values`` that are formulas, or None if there are none. Null is not a formula."""
    formulas = pc.fill_null(pc.match_substring_regex(values, _FORMULA), False)  # noqa: FBT003 - Arrow takes it by place
    if not pc.any(formulas).as_py():
        return None
    formulas = pc.and_not(formulas, pc.match_substring_regex(values, _HARMLESS))
    return pc.fill_null(formulas, False) if pc.any(formulas).as_py() else None  # noqa: FBT003 - as above
