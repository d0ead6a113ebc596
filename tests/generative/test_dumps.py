"""However a dump is written, its rows are read; cut anywhere, it is refused or nothing of it is lost."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from generative.staged_parts import Cells, stage_source
from opttius_cli.errors import SourceError
from opttius_cli.sources.dump import scanner

COLUMNS = ("id", "organization_id", "name", "status")
TEXTS = (
    *("Marco", "O'Higgins", "it''s", "'", "''", "a, b", "(x), (y)", "),\n\t(", "');", "NULL", "", "--", "$$"),
    *(
        "E'x'",
        "dos\nlíneas",
        "INSERT INTO public.products VALUES ('1');",
        "\\.",
        "a\tb",
        "\\N",
        "ñ ' ñ",
        "::text",
    ),
    *(
        "COPY public.products (id) FROM stdin;",
        "-- PostgreSQL database dump complete",
        "{a,b}",
        'say "hi"',
        "\r",
    ),
)
HEAD = "--\n-- PostgreSQL database dump\n--\n\nSET standard_conforming_strings = on;\n\n"
TAIL = "--\n-- PostgreSQL database dump complete\n--\n\n"
BODY = (
    "CREATE FUNCTION public.f() RETURNS trigger\n    LANGUAGE plpgsql\n    AS $_$\nBEGIN\n"
    "INSERT INTO public.products (id) VALUES ('from a function');\nRETURN NEW;\nEND;\n$_$;\n\n"
)


@dataclass(frozen=True)
class Writer:
    """How a program writes a dump."""

    form: str
    batch: int
    quoted: bool
    names_columns: bool
    cast: str
    child: str
    cluster: int
    encoding: str
    chunk: int

    def name(self, name: str) -> str:
        """A name."""
        return f'"{name}"' if self.quoted else name

    def table(self, name: str) -> str:
        """A table's name."""
        return f"{self.name('public')}.{self.name(name)}"

    def literal(self, cell: str | None) -> str:
        """A value in an INSERT."""
        return "NULL" if cell is None else "'" + cell.replace("'", "''") + "'" + self.cast

    def rows(self, table: str, rows: list[Cells]) -> str:
        """The statements that write rows."""
        columns = f" ({', '.join(map(self.name, COLUMNS))})"
        if self.form == "copy":
            lines = "".join("\t".join(map(copied, row)) + "\n" for row in rows)
            return f"COPY {self.table(table)}{columns} FROM stdin;\n{lines}\\.\n\n\n"
        target = f"INSERT INTO {self.table(table)}{columns if self.names_columns else ''} VALUES"
        tuples = [f"({', '.join(map(self.literal, row))})" for row in rows]
        if self.batch == 1:
            return "".join(f"{target} {item};\n" for item in tuples) + "\n\n"
        batches = [tuples[at : at + self.batch] for at in range(0, len(tuples), self.batch)]
        return "".join(f"{target}\n\t" + ",\n\t".join(batch) + ";\n" for batch in batches) + "\n\n"

    def create(self, table: str, tail: str = "") -> str:
        """The statement that creates a table."""
        lines = ",\n".join(f"    {self.name(name)} text DEFAULT 'x'::text NOT NULL" for name in COLUMNS)
        return (
            f"CREATE TABLE {self.table(table)} (\n{lines},\n    CONSTRAINT c CHECK ((id <> ''))\n){tail};\n\n"
        )

    def database(self, rows: list[Cells]) -> str:
        """One database: its schema, and rows of the table and of what is a part of it."""
        half = len(rows) // 2 if self.child else len(rows)
        schema, child = self.create("products") + self.create("products_note") + BODY, "products_old"
        if self.child == "attached":
            schema += self.create(child) + (
                f"ALTER TABLE ONLY {self.table('products')} ATTACH PARTITION {self.table(child)} DEFAULT;\n\n"
            )
        elif self.child == "inherits":
            schema += f"CREATE TABLE {self.table(child)} (\n)\nINHERITS ({self.table('products')});\n\n"
        elif self.child == "by name":
            schema, child = "", "products_2026_11"
        return HEAD + schema + self.rows("products", rows[:half]) + self.rows(child, rows[half:]) + TAIL

    def write(self, rows: list[Cells]) -> bytes:
        """The whole file."""
        text = self.database(rows)
        if self.cluster:
            other = HEAD + "CREATE TABLE public.other (\n    id text\n);\n\n" + TAIL
            text = (
                "--\n-- PostgreSQL database cluster dump\n--\n\n\\connect template1\n\n"
                + other * self.cluster
                + f"\\connect postgres\n\n{text}--\n-- PostgreSQL database cluster dump complete\n--\n\n"
            )
        content = text.encode("utf-16" if self.encoding == "utf-16" else "utf-8")
        return gzip.compress(content) if self.encoding == "gzip" else content


def copied(cell: str | None) -> str:
    """A cell of COPY."""
    if cell is None:
        return "\\N"
    for sign, escaped in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        cell = cell.replace(sign, escaped)
    return cell


@st.composite
def writers(draw: st.DrawFn) -> Writer:
    child = draw(st.sampled_from(["", "", "attached", "inherits", "by name"]))
    return Writer(
        draw(st.sampled_from(["copy", "insert", "insert"])),
        draw(st.sampled_from([1, 2, 100])),
        draw(st.booleans()),
        child == "by name" or draw(st.booleans()),
        draw(st.sampled_from(["", "", "::text", "::character varying(20)"])),
        child,
        draw(st.sampled_from([0, 0, 1, 2])),
        draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "gzip"])),
        draw(st.sampled_from([512, 2048, 1 << 20])),
    )


@st.composite
def rows(draw: st.DrawFn) -> list[Cells]:
    text = st.one_of(st.none(), st.sampled_from(TEXTS))
    return [
        (f"id-{number}", draw(text), draw(st.sampled_from(TEXTS)), draw(text))
        for number in range(1, draw(st.integers(2, 12)))
    ]


def read(content: bytes, chunk: int) -> list[Cells]:
    with patch.object(scanner, "_CHUNK", chunk), patch.object(scanner, "_LONGEST_HEADER", 512):
        staged = stage_source("shop.sql", content, "products", COLUMNS)
    assert staged.refused == []
    return staged.rows


@fuzz(40)
@given(writer=writers(), rows=rows())
def test_the_same_rows_of_every_dump(writer: Writer, rows: list[Cells]) -> None:
    assert read(writer.write(rows), writer.chunk) == sorted(rows, key=repr)


@fuzz(40)
@given(data=st.data(), writer=writers(), rows=rows())
def test_a_dump_cut_anywhere_is_refused_or_whole(
    data: st.DataObject, writer: Writer, rows: list[Cells]
) -> None:
    content = replace(writer, encoding="utf-8").write(rows)
    cut = content[: data.draw(st.integers(1, len(content) - 1))]
    try:
        result = read(cut, writer.chunk)
    except SourceError:
        return
    assert result == sorted(rows, key=repr)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_row_with_a_cell_too_many_is_refused_on_its_line(batch: int) -> None:
    writer = Writer(
        "insert",
        batch,
        quoted=False,
        names_columns=True,
        cast="",
        child="",
        cluster=0,
        encoding="utf-8",
        chunk=1 << 20,
    )
    rows: list[Cells] = [(f"id-{number}", "o", "two\nlines", "x") for number in range(1, 6)]
    text = writer.write(rows).decode()
    damaged = text.replace("'id-3', ", "'id-3', 'more', ").replace("('id-4', 'o', ", "('id-4', ")
    staged = stage_source("shop.sql", damaged.encode(), "products", COLUMNS)
    assert [row[0] for row in staged.rows] == ["id-1", "id-2", "id-5"]
    line = {number: 1 + damaged[: damaged.index(f"'id-{number}'")].count("\n") for number in range(1, 6)}
    assert staged.refused == [(line[3], "too_many_cells"), (line[4], "too_few_cells")]
    assert {row[0]: at for row, at in staged.lines.items()} == {f"id-{n}": line[n] for n in (1, 2, 5)}
