"""The header of a report: TOML in the comments at the top of its SQL file, between two ``-- ---`` lines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import LANGUAGES, _
from opttius_cli.resources import find_sql_folder
from opttius_cli.result import NUMERIC_KINDS, ChartSpec, ChartType, Column, ColumnKind, JsonShape

if TYPE_CHECKING:
    from collections.abc import Mapping

FENCE = "-- ---"
History = Literal["all", "window", "none"]
HISTORIES: tuple[History, ...] = ("all", "window", "none")
"""The purchases that a report may read, the longest history first."""
_SHAPES: tuple[JsonShape, ...] = ("record", "rows", "map", "list")
_KEYS = {
    "title",
    "grain",
    "shape",
    "needs",
    "history",
    "few",
    "period",
    "parameters",
    "uses",
    "group_size",
    "chart",
    "columns",
}
_COLUMN_KEYS = {"kind", "needs", "share", "total", "words", "free", "joins", *LANGUAGES}
_CHART_TYPES: tuple[ChartType, ...] = ("line", "bar", "column")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its file declares it; titles and grain in each language.

    ``sql`` is the whole file. ``needs`` are the tables that it requires. ``history`` says which purchases it
    reads: all, those of the windows, or none. ``has_period``: it is about a period. ``few``: it returns few
    rows, however much data there is. ``parameters`` are values that it needs besides those of every report.
    ``uses`` names shared views that are created before it runs. ``group_size`` are the columns that say how
    many people a row is about. ``chart`` says how it is drawn.
    """

    name: str
    titles: Mapping[str, str]
    grain: Mapping[str, str]
    shape: JsonShape
    columns: tuple[Column, ...]
    sql: str
    needs: tuple[str, ...] = ()
    history: History = "window"
    has_period: bool = False
    few: bool = False
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    chart: ChartSpec | None = None
    group_size: tuple[str, ...] = ()

    @property
    def is_user_report(self) -> bool:
        """Return whether it is from the user's own folder."""
        return self.name.startswith("user/")


class HeaderError(ConfigError):
    """A report file whose header cannot be used."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(_("The header of {file} cannot be used: {why}", file=file, why=reason))


def extract_header(sql: str, file: str) -> str:
    """Return the TOML between the fences of ``sql``. Raises HeaderError when there is none."""
    lines = sql.splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        raise HeaderError(file, _("it must begin with a line “-- ---”"))
    for end, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(row.removeprefix("--").removeprefix(" ") for row in lines[1:end])
        if not line.startswith("--"):
            break
    raise HeaderError(file, _("it must end with a line “-- ---” before the SQL"))


def parse_report(name: str, sql: str, file: str, thresholds: Mapping[str, object] | None = None) -> Report:
    """Parse the report that ``sql`` declares. Raises HeaderError naming ``file`` and the wrong key.

    A name of ``thresholds`` in braces is replaced by its value, as in ``{active_days}``.
    """
    text = extract_header(sql, file)
    for key, value in (thresholds or {}).items():
        text = text.replace(f"{{{key}}}", str(value))
    try:
        header = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HeaderError(file, str(error)) from error
    unknown = sorted(set(header) - _KEYS)
    if unknown:
        raise HeaderError(file, _("unknown key {key}", key=unknown[0]))
    shape = header.get("shape", "rows")
    if shape not in _SHAPES:
        raise HeaderError(file, _("shape must be one of {names}", names=", ".join(_SHAPES)))
    history = header.get("history", "window")
    if history not in HISTORIES:
        raise HeaderError(file, _("history must be one of {names}", names=", ".join(HISTORIES)))
    if not isinstance(header.get("columns"), dict) or not header["columns"]:
        raise HeaderError(file, _("it lists no columns"))
    columns = tuple(_parse_column(key, value, file) for key, value in header["columns"].items())
    return Report(
        name=name,
        titles=_parse_texts(header.get("title", name)),
        grain=_parse_texts(header.get("grain", "")),
        shape=shape,
        columns=columns,
        sql=sql,
        needs=_parse_names(header.get("needs", [])),
        history=history,
        has_period=bool(header.get("period", False)),
        few=bool(header.get("few", shape != "rows")),
        uses=_parse_names(header.get("uses", [])),
        group_size=_parse_group_size(header, file),
        parameters={str(key): _parse_texts(value) for key, value in header.get("parameters", {}).items()},
        chart=_parse_chart(header["chart"], columns, file) if "chart" in header else None,
    )


def _parse_column(name: str, value: Any, file: str) -> Column:
    if isinstance(value, str):
        value = {"kind": value}
    unknown = sorted(set(value) - _COLUMN_KEYS)
    if unknown:
        raise HeaderError(file, _("column {name} has an unknown key {key}", name=name, key=unknown[0]))
    if value.get("kind") not in {kind.value for kind in ColumnKind}:
        kinds = ", ".join(kind.value for kind in ColumnKind)
        raise HeaderError(file, _("column {name} needs a kind, one of {kinds}", name=name, kinds=kinds))
    texts = {language: str(value.get(language, name)).partition(": ") for language in LANGUAGES}
    return Column(
        name=name,
        kind=ColumnKind(value["kind"]),
        labels={language: text[0] for language, text in texts.items()},
        meanings={language: text[2] for language, text in texts.items() if text[2]},
        needs=_parse_names(value.get("needs", [])),
        has_share_bar=bool(value.get("share", False)),
        is_additive=bool(value.get("total", False)),
        vocabulary=get_vocabulary(str(value["words"])) if "words" in value else {},
        free_text=bool(value.get("free", False)),
        identifier=bool(value.get("joins", False)),
    )


def _parse_chart(value: Any, columns: tuple[Column, ...], file: str) -> ChartSpec:
    """Parse how the report is drawn: a kind of chart and two columns, of which y holds numbers."""
    kinds = {column.name: column.kind for column in columns}
    table = value if isinstance(value, dict) else {}
    drawing, x, y = table.get("kind"), str(table.get("x", "")), str(table.get("y", ""))
    if drawing not in _CHART_TYPES or set(table) != {"kind", "x", "y"}:
        raise HeaderError(
            file, _("chart needs a kind ({names}) and two columns, x and y", names=", ".join(_CHART_TYPES))
        )
    if x not in kinds or kinds.get(y) not in NUMERIC_KINDS:
        raise HeaderError(
            file, _("chart names {x} and {y}: x must be a column, and y a column of numbers", x=x, y=y)
        )
    if drawing == "line" and kinds[x] is not ColumnKind.DATE:
        raise HeaderError(file, _("a line chart needs dates as x; {name} is not a date column", name=x))
    return ChartSpec(drawing, x, y)


def _parse_group_size(header: Mapping[str, Any], file: str) -> tuple[str, ...]:
    names = _parse_names(header.get("group_size", []))
    for name in names:
        column = header["columns"].get(name)
        if (column if isinstance(column, str) else (column or {}).get("kind")) != ColumnKind.COUNT.value:
            raise HeaderError(
                file, _("group_size names {name}, which is not a column of kind count", name=name)
            )
    return names


@cache
def _load_vocabularies() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((find_sql_folder() / "words.toml").read_text(encoding="utf-8"))


def get_vocabulary(name: str) -> dict[str, dict[str, str]]:
    """Return the texts for the codes of a column, by language: the table ``name`` of ``sql/words.toml``."""
    words = _load_vocabularies().get(name, {})
    return {language: {code: texts[language] for code, texts in words.items()} for language in LANGUAGES}


def _parse_texts(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    fallback = next(iter(value.values()), "")
    return {language: str(value.get(language, fallback)) for language in LANGUAGES}


def _parse_names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)
