"""A report's result as data: typed columns, rows, and the answer's header. Renderers see nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    import pyarrow as pa

    from opttius_cli.period import Period, Window

JsonShape = Literal["record", "rows", "map", "sorted_map", "nested", "list"]
"""The form of a result in JSON: one object, a list of objects, an object by first column, or plain values.

A ``sorted_map`` is a map whose keys JSON sorts; every other format has its rows in their own order.
"""
KEY_COLUMNS = {"map": 1, "sorted_map": 1, "nested": 2}
"""How many columns, the first ones, are keys in JSON: texts that are there and differ."""
MAP_SHAPES = frozenset({"map", "sorted_map"})


class ColumnKind(StrEnum):
    """What a column holds; it decides masking, alignment, number format, Excel cell type and JSON form."""

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


PERSONAL_KINDS = frozenset({ColumnKind.NAME, ColumnKind.EMAIL, ColumnKind.PHONE, ColumnKind.RUT})
"""Kinds that identify a person."""

NUMERIC_KINDS = frozenset(
    {ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.DAYS}
)
"""Kinds whose values are numbers."""

ADDITIVE_KINDS = frozenset({ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.NUMBER})
"""Kinds whose values may be added up."""

DIFFERENCE_KINDS = frozenset({ColumnKind.PERCENT, ColumnKind.DAYS})
"""Kinds whose change is a difference; that of the others is a percentage."""

DECIMAL_PLACES = {ColumnKind.MONEY: 2, ColumnKind.PERCENT: 2, ColumnKind.DAYS: 1}
"""How many decimal places the values of a kind have; those of other kinds have as many as they come with."""

FEW_ROWS = 10
"""A percentage over fewer rows than this stands in parentheses on a screen."""

MAX_COLUMNS = 1_000
"""The most columns that a user's report or question may have: every format can write them, and in time."""

TEXT_KINDS = frozenset({ColumnKind.TEXT, ColumnKind.ID, ColumnKind.LIST})
"""Kinds that may hold any text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report: its name in JSON and CSV, its kind, and its label and meaning in each language.

    ``needs`` names the tables without which the column is null. ``has_share_bar`` draws a bar beside each value.
    ``vocabulary`` holds, per language, the words that people use for the codes of the column. ``is_additive``
    means that the values of all rows can be added up. ``free_text`` means that people typed the values, so
    they may contain anything. ``identifier`` means that the column refers to a row of the shop's database,
    as every id does. ``over`` names the count of rows that a percentage is over.
    ``effects`` say, per language and code, what a fault of the data does to the figures. ``vocabulary_of_one`` and
    ``effects_of_one`` are the same where a single case is counted, as far as they differ. ``typed_codes`` are those
    that a person types after an option: a screen has them beside their texts. ``lower_is_better``
    decides the colour of a change: of what is owed, or of days to wait. ``has_heat`` colours each cell by its value.
    """

    name: str
    kind: ColumnKind
    labels: Mapping[str, str]
    meanings: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    has_share_bar: bool = False
    vocabulary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    free_text: bool = False
    identifier: bool = False
    is_additive: bool = False
    over: str = ""
    effects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lower_is_better: bool = False
    has_heat: bool = False
    vocabulary_of_one: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    effects_of_one: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    typed_codes: frozenset[str] = frozenset()


ChartType = Literal["line", "bar", "column", "waterfall"]


@dataclass(frozen=True, slots=True)
class FormSpec:
    """How a list is worked through by hand: one printed page per value of ``page_per``, and an outcome per row.

    ``outcomes`` are the words that an outcome may be, by code and language.
    """

    page_per: str
    outcomes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """How a list is drawn: the values of column ``y`` over those of column ``x``, in the order of the rows.

    A ``line`` needs dates on its x axis. A ``bar`` is drawn to the right of each name, a ``column`` above it. A
    ``waterfall`` leads from one to the other of two figures of the answer, its ``ends`` (``REPORT.COLUMN``), and
    begins each bar where the one before ended; ``group`` is a column that names several bars.
    ``has_previous`` draws the values of the previous window behind those of the period.
    """

    chart_type: ChartType
    x: str
    y: str
    has_previous: bool = False
    group: str | None = None
    ends: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ChartEnd:
    """Where a waterfall begins or ends: a figure and the column that holds it."""

    column: Column
    value: Decimal


@dataclass(frozen=True, slots=True)
class MatrixSpec:
    """How a list of moves is drawn on a terminal: the values of ``value``, with ``row`` down and ``column`` across.

    The moves of most ``weight`` are listed below it.
    """

    row: str
    column: str
    value: str
    weight: str


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one report, as an Arrow table whose columns are in the order of ``columns``.

    ``absent`` means that a table it needs was not exported: all its values are null, not zero. ``chart``
    says how to draw the rows, where a chart helps; ``chart_ends`` are where a waterfall begins and ends. ``group_size``
    names the columns that hold how many people a row is about; ``suppression_count`` is the number of rows
    without figures because those people are too few. ``bases`` are numbers of each row, by name, which no format
    shows: percentages are over them, and formulas name them.
    ``previous_table`` holds the rows over the previous window, for a chart that compares.
    """

    name: str
    titles: Mapping[str, str]
    shape: JsonShape
    columns: tuple[Column, ...]
    table: pa.Table
    absent: bool = False
    uncompared: bool = False
    refused: bool = False
    chart: ChartSpec | None = None
    form: FormSpec | None = None
    chart_ends: tuple[ChartEnd, ChartEnd] | None = None
    matrix: MatrixSpec | None = None
    group_size: tuple[str, ...] = ()
    suppression_count: int = 0
    bases: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    previous_table: pa.Table | None = None

    def find_heat_top(self, column: Column) -> float | None:
        """Return the value at which a cell is darkest: 100 %, else the largest of the table; None without colours."""
        if not column.has_heat:
            return None
        if column.kind is ColumnKind.PERCENT:
            return 100.0
        import pyarrow.compute as pc

        alike = [other.name for other in self.columns if other.has_heat and other.kind is column.kind]
        maxima = [pc.max(self.table.column(name)).as_py() for name in alike]
        return max((float(value) for value in maxima if value is not None), default=0.0)

    def rests_on_few(self, column: Column, row: int) -> bool:
        """Whether a percentage is over so few rows that it should not be compared (metrics 18)."""
        base = self.bases[column.over][row] if column.over in self.bases else None
        return base is not None and base < FEW_ROWS


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A result and its JSON path in the answer. Records with the same path are merged."""

    path: tuple[str, ...]
    result: Result
    before: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch within the scope."""

    id: str
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the reader may see: branches of one organization; ``whole_organization`` when it is all of them.

    ``tenants`` are the snapshot's numbers for the owners whose rows are in the scope. ``unrestricted`` is
    the view of the person who loads the data: it also includes rows that belong to nobody.
    """

    organization_id: str | None
    organization_name: str | None
    branches: tuple[Branch, ...]
    whole_organization: bool
    tenants: tuple[int, ...]
    unrestricted: bool = False
    holds_nobodys: bool = False
    adopts: bool = False
    whole_directory: bool = False


@dataclass(frozen=True, slots=True)
class AnswerHeader:
    """What every answer says about itself: report, instant, zone, currency, scope, and period if it has one.

    ``title`` is the name that a job gives to the report. ``since`` is the date whose end an answer without a period
    is compared with.
    """

    report: str
    as_of: datetime
    timezone: str
    currency: str
    scope: Scope
    period: Period | None = None
    previous: Window | None = None
    title: str | None = None
    since: date | None = None


Masking = Literal["masked", "anonymous", "revealed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A header, the parts of an answer in order, and the parts of ``data_quality``.

    ``refusal`` says why nothing is predicted.
    ``source`` and ``loaded_at`` describe the snapshot. ``masking`` says how personal data is shown,
    ``min_group`` how many people a group needs for its figures to be shown. ``sql`` holds (report name, SQL
    text) for every part, for a reader who wants to check how it was computed; ``has_sql_sheet`` puts it into a
    workbook. ``filter_words`` say which rows were asked for; for the first screen of a person, ``jobs_in_trouble``
    counts the jobs that failed or are late, and its commands repeat the ``common_options`` and ``period_options``.
    """

    header: AnswerHeader
    parts: tuple[AnswerPart, ...]
    data_quality: tuple[AnswerPart, ...]
    source: str
    loaded_at: datetime
    masking: Masking = "masked"
    sql: tuple[tuple[str, str], ...] = ()
    min_group: int = 0
    unread: tuple[str, ...] = ()
    has_sql_sheet: bool = False
    filter_words: str = ""
    jobs_in_trouble: int = 0
    common_options: tuple[str, ...] = ()
    period_options: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def suppression_count(self) -> int:
        """Return the number of rows, in all parts, that are about too few people to be shown."""
        return sum(part.result.suppression_count for part in self.parts)
