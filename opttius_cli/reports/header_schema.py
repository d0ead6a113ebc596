"""The schemas of everything that sql/ declares: reports, their columns, shared views, shared columns, vocabularies.

sql/README.md documents every key. What a name refers to is checked in ``header_references``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from opttius_cli.i18n import LANGUAGES, _
from opttius_cli.models import MODELS
from opttius_cli.reports.schema_checks import (
    Check,
    InvalidValueError,
    KeyPath,
    check_flag,
    check_name_list,
    check_names,
    check_text,
    check_texts,
    map_of,
    one_of,
    table_of,
)
from opttius_cli.result import ChartType, ColumnKind, JsonShape

if TYPE_CHECKING:
    from collections.abc import Mapping

History = Literal["all", "year", "window", "none"]
HISTORIES: tuple[History, ...] = get_args(History)
"""The purchases that a report may read, the longest history first."""

Dependence = Literal["period", "previous", "forecast"]
"""The window, or the prediction, without which a report has no figures."""

ORDERS_FROM = ("history_from", "active_from")
"""The instants from which a materialized view may read orders."""

_check_kind = one_of([kind.value for kind in ColumnKind])

_COLUMN_KEYS: Mapping[str, Check] = {
    "kind": _check_kind,
    "vocabulary": check_names,
    "needs": check_names,
    "over": check_text,
    "effect": check_text,
    "typed": check_text,
    "free_text": check_flag,
    "identifier": check_flag,
    "share": check_flag,
    "total": check_flag,
    "lower_is_better": check_flag,
    "heat": check_flag,
    **dict.fromkeys(LANGUAGES, check_text),
    **dict.fromkeys(("section", "of", "take", "where", "measure", "formula"), check_text),
}
_check_column_table = table_of(_COLUMN_KEYS)


def _check_column(value: Any, path: KeyPath) -> None:
    """Accept the declaration of a column, or its kind alone."""
    if isinstance(value, str):
        _check_kind(value, path)
    else:
        _check_column_table(value, path)


_MATRIX_KEYS = ("row", "column", "value", "weight")

_check_columns_table = map_of(_check_column)


def _check_columns(value: Any, path: KeyPath) -> None:
    """Accept a list of columns, or a table that declares each of them."""
    if isinstance(value, list):
        check_name_list(value, path)
    elif not isinstance(value, dict) or not value:
        raise InvalidValueError(path, _('must be a list of names, ["one", "two"], or a table of columns'))
    else:
        _check_columns_table(value, path)


_REPORT_KEYS: Mapping[str, Check] = {
    "title": check_texts,
    "grain": check_texts,
    "shape": one_of(get_args(JsonShape)),
    "needs": check_names,
    "uses": check_names,
    "history": one_of(HISTORIES),
    "period": check_flag,
    "depends_on": one_of(get_args(Dependence)),
    "group_size": check_names,
    "bases": check_names,
    "parameters": map_of(check_texts),
    "matrix": table_of(dict.fromkeys(_MATRIX_KEYS, check_text), required=_MATRIX_KEYS),
    "chart": table_of(
        {
            "kind": one_of(get_args(ChartType)),
            "x": check_text,
            "y": check_text,
            "previous": check_flag,
            "group": check_text,
            "start": check_text,
            "end": check_text,
        },
        required=("kind", "x", "y"),
    ),
    "form": table_of({"page_per": check_text, "outcomes": check_text}, required=("page_per", "outcomes")),
    "columns": _check_columns,
    "column": _check_columns_table,
}
OWN_REPORT = table_of(_REPORT_KEYS, required=("columns",))
"""A report of the user: its rows are those of its SQL, no model makes others of them."""
REPORT = table_of({**_REPORT_KEYS, "model": one_of(sorted(MODELS))}, required=("columns",))

SHARED_VIEW = table_of(
    {
        "about": check_text,
        "orders_from": one_of(ORDERS_FROM),
        "internal": check_flag,
        "steps": check_names,
        "adjustment": check_text,
        "stored": check_text,
        "given": check_names,
    },
    required=("about",),
)

SHARED_COLUMNS = map_of(table_of(_COLUMN_KEYS, required=("kind", *LANGUAGES)))
"""``of``, ``take``, ``where``, ``measure`` and ``formula`` say which rows a figure is made of, and how."""

VOCABULARIES = map_of(map_of(table_of(dict.fromkeys(LANGUAGES, check_text), required=LANGUAGES)))

_TEXTS = map_of(table_of(dict.fromkeys(LANGUAGES, check_text), required=LANGUAGES))
OWN_SQL = table_of({"tables": _TEXTS, "columns": _TEXTS}, required=("tables", "columns"))
"""What the tables that a user's own SQL reads are, and their columns."""
