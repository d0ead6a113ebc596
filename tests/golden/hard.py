"""Two hard answers: every kind of column, every shape, nulls, hostile text, money beyond floats."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from opttius_cli.period import Period, Window
from opttius_cli.result import (
    Answer,
    AnswerHeader,
    AnswerPart,
    Branch,
    ChartSpec,
    Column,
    ColumnKind,
    JsonShape,
    Result,
    Scope,
)

ZONE = "America/Santiago"
MONEY = pa.decimal128(38, 2)
DAYS = pa.decimal128(38, 1)
BIG = Decimal("123456789012345678.12")

TYPES = {
    ColumnKind.MONEY: MONEY,
    ColumnKind.COUNT: pa.int64(),
    ColumnKind.NUMBER: pa.decimal128(38, 3),
    ColumnKind.PERCENT: MONEY,
    ColumnKind.DAYS: DAYS,
    ColumnKind.DATE: pa.date32(),
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.LIST: pa.list_(pa.string()),
}

HOSTILE = (
    '=HYPERLINK("http://x.invalid","Ana")',
    "  +1+cmd|' /C calc'!A0",
    "\uff1dSUM(A1)",
    "línea uno\r\nlínea dos\ttab",
    'dice "hola", y <b>chao</b> | **fin** [x](y) & `z`',
    "\x1b[31mrojo\x1b[0m\x07 \u202eozreveR\u202c \u200b",
)


def column(name: str, kind: ColumnKind, es: str, en: str, **more: Any) -> Column:
    """A column with its labels; a meaning stands after a colon."""
    texts = {"es": es.partition(": "), "en": en.partition(": ")}
    return Column(
        name,
        kind,
        {language: text[0] for language, text in texts.items()},
        {language: text[2] for language, text in texts.items() if text[2]},
        **more,
    )


def result(
    name: str,
    titles: tuple[str, str],
    shape: JsonShape,
    columns: list[Column],
    rows: list[list[Any]],
    chart: ChartSpec | None = None,
) -> Result:
    """A result with a row per list."""
    arrays = [
        pa.array([row[place] for row in rows], TYPES.get(column.kind, pa.string()))
        for place, column in enumerate(columns)
    ]
    table = pa.Table.from_arrays(arrays, names=[column.name for column in columns])
    titled = dict(zip(("es", "en"), titles, strict=True))
    return Result(name, titled, shape, tuple(columns), table, chart=chart)


def absent(of: Result) -> Result:
    """The same, where the table it needs was not exported."""
    return Result(of.name, of.titles, of.shape, of.columns, of.table, absent=True)


EVERY_KIND = [
    column("customer_id", ColumnKind.ID, "Id", "Id"),
    column("name", ColumnKind.NAME, "Nombre", "Name"),
    column("email", ColumnKind.EMAIL, "Correo", "Email"),
    column("phone", ColumnKind.PHONE, "Teléfono", "Phone"),
    column("rut", ColumnKind.RUT, "RUT", "RUT"),
    column("is_active", ColumnKind.FLAG, "Habilitado", "Enabled"),
    column("purchases", ColumnKind.COUNT, "Compras", "Purchases"),
    column("total_spent", ColumnKind.MONEY, "Gastado: suma de lo pagado", "Spent: sum of what was paid"),
    column("share_pct", ColumnKind.PERCENT, "% de lo gastado", "% of spent", has_share_bar=True),
    column("units", ColumnKind.NUMBER, "Unidades", "Units"),
    column("average_days", ColumnKind.DAYS, "Días entre compras", "Days between purchases"),
    column("last_purchase", ColumnKind.DATE, "Última compra", "Last purchase"),
    column(
        "segment", ColumnKind.TEXT, "Segmento", "Segment",
        vocabulary={"es": {"at-risk": "en riesgo"}, "en": {"at-risk": "at risk"}},
    ),
    column("tags", ColumnKind.LIST, "Etiquetas", "Tags"),
]  # fmt: skip

PEOPLE: list[list[Any]] = [
    ["0001", "Ana R.", "a***@mail.cl", "+56 9 *** 123", "**.***.***-5", True, 12, Decimal("1234567.50"),
     Decimal("62.50"), Decimal("3.000"), Decimal("12.5"), date(2026, 11, 2), "at-risk", ["a", "b"]],
    ["-5", HOSTILE[0], HOSTILE[1], "+56912345678", HOSTILE[2], False, 0, Decimal("-1500.05"),
     Decimal("-0.10"),
     Decimal("-2.250"), Decimal("0.0"), date(1899, 12, 31), HOSTILE[3], ["=1+1"]],
    ["1e5", HOSTILE[4], HOSTILE[5], "@x", "-12.5", None, 1, BIG, Decimal("37.60"), None, None,
     date(2026, 9, 6), "", []],
    [None] * len(EVERY_KIND),
    ["李小龙", "👓 Ñandú", "ﷺ", "tel", "k", True, 1_000_000, Decimal(0), Decimal(0), Decimal("0.001"),
     Decimal("999999.9"), date(2028, 2, 29), "vip", [""]],
]  # fmt: skip

STATUS = column(
    "status",
    ColumnKind.TEXT,
    "Estado",
    "Status",
    vocabulary={"es": {"sent": "enviado"}, "en": {"sent": "sent"}},
)
COUNT = column("count", ColumnKind.COUNT, "Cantidad", "Count")
AMOUNT = column("amount", ColumnKind.MONEY, "Monto", "Amount", has_share_bar=True, is_additive=True)
DATE = column("date", ColumnKind.DATE, "Fecha", "Date")
REASON = column("reason", ColumnKind.TEXT, "Motivo", "Reason")
TABLE = column("table_name", ColumnKind.TEXT, "Tabla", "Table")

SALES = result(
    "dashboard/sales", ("Ventas", "Sales"), "record",
    [
        column("total_revenue", ColumnKind.MONEY, "Ingresos: ventas pagadas", "Revenue: paid sales"),
        column("previous_revenue", ColumnKind.MONEY, "Ingresos anteriores", "Previous revenue"),
        column("revenue_growth_pct", ColumnKind.PERCENT, "Crecimiento", "Growth"),
        column("sales_count", ColumnKind.COUNT, "Ventas", "Sales"),
        column("average_ticket", ColumnKind.MONEY, "Ticket promedio", "Average ticket"),
    ],
    [[BIG, Decimal("7025464.65"), Decimal("-33.27"), 61, None]],
)  # fmt: skip
DELIVERY = result(
    "dashboard/delivery", ("Entrega", "Delivery"), "record",
    [column("average_days", ColumnKind.DAYS, "Días promedio", "Average days")], [[Decimal("8.5")]],
)  # fmt: skip
QUOTES = result(
    "dashboard/quotes", ("Presupuestos", "Quotes"), "record",
    [
        column("total", ColumnKind.COUNT, "Total", "Total"),
        column("conversion_pct", ColumnKind.PERCENT, "Conversión: aceptados / total",
            "Conversion: accepted / total"),
        column("average_value", ColumnKind.MONEY, "Valor promedio", "Average value"),
    ],
    [[0, None, Decimal("-0.40")]],
)  # fmt: skip
BY_STATUS = result(
    "dashboard/quotes_by_status", ("Presupuestos por estado", "Quotes by status"), "map",
    [STATUS, COUNT], [["sent", 3], ["=cmd()", 1]],
)  # fmt: skip
METHODS = result(
    "dashboard/payment_methods", ("Medios de pago", "Payment methods"), "rows",
    [column("method", ColumnKind.TEXT, "Medio", "Method"), COUNT, AMOUNT],
    [["cash", 11, Decimal("821555.20")], ["|debit|", 2, Decimal("103596.00")], [None, 1, Decimal("-5.00")]],
    ChartSpec("bar", "method", "amount"),
)  # fmt: skip
NOTHING = result("dashboard/top", ("Productos", "Products"), "rows", [STATUS, AMOUNT], [])
TREND = result(
    "dashboard/trend_sales", ("Ventas por día", "Sales by day"), "rows",
    [DATE, column("value", ColumnKind.MONEY, "Ingresos", "Revenue"), COUNT],
    [[date(2026, 11, day), Decimal(amount), amount // 100] for day, amount in
     ((18, 0), (19, 100), (20, 250), (21, 0), (22, 800))],
    ChartSpec("line", "date", "value"),
)  # fmt: skip
NO_TREND = absent(
    result("dashboard/trend_quotes", ("Presupuestos por día", "Quotes by day"), "rows", [DATE, COUNT], [])
)

QUALITY = (
    AnswerPart(("unattributed",), result(
        "quality/unattributed", ("Compras de nadie", "Purchases of nobody"), "map", [REASON, COUNT, AMOUNT],
        [["no_match", 2, Decimal("190169.28")], ["ambiguous_email", 1, Decimal("39600.00")],
         ["new", 1, None]])),
    AnswerPart((), result(
        "quality/left_out", ("Fuera de los ingresos", "Left out of revenue"), "map", [REASON, COUNT, AMOUNT],
        [["linked_work_orders", 12, Decimal("1234567.00")], ["link_outside_scope", 0, Decimal(0)],
         ["void", 1, Decimal("-2.50")], ["unpaid", 1234, BIG], ["other_reason", 1, Decimal(1)]])),
    AnswerPart(("other_currency",), result(
        "quality/other_currency", ("Otra moneda", "Other currency"), "rows",
        [column("currency", ColumnKind.TEXT, "Moneda", "Currency"), COUNT, AMOUNT],
        [["USD", 4, Decimal("1204316.43")], ["\x1b]0;X", 1, None]])),
    AnswerPart((), result(
        "quality/odd_amounts", ("Montos raros", "Odd amounts"), "record",
        [column("null_amounts", ColumnKind.COUNT, "Sin monto", "No amount"),
         column("negative_amounts", ColumnKind.COUNT, "Negativas", "Negative")], [[0, 7]])),
    AnswerPart(("duplicate_rows",), result(
        "quality/duplicate_rows", ("Filas repetidas", "Duplicate rows"), "map", [TABLE, COUNT],
        [["customers", 2], ["orders", 1]])),
    AnswerPart(("refused_rows",), result(
        "quality/refused_rows", ("Rechazadas", "Refused"), "map", [TABLE, COUNT], [])),
    AnswerPart(("rows",), result(
        "quality/rows", ("Filas leídas", "Rows read"), "map", [TABLE, COUNT], [["orders", 528]])),
    AnswerPart(("missing_tables",), result(
        "quality/missing_tables", ("Tablas que faltan", "Missing tables"), "list", [TABLE],
        [["quotes"], ["agreements"]])),
    AnswerPart(("missing_columns",), result(
        "quality/missing_columns", ("Columnas que faltan", "Missing columns"), "map",
        [TABLE, column("columns", ColumnKind.LIST, "Columnas", "Columns")], [["orders", ["notes", "tax"]]])),
)  # fmt: skip

_SCOPE = Scope("org-1", "Óptica \x1b[1mCordillera", (Branch("b-1", "SCL-01", "Ñuñoa"),
               Branch("b-2", None, None)),
               whole_organization=False, tenants=(1,))  # fmt: skip
_AS_OF = datetime(2026, 11, 22, 15, tzinfo=ZoneInfo(ZONE))
_LOADED = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
_WINDOW = Window(date(2026, 11, 18), date(2026, 11, 22))
_SQL = (("dashboard/sales", "SELECT 1 AS one\nFROM sales;\n"),)


def board() -> Answer:
    """An answer of many parts, as the dashboard is."""
    head = AnswerHeader(
        "dashboard", _AS_OF, ZONE, "CLP", _SCOPE,
        Period("5", "days", _WINDOW, _WINDOW), Window(date(2026, 11, 13), date(2026, 11, 17)),
    )  # fmt: skip
    places = (
        ("kpis", SALES), ("kpis", DELIVERY), ("quotes", QUOTES), ("quotes.by_status", BY_STATUS),
        ("work_orders", absent(QUOTES)), ("work_orders.by_status", absent(BY_STATUS)),
        ("payment_methods.methods", METHODS), ("products.top", NOTHING),
        ("trends.sales", TREND), ("trends.quotes", NO_TREND),
    )  # fmt: skip
    parts = tuple(AnswerPart(tuple(path.split(".")), result) for path, result in places)
    return Answer(head, parts, QUALITY, "exports", _LOADED, sql=_SQL)


def listing() -> Answer:
    """An answer that is one list of every kind, without a period, and nothing left out."""
    head = AnswerHeader("segments", _AS_OF, ZONE, "CLP", _SCOPE)
    people = result("segments/segments", ("Clientes", "Customers"), "rows", EVERY_KIND, PEOPLE)
    return Answer(head, (AnswerPart(("rows",), people),), (), "exports", _LOADED, "revealed", _SQL)
