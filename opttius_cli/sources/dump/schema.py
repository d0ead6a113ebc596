"""What a dump says of its tables: their columns in order, and which table each is a partition or child of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from opttius_cli.catalog.tables import TABLES, Table

NAME = rb'(?:"(?:[^"]|"")+"|[^\s".,;()\']+)'
"""A name, in quotes or not."""
QUALIFIED = rb"(?:(?P<schema>" + NAME + rb")\.)?(?P<table>" + NAME + rb")"
_ANY = rb"((?:" + NAME + rb"\.)?" + NAME + rb")"
_CREATE = re.compile(
    rb"CREATE (?:UNLOGGED |FOREIGN )?TABLE (?:IF NOT EXISTS )?" + _ANY + rb"(?: PARTITION OF " + _ANY + rb")?"
)
_ATTACH = re.compile(rb"ALTER TABLE (?:ONLY )?" + _ANY + rb" ATTACH PARTITION " + _ANY)
_INHERITS = re.compile(rb"\)?\s*INHERITS \(" + _ANY)
_COLUMN_LINE = re.compile(rb"\s+(" + NAME + rb")\s")
_COLUMN = re.compile(NAME)
_NO_COLUMN = (b"CONSTRAINT", b"PRIMARY", b"UNIQUE", b"CHECK", b"FOREIGN", b"EXCLUDE", b"LIKE")
_PARTITION = re.compile(r"_(?:default|[pymqd]?\d+(?:_?[pymqd]?\d+)*)")
"""What partitions add to the name of their parent: orders_2026, orders_y2026m11, orders_p3, orders_default."""


def unquote_name(text: bytes) -> str:
    """Return a name without its quotes."""
    if text.startswith(b'"'):
        text = text[1:-1].replace(b'""', b'"')
    return text.decode(errors="replace")


def parse_qualified_name(text: bytes) -> str:
    """``schema.table``, each without quotes; of a bare name the schema is public."""
    names = [unquote_name(name) for name in _COLUMN.findall(text)]
    return ".".join(names if len(names) > 1 else ["public", *names])


def parse_column_names(text: bytes) -> list[str]:
    """Return the names in a list of columns."""
    return [unquote_name(name) for name in _COLUMN.findall(text)]


@dataclass(slots=True)
class DumpSchema:
    """The tables that one database of a dump creates."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    _open: str = ""

    def read(self, line: bytes) -> None:
        """Take in one line of SQL outside of rows."""
        if line.startswith(b"CREATE ") and (create := _CREATE.match(line)):
            self._open = parse_qualified_name(create[1])
            self.columns[self._open] = []
            if create[2]:
                self.parents[self._open] = parse_qualified_name(create[2])
        elif line.startswith(b"ALTER TABLE") and (attach := _ATTACH.match(line)):
            self.parents[parse_qualified_name(attach[2])] = parse_qualified_name(attach[1])
        elif self._open and (inherits := _INHERITS.match(line)):
            self.parents[self._open] = parse_qualified_name(inherits[1])
        elif self._open and (column := _COLUMN_LINE.match(line)) and column[1].upper() not in _NO_COLUMN:
            self.columns[self._open].append(unquote_name(column[1]))
        if self._open and line.rstrip().endswith(b";"):
            self._open = ""

    def list_columns(self, table: str) -> list[str]:
        """Return the columns of ``schema.table`` in order, those of its parent first; none if unknown."""
        parent = self.parents.get(table)
        own = self.columns.get(table, [])
        inherited = self.list_columns(parent) if parent and parent != table else []
        return [*inherited, *(name for name in own if name not in inherited)] if inherited else own

    def owner(self, table: str, columns: list[str]) -> Table | None:
        """Return the table of ours that holds the rows of ``schema.table``: itself, or what it is a part of.

        Where the dump creates no tables, a name with the mark of a partition and all required columns tells.
        """
        above, steps = table, 0
        while above in self.parents and steps < len(self.parents):
            above, steps = self.parents[above], steps + 1
        schema, _, name = above.rpartition(".")
        if schema == "public" and name in TABLES:
            return TABLES[name]
        alike = find_lookalike(table, columns)
        if (
            alike
            and schema == "public"
            and table not in self.columns
            and _PARTITION.fullmatch(name[len(alike.name) :])
        ):
            return alike
        return None


def find_lookalike(table: str, columns: list[str]) -> Table | None:
    """Return the table of ours whose name ``schema.table`` begins with and whose required columns it has."""
    name = table.rpartition(".")[2]
    fitting = [
        TABLES[known_ids]
        for known_ids in TABLES
        if name.startswith(known_ids + "_") and set(TABLES[known_ids].mandatory_columns) <= set(columns)
    ]
    return max(fitting, key=lambda known_ids: len(known_ids.name), default=None)
