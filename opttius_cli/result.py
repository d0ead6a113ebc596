"""What a report answers: typed columns, rows, and what the figures are about. Renderers see nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

    from opttius_cli.period import Period, Window

Shape = Literal["record", "rows", "map", "list"]
"""How a result stands in JSON: one object, a list of objects, an object by first column, a list of values."""


class Kind(StrEnum):
    """What a column holds; it decides masking, alignment, number format, cell type and JSON form."""

    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    FLAG = "flag"
    ID = "id"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    RUT = "rut"
    TEXT = "text"
    LIST = "list"


PERSONAL = frozenset({Kind.NAME, Kind.EMAIL, Kind.PHONE, Kind.RUT})
"""Kinds that tell who somebody is."""

NUMERIC = frozenset({Kind.MONEY, Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.DAYS})
"""Kinds whose values are numbers."""

TEXTS = frozenset({Kind.TEXT, Kind.ID, Kind.LIST})
"""Kinds that are texts about anything."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report: its name in JSON and CSV, its kind, and per language its label and meaning.

    ``needs`` names the tables without which the column is null. ``share`` asks for a bar of its share.
    ``words`` says, per language, how people call the codes that the column holds. ``total`` says that the
    values of all rows add up to something. ``free`` is what people typed, in which anything may stand.
    ``joins``: it names a row of the shop's database, as every id does.
    """

    name: str
    kind: Kind
    labels: Mapping[str, str]
    meanings: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    share: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    free: bool = False
    joins: bool = False
    total: bool = False


Drawing = Literal["line", "bar", "column"]


@dataclass(frozen=True, slots=True)
class Chart:
    """How a list is drawn: the values of column ``y`` over those of column ``x``, in the order of the rows.

    A ``line`` stands over dates; a ``bar`` lies beside each name; a ``column`` stands above each name.
    """

    drawing: Drawing
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one report, as an Arrow table whose columns stand in the order of ``columns``.

    ``absent`` says that a table it needs was not exported: every figure of it is null, not zero. ``chart``
    says how the rows are drawn, where a picture tells more than they do. ``group_size`` names the columns that
    say how many people a row is about, ``suppressed`` how many rows have no figures because those are too few.
    """

    name: str
    titles: Mapping[str, str]
    shape: Shape
    columns: tuple[Column, ...]
    table: pa.Table
    absent: bool = False
    chart: Chart | None = None
    group_size: tuple[str, ...] = ()
    suppressed: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A result and its place in an answer: the keys under which JSON puts it. Records at one place are merged."""

    path: tuple[str, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the scope."""

    id: str
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the reader may see here: branches of one organization; ``whole`` when it is all of them.

    ``tenants`` are the snapshot's numbers of the owners whose rows are in the scope. ``everything`` is the
    view of whoever loads the data: also what belongs to nobody is told.
    """

    organization_id: str | None
    organization_name: str | None
    branches: tuple[Branch, ...]
    whole: bool
    tenants: tuple[int, ...]
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What every answer says of itself: report, instant, zone, currency, scope, and period where it has one.

    ``title`` is a name that somebody gave the report.
    """

    report: str
    as_of: datetime
    timezone: str
    currency: str
    scope: Scope
    period: Period | None = None
    previous: Window | None = None
    title: str | None = None


Masking = Literal["masked", "anonymous", "revealed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A head, the parts of an answer in order, and the parts of ``data_quality``.

    ``source`` and ``loaded_at`` are the snapshot's. ``masking`` says how personal data stands in it,
    ``min_group`` how many people a group has at least whose figures are shown.
    ``sql`` holds (report name, SQL text) of every part, for a reader who wants to know how it was worked out.
    """

    head: Head
    parts: tuple[Part, ...]
    quality: tuple[Part, ...]
    source: str
    loaded_at: datetime
    masking: Masking = "masked"
    sql: tuple[tuple[str, str], ...] = ()
    min_group: int = 0

    @property
    def suppressed(self) -> int:
        """How many rows, in all parts, are about too few people to be shown."""
        return sum(part.result.suppressed for part in self.parts)
