"""A report as the header of its SQL file declares it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import LANGUAGES, _
from opttius_cli.reports.figure_source import FigureSource, parse_source
from opttius_cli.reports.header_references import check_column, check_matrix, check_references, list_names
from opttius_cli.reports.header_schema import OWN_REPORT, REPORT
from opttius_cli.reports.header_text import build_error, parse_header, split_header
from opttius_cli.reports.schema_checks import InvalidValueError
from opttius_cli.reports.shared_columns import merge_declaration
from opttius_cli.reports.vocabulary import get_vocabulary, get_vocabulary_of_one, list_codes
from opttius_cli.result import ChartSpec, Column, ColumnKind, FormSpec, JsonShape, MatrixSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.reports.header_schema import Dependence, History
    from opttius_cli.reports.schema_checks import KeyPath


USER_FOLDER = "user"
"""The folder that the names of the user's own reports begin with."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its file declares it; titles and grain in each language.

    ``sql`` is the whole file. ``needs`` are the tables that it requires. ``history`` says which purchases it
    reads: all, those of the windows, or none. ``has_period``: it is about a period; ``depends_on``: the window
    without which it has no figures. ``parameters`` are values that it needs besides those of every report.
    ``group_size`` are the columns that say how many people a row is about. ``chart`` says how it is drawn.
    ``bases`` are counts that the SQL returns after the columns: how many rows a percentage is over. ``model`` turns
    the rows of the SQL into its own.
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
    depends_on: Dependence | None = None
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chart: ChartSpec | None = None
    form: FormSpec | None = None
    model: str | None = None
    matrix: MatrixSpec | None = None
    sources: Mapping[str, FigureSource] = field(default_factory=dict)
    group_size: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()

    @property
    def has_few_rows(self) -> bool:
        """Return whether its rows are few however much data there is: one object, or what a chart can show."""
        return self.shape != "rows" or self.chart is not None

    @property
    def is_user_report(self) -> bool:
        """Return whether it is from the user's own folder."""
        return _is_own(self.name)


def _is_own(name: str) -> bool:
    return name.startswith(f"{USER_FOLDER}/")


def parse_report(name: str, sql: str, file: str, thresholds: Mapping[str, object] | None = None) -> Report:
    """Parse the report that ``sql`` declares. Raises HeaderError naming ``file``, the line and the wrong key.

    A name of ``thresholds`` in braces is replaced by its value, as in ``{active_days}``.
    """
    text, body = split_header(sql, file)
    for key, value in (thresholds or {}).items():
        text = text.replace(f"{{{key}}}", str(value))
    header = parse_header(text, file, OWN_REPORT if _is_own(name) else REPORT)
    try:
        columns = _build_columns(header)
        check_references(header, {column.name: column.kind for column in columns}, body)
        if "matrix" in header:
            check_matrix(header["matrix"], {column.name: column for column in columns})
    except InvalidValueError as error:
        raise build_error(text, file, error) from error
    form = header.get("form")
    return Report(
        name=name,
        titles=_build_texts(header.get("title", name)),
        grain=_build_texts(header.get("grain", "")),
        shape=header.get("shape", "rows"),
        columns=columns,
        sql=sql,
        needs=list_names(header.get("needs", [])),
        history=header.get("history", "window"),
        has_period=header.get("period", False),
        depends_on=header.get("depends_on"),
        group_size=list_names(header.get("group_size", [])),
        bases=list_names(header.get("bases", [])),
        parameters={key: _build_texts(texts) for key, texts in header.get("parameters", {}).items()},
        form=FormSpec(form["page_per"], get_vocabulary(form["outcomes"])) if form else None,
        model=header.get("model"),
        sources=_build_sources(header, columns),
        matrix=MatrixSpec(**header["matrix"]) if "matrix" in header else None,
        chart=_build_chart(header.get("chart")),
    )


def _build_sources(header: Mapping[str, Any], columns: tuple[Column, ...]) -> dict[str, FigureSource]:
    """Return where the figures of a report come from, by column, as far as their columns say it."""
    own = header.get("column", {}) if isinstance(header["columns"], list) else header["columns"]
    declarations = {column.name: merge_declaration(column.name, own.get(column.name)) for column in columns}
    sources = {name: parse_source(declaration or {}) for name, declaration in declarations.items()}
    return {name: source for name, source in sources.items() if source}


def _build_chart(chart: Mapping[str, str] | None) -> ChartSpec | None:
    if chart is None:
        return None
    return ChartSpec(
        chart["kind"],  # type: ignore[arg-type] # the schema has checked it
        chart["x"],
        chart["y"],
        bool(chart.get("previous", False)),
        chart.get("group"),
        (chart["start"], chart["end"]) if "start" in chart else None,
    )


def _build_columns(header: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns in order, from what the header and ``sql/columns.toml`` declare of them."""
    columns = header["columns"]
    if isinstance(columns, list):
        own = header.get("column", {})
        return tuple(
            build_column(name, own.get(name), ("column", name) if name in own else ("columns",))
            for name in columns
        )
    if "column" in header:
        raise InvalidValueError(("column",), _("[columns] already declares the columns"))
    return tuple(build_column(name, own, ("columns", name)) for name, own in columns.items())


def build_column(name: str, own: Mapping[str, Any] | str | None, path: KeyPath) -> Column:
    """Return the column that the header declares at ``path``."""
    declaration = merge_declaration(name, own)
    if declaration is None:
        kinds = ", ".join(kind.value for kind in ColumnKind)
        raise InvalidValueError(path, _("column {name} needs a kind, one of {kinds}", name=name, kinds=kinds))
    check_column(path, declaration)
    texts = {language: declaration.get(language, name).partition(": ") for language in LANGUAGES}
    return Column(
        name=name,
        kind=ColumnKind(declaration["kind"]),
        labels={language: text[0] for language, text in texts.items()},
        meanings={language: text[2] for language, text in texts.items() if text[2]},
        needs=list_names(declaration.get("needs", [])),
        over=declaration.get("over", ""),
        effects=get_vocabulary(declaration["effect"]) if "effect" in declaration else {},
        has_share_bar=declaration.get("share", False),
        is_additive=declaration.get("total", False),
        lower_is_better=declaration.get("lower_is_better", False),
        has_heat=declaration.get("heat", False),
        typed_codes=frozenset(list_codes(declaration["typed"]) if "typed" in declaration else ()),
        effects_of_one=get_vocabulary_of_one(declaration.get("effect", "")),
        vocabulary_of_one=get_vocabulary_of_one(*list_names(declaration.get("vocabulary", []))),
        vocabulary=_merge_vocabularies(list_names(declaration.get("vocabulary", []))),
        free_text=declaration.get("free_text", False),
        identifier=declaration.get("identifier", False),
    )


def _merge_vocabularies(names: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of several vocabularies by language; a code of two stands where the last one has it."""
    if len(names) == 1:
        return get_vocabulary(names[0])
    merged: dict[str, dict[str, str]] = {}
    for vocabulary in map(get_vocabulary, names):
        for language, texts in vocabulary.items():
            known = merged.setdefault(language, {})
            merged[language] = {code: text for code, text in known.items() if code not in texts} | texts
    return merged


def _build_texts(value: str | Mapping[str, str]) -> dict[str, str]:
    """Return a text for each language; one that is missing is taken from another language."""
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    fallback = next(iter(value.values()))
    return {language: value.get(language, fallback) for language in LANGUAGES}
