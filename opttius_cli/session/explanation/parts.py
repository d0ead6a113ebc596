"""Build the parts of an explanation that no SQL returns: the key, the definition, the figure and its SQL.

JSON holds the English texts, in every language; a reader of another language sees them translated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import LANGUAGES, N_, translate_into_all
from opttius_cli.result import DECIMAL_PLACES, Column, ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABELS = {
    "key": N_("Key"),
    "label": N_("Name"),
    "meaning": N_("Meaning"),
    "section": N_("Section of docs/metrics.md"),
    "formula": N_("Formula"),
    "figure": N_("Figure"),
    "file": N_("Report"),
    "text": N_("SQL"),
}
_TITLES = {
    "key": N_("Explained figure"),
    "definition": N_("Definition"),
    "figure": N_("The figure, as the report prints it"),
    "sql": N_("Where it is worked out"),
}

FIGURE_PLACES = {**DECIMAL_PLACES, ColumnKind.NUMBER: 2}
"""How many decimal places a figure is written and compared with; those of other kinds are whole or no numbers."""


def build_record(
    name: str, values: Mapping[str, Any], kind: ColumnKind, texts: Mapping[str, Any] | None = None
) -> Result:
    """Return a record of ``values``, all of one kind; ``texts`` are the vocabularies of its columns."""
    import pyarrow as pa

    columns = tuple(
        Column(key, kind, translate_into_all(_LABELS[key]), vocabulary=(texts or {}).get(key, {}))
        for key in values
    )
    arrays = {key: pa.array([value], _choose_type(kind)) for key, value in values.items()}
    return Result(f"explain/{name}", translate_into_all(_TITLES[name]), "record", columns, pa.table(arrays))


def _choose_type(kind: ColumnKind) -> Any:
    import pyarrow as pa

    if kind in FIGURE_PLACES:
        return pa.decimal128(38, FIGURE_PLACES[kind])
    return {ColumnKind.COUNT: pa.int64(), ColumnKind.DATE: pa.date32()}.get(kind, pa.string())


def build_definition(column: Column, section: str, formulas: Mapping[str, str] | None) -> Result:
    """Return what a figure means: its label and sentence, where it is defined, and how it is made of others."""
    label, meaning = column.labels["en"], column.meanings.get("en")
    texts: dict[str, Any] = {
        "label": {language: {label: column.labels[language]} for language in LANGUAGES},
        "meaning": {
            language: {meaning: column.meanings.get(language, meaning)} for language in LANGUAGES if meaning
        },
    }
    formula = formulas["en"] if formulas else None
    if formulas:
        texts["formula"] = {language: {formula: formulas[language]} for language in LANGUAGES}
    values = {"label": label, "meaning": meaning, "section": section or None, "formula": formula}
    return build_record("definition", values, ColumnKind.TEXT, texts)


def build_sql_part(report: str, text: str | None) -> Result:
    """Return the name of the report's file, and where it is asked for, the SQL of the report and its views."""
    return build_record("sql", {"file": f"sql/{report}.sql", "text": text}, ColumnKind.TEXT)
