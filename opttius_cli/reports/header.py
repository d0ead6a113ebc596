"""The header of a report: TOML in the comments at the top of its SQL file, between two ``-- ---`` lines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.resources import sql_folder
from opttius_cli.result import NUMERIC, Chart, Column, Drawing, Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

FENCE = "-- ---"
LANGUAGES = ("es", "en")
History = Literal["all", "window", "none"]
HISTORIES: tuple[History, ...] = ("all", "window", "none")
"""The purchases that a report may read, the longest history first."""
_SHAPES: tuple[Shape, ...] = ("record", "rows", "map", "list")
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
_DRAWINGS: tuple[Drawing, ...] = ("line", "bar", "column")


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
    shape: Shape
    columns: tuple[Column, ...]
    sql: str
    needs: tuple[str, ...] = ()
    history: History = "window"
    windowed: bool = False
    few: bool = False
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    chart: Chart | None = None
    group_size: tuple[str, ...] = ()

    @property
    def is_users(self) -> bool:
        """Return whether it is from the user's own folder."""
        return self.name.startswith("user/")


class HeaderError(ConfigError):
    """A report file whose header cannot be used."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(_("The header of {file} cannot be used: {why}", file=file, why=why))


def header_text(sql: str, file: str) -> str:
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


def parse_report(name: str, sql: str, file: str) -> Report:
    """Parse the report that ``sql`` declares. Raises HeaderError naming ``file`` and the wrong key."""
    try:
        header = tomllib.loads(header_text(sql, file))
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
    columns = tuple(_column(key, value, file) for key, value in header["columns"].items())
    return Report(
        name=name,
        titles=_texts(header.get("title", name)),
        grain=_texts(header.get("grain", "")),
        shape=shape,
        columns=columns,
        sql=sql,
        needs=_names(header.get("needs", [])),
        history=history,
        windowed=bool(header.get("period", False)),
        few=bool(header.get("few", shape != "rows")),
        uses=_names(header.get("uses", [])),
        group_size=_group_size(header, file),
        parameters={str(key): _texts(value) for key, value in header.get("parameters", {}).items()},
        chart=_chart(header["chart"], columns, file) if "chart" in header else None,
    )


def _column(name: str, value: Any, file: str) -> Column:
    if isinstance(value, str):
        value = {"kind": value}
    unknown = sorted(set(value) - _COLUMN_KEYS)
    if unknown:
        raise HeaderError(file, _("column {name} has an unknown key {key}", name=name, key=unknown[0]))
    if value.get("kind") not in {kind.value for kind in Kind}:
        kinds = ", ".join(kind.value for kind in Kind)
        raise HeaderError(file, _("column {name} needs a kind, one of {kinds}", name=name, kinds=kinds))
    texts = {language: str(value.get(language, name)).partition(": ") for language in LANGUAGES}
    return Column(
        name=name,
        kind=Kind(value["kind"]),
        labels={language: text[0] for language, text in texts.items()},
        meanings={language: text[2] for language, text in texts.items() if text[2]},
        needs=_names(value.get("needs", [])),
        share=bool(value.get("share", False)),
        total=bool(value.get("total", False)),
        words=vocabulary(str(value["words"])) if "words" in value else {},
        free=bool(value.get("free", False)),
        joins=bool(value.get("joins", False)),
    )


def _chart(value: Any, columns: tuple[Column, ...], file: str) -> Chart:
    """Parse how the report is drawn: a kind of chart and two columns, of which y holds numbers."""
    kinds = {column.name: column.kind for column in columns}
    told = value if isinstance(value, dict) else {}
    drawing, x, y = told.get("kind"), str(told.get("x", "")), str(told.get("y", ""))
    if drawing not in _DRAWINGS or set(told) != {"kind", "x", "y"}:
        raise HeaderError(
            file, _("chart needs a kind ({names}) and two columns, x and y", names=", ".join(_DRAWINGS))
        )
    if x not in kinds or kinds.get(y) not in NUMERIC:
        raise HeaderError(
            file, _("chart names {x} and {y}: x must be a column, and y a column of numbers", x=x, y=y)
        )
    if drawing == "line" and kinds[x] is not Kind.DATE:
        raise HeaderError(file, _("a line chart needs dates as x; {name} is not a date column", name=x))
    return Chart(drawing, x, y)


def _group_size(header: Mapping[str, Any], file: str) -> tuple[str, ...]:
    names = _names(header.get("group_size", []))
    for name in names:
        column = header["columns"].get(name)
        if (column if isinstance(column, str) else (column or {}).get("kind")) != Kind.COUNT.value:
            raise HeaderError(
                file, _("group_size names {name}, which is not a column of kind count", name=name)
            )
    return names


@cache
def _vocabularies() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((sql_folder() / "words.toml").read_text(encoding="utf-8"))


def vocabulary(name: str) -> dict[str, dict[str, str]]:
    """Return the texts for the codes of a column, by language: the table ``name`` of ``sql/words.toml``."""
    words = _vocabularies().get(name, {})
    return {language: {code: texts[language] for code, texts in words.items()} for language in LANGUAGES}


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    fallback = next(iter(value.values()), "")
    return {language: str(value.get(language, fallback)) for language in LANGUAGES}


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)
