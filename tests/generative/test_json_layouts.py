"""However rows lie in a JSON file and however its keys are written, the same rows are read, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.staged_parts import Cells, stage_folder

COLUMNS = ("id", "organization_id", "branch_id", "name", "status")
TEXTS = ("Marco", "}{", "},{", '"]}', 'say "hi"', "ñ", "a\nb", "\\", "[", "{}", " x ", ", ", "1.0")
LAYOUTS = (
    *("array", "lines", "lines crlf", "lines with commas", "two on a line", "concatenated", "blank lines"),
    *("pretty array", "pretty", "pretty with commas"),
    *("wrapped by name", "wrapped in data", "wrapped twice", "wrapped with a count", "pretty wrapped"),
)
STRANGE = '{"error": "timeout", "code": {"id": 1}}'


@dataclass(frozen=True)
class Item:
    """An object to be written: its cells, how its keys are written, and a key that comes twice."""

    cells: Cells
    case: str
    repeated: str

    def text(self) -> str:
        """The object on one line."""
        pairs: list[tuple[str, object]] = [
            (self.key(key), cell) for key, cell in zip(COLUMNS, self.cells, strict=True) if cell is not None
        ]
        pairs.insert(1, ("customer", {"id": "inner", "name": ["x"]}))
        if self.is_repeated:
            pairs.insert(0, (self.key(self.repeated), "first"))
        return (
            "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in pairs) + "}"
        )

    def key(self, name: str) -> str:
        """A key as this object writes it."""
        return {"lower": name, "upper": name.upper(), "title": name.replace("_", " ").title()}[self.case]

    @property
    def is_repeated(self) -> bool:
        """Whether a column really comes twice."""
        return bool(self.repeated) and self.cells[COLUMNS.index(self.repeated)] is not None


def pretty(text: str) -> str:
    """Objects over several lines; a repeated key stays repeated."""
    pairs = json.loads(text, object_pairs_hook=list)
    lines = ",\n".join(f"  {json.dumps(key)}: {_value(value)}" for key, value in pairs)
    return "{\n" + lines + "\n}"


def _value(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return json.dumps(dict(value), indent=2)
    return json.dumps(value, ensure_ascii=False)


def write(layout: str, objects: list[str]) -> str:
    """The text of a file."""
    if "pretty" in layout:
        objects = [pretty(item) for item in objects]
    array = "[" + ",\n".join(objects) + "]"
    return {
        "array": array,
        "pretty array": array,
        "lines": "\n".join(objects) + "\n",
        "lines crlf": "\r\n".join(objects) + "\r\n",
        "lines with commas": ",\n".join(objects),
        "two on a line": "\n".join([*objects[:-2], "".join(objects[-2:])]),
        "concatenated": "".join(objects),
        "blank lines": "\n\n" + "\n\n".join(objects) + "\n\n",
        "pretty": "\n".join(objects),
        "pretty with commas": ",\n".join(objects) + ",\n",
        "wrapped by name": '{"products": ' + array + "}",
        "pretty wrapped": '{\n"products":\n' + array + "\n}\n",
        "wrapped in data": '{"data":' + array + ', "links": {"next": null}, "tags": ["x"]}',
        "wrapped twice": '{"data": {"products": ' + array + "}}",
        "wrapped with a count": '{"count": 3, "note": "a]}", "rows": ' + array + ', "next": null}\n',
    }[layout]


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    texts = st.sampled_from(TEXTS)
    return [
        Item(
            (
                f"id-{number}",
                draw(st.none() | texts),
                draw(st.none() | texts),
                draw(texts),
                draw(st.none() | texts),
            ),
            draw(st.sampled_from(["lower", "lower", "upper", "title"])),
            draw(st.sampled_from(["", "", "name", "status"])),
        )
        for number in range(1, draw(st.integers(3, 8)))
    ]


@fuzz(40)
@given(layout=st.sampled_from(LAYOUTS), items=items(), strange=st.booleans())
def test_the_same_rows_in_every_layout(layout: str, items: list[Item], *, strange: bool) -> None:
    objects = [item.text() for item in items]
    if strange:
        objects.insert(1, STRANGE)
    staged = stage_folder({"products.json": write(layout, objects).encode()}, "products", COLUMNS)
    assert staged.rows == sorted((item.cells for item in items), key=repr)
    assert [reason for _line, reason in staged.refused] == ["no_known_column"] * strange
    repeated = sum(item.is_repeated for item in items)
    assert staged.notes == ({"repeated_keys": repeated} if repeated else {})
