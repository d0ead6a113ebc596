"""However a program writes CSV, the same rows are read, and a damaged line changes no sound one."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.orders_file import BRANCH, COLUMNS, Row, read_orders, uid

ENDS = ("\n", "\r\n", "\r", "\r\r\n", "\n\r")
STARTS = (
    *("", "", "\n", "  \n", "\f", "\f\n", "\v\n", "\x1c\n", "\u2028\n", "\x85\n", "\ufeff", "\ufeff\ufeff"),
    *(
        "sep={sep}\n",
        "sep={sep}\n\n",
        "Ventas de noviembre\n",
        "# Exportado\n# por caja\n\n",
        "\ufeff\n\ufeff",
    ),
)
NOTES = (
    *(
        "",
        "hola",
        "ñandú",
        'marco 5" negro',
        '5"',
        "a{sep} b",
        'dice ""{sep}"" y {sep}',
        "-",
        "  con  blancos ",
    ),
    *("línea\nlínea", "a\nb\n\nc", "año\u2028mes\x85", 'una ""cita""\notra{sep}'),
)
DAMAGED = (
    "x{sep}y",
    "(3 rows)",
    'x{sep}"sin cerrar',
    "{row}{sep}{sep}de más",
    '{open}"sin cerrar',
    "----+----",
)


@dataclass(frozen=True)
class Writer:
    """How a program writes a file."""

    sep: str
    quoting: str
    ends: tuple[str, ...]
    gap: str
    pad: str
    after_quote: str
    trailing: tuple[int, ...]
    header_trailing: int
    leaves_out: bool
    start: str
    finish: str
    encoding: str
    header: tuple[str, ...] = field(default=(*COLUMNS, "notes"))

    def cell(self, text: str, *, quoted: bool) -> str:
        """One cell; it is quoted where it must be."""
        must = self.sep in text or "\n" in text or text.startswith('"')
        if self.quoting == "all" or must or (self.quoting == "some" and quoted):
            return '"' + text.replace('"', '""') + '"' + self.after_quote
        return text + self.pad

    def line(self, cells: list[str], number: int) -> str:
        """One row without its end."""
        written = [self.cell(cell, quoted=(number + at) % 3 == 0) for at, cell in enumerate(cells)]
        if self.leaves_out:
            while cells and not cells[-1]:
                cells, written = cells[:-1], written[:-1]
        row = (self.sep + self.gap).join(written)
        return row + self.sep * self.trailing[number % len(self.trailing)]

    def write(self, lines: list[str]) -> bytes:
        """The whole file."""
        header = (self.sep + self.gap).join(self.cell(name, quoted=True) for name in self.header)
        every = [header + self.sep * self.header_trailing, *lines]
        text = "".join(line + self.ends[at % len(self.ends)] for at, line in enumerate(every))
        start = self.start.format(sep=self.sep)
        return (start + text + self.finish).encode(self.encoding, "replace")


@st.composite
def writers(draw: st.DrawFn) -> Writer:
    sep = draw(st.sampled_from([",", ";", "\t", "|"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]))
    return Writer(
        sep,
        draw(st.sampled_from(["none", "some", "all"])),
        draw(st.lists(st.sampled_from(ENDS), min_size=1, max_size=2).map(tuple)),
        draw(st.sampled_from(["", "", " ", "  "])),
        draw(st.sampled_from(["", "", " "])),
        draw(st.sampled_from(["", "", " "])),
        draw(st.lists(st.sampled_from([0, 0, 1, 2]), min_size=1, max_size=3).map(tuple)),
        draw(st.sampled_from([0, 0, 1])),
        draw(st.booleans()),
        draw(st.sampled_from(STARTS if encoding.startswith("utf") else STARTS[:4])),
        draw(st.sampled_from(["", "", "\n\n", "\x1a"])),
        encoding,
    )


@st.composite
def orders(draw: st.DrawFn, sep: str) -> list[list[str]]:
    return [
        [
            *(
                uid(number),
                BRANCH,
                draw(st.sampled_from([uid(7), ""])),
                draw(st.sampled_from(["a@b.cl", "", "Ño@b.cl"])),
            ),
            *(
                "delivered",
                "paid",
                draw(st.sampled_from(["1000.50", "0.00", "990", ""])),
                "2026-01-02 03:04:05+00",
            ),
            *(
                draw(st.sampled_from(["", "2026-02-03 00:00:00+00"])),
                draw(st.sampled_from(NOTES)).format(sep=sep),
            ),
        ]
        for number in range(1, draw(st.integers(2, 7)))
    ]


def expected_rows(rows: list[list[str]]) -> list[Row]:
    """The rows as they lie in a snapshot."""
    totals = {"990": "990.00"}
    return [tuple(totals.get(cell, cell) or None for cell in cells[:-1]) for cells in rows]


@fuzz(100)
@given(data=st.data(), writer=writers())
def test_the_same_rows_in_every_dialect(data: st.DataObject, writer: Writer) -> None:
    rows = data.draw(orders(writer.sep))
    lines = [writer.line(cells, number) for number, cells in enumerate(rows)]
    sound = read_orders(writer.write(lines))
    assert sound.rows == expected_rows(rows)
    assert sound.rejects == []
    damage = data.draw(st.sampled_from(DAMAGED))
    plain = writer.sep.join([uid(99), BRANCH, uid(7), "", "delivered", "paid", "1", "2026-01-02 03:04:05+00"])
    damaged = damage.format(sep=writer.sep, row=f"{plain}{writer.sep * 2}", open=f"{plain}{writer.sep * 2}")
    at = data.draw(st.integers(0, len(lines)))
    result = read_orders(writer.write([*lines[:at], damaged, *lines[at:]]))
    assert result.rows == sound.rows
    assert len(result.refused) == 1
