"""Check what the keys of a report's header name: tables, shared views, vocabularies, columns, parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from opttius_cli.catalog.tables import TABLES
from opttius_cli.i18n import _
from opttius_cli.name_matching import suggest_names
from opttius_cli.reports.schema_checks import InvalidValueError
from opttius_cli.reports.shared_views import SHARED_VIEWS
from opttius_cli.reports.vocabulary import get_vocabulary, load_vocabularies
from opttius_cli.result import KEY_COLUMNS, MAP_SHAPES, NUMERIC_KINDS, TEXT_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opttius_cli.reports.schema_checks import KeyPath
    from opttius_cli.result import Column

_NUMBER_KEYS = ("share", "total", "heat")
_TEXT_KEYS = ("vocabulary", "free_text", "identifier")
_NESTED_COLUMNS = 3
_MAX_CHOICE_LENGTH = 255
"""How long the choices of a drop-down may be, joined by commas, in a workbook."""
_KINDS_OF_NO_TEXT = NUMERIC_KINDS | {ColumnKind.DATE, ColumnKind.FLAG, ColumnKind.LIST}


def check_column(path: KeyPath, declaration: Mapping[str, Any]) -> None:
    """Check the column declared at ``path``: its tables, its vocabulary, and the keys that suit its kind.

    Raises:
        InvalidValueError: with the path of the wrong key.
    """
    kind = ColumnKind(declaration["kind"])
    if "needs" in declaration:
        _check_names_exist((*path, "needs"), list_names(declaration["needs"]), TABLES, _("table"))
    if "vocabulary" in declaration:
        _check_names_exist(
            (*path, "vocabulary"), list_names(declaration["vocabulary"]), load_vocabularies(), _("vocabulary")
        )
    for key in ("effect", "typed"):
        if key in declaration:
            _check_names_exist((*path, key), [declaration[key]], load_vocabularies(), _("vocabulary"))
    for keys, kinds in ((_NUMBER_KEYS, NUMERIC_KINDS), (_TEXT_KEYS, TEXT_KINDS)):
        for key in keys:
            if declaration.get(key) and kind not in kinds:
                allowed = ", ".join(sorted(one.value for one in kinds))
                raise InvalidValueError((*path, key), _("is for the kinds {kinds}", kinds=allowed))


def check_references(header: Mapping[str, Any], kinds: Mapping[str, ColumnKind], body: str) -> None:
    """Check the keys of a report that name something; ``kinds`` are those of its columns, ``body`` is its SQL.

    Raises:
        InvalidValueError: with the path of the wrong key.
    """
    _check_names_exist(("needs",), list_names(header.get("needs", [])), TABLES, _("table"))
    _check_names_exist(("uses",), list_names(header.get("uses", [])), SHARED_VIEWS, _("shared view"))
    _check_names_exist(("column",), header.get("column", {}), kinds, _("column"))
    for name in list_names(header.get("group_size", [])):
        if kinds.get(name) is not ColumnKind.COUNT:
            raise InvalidValueError(
                ("group_size",), _("names {name}, which is not a column of kind count", name=name)
            )
    _check_bases(header)
    for name in header.get("parameters", {}):
        if not re.search(rf"\${re.escape(name)}\b", body):
            raise InvalidValueError(("parameters", name), _("the SQL does not use ${name}", name=name))
    _check_shape(header, kinds)
    if "chart" in header:
        _check_chart(header["chart"], kinds)
    if "form" in header:
        _check_form(header["form"], kinds)


def _check_names_exist(path: KeyPath, names: Iterable[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name in known:
            continue
        near = suggest_names(name, list(known))
        if not near:
            raise InvalidValueError(path, _("there is no {what} {name}", what=what, name=name))
        reason = _(
            "there is no {what} {name}. Did you mean {names}?", what=what, name=name, names=", ".join(near)
        )
        raise InvalidValueError(path, reason)


def _check_bases(header: Mapping[str, Any]) -> None:
    """Check that the percentages that are over a count name one of the bases."""
    bases = list_names(header.get("bases", []))
    for name, declaration in header.get("column", {}).items():
        if isinstance(declaration, dict) and "over" in declaration:
            _check_names_exist(("column", name, "over"), [declaration["over"]], bases, _("base"))


def _check_shape(header: Mapping[str, Any], kinds: Mapping[str, ColumnKind]) -> None:
    """Check that the columns suit the form in JSON: how many they are, and that keys are texts."""
    shape = header.get("shape", "rows")
    if shape == "list" and len(kinds) != 1:
        raise InvalidValueError(("shape",), _("a list is the values of one column; name one in columns"))
    if shape in MAP_SHAPES and len(kinds) == 1:
        raise InvalidValueError(("shape",), _("a map needs a column for the keys, and others for the values"))
    if shape == "nested" and len(kinds) != _NESTED_COLUMNS:
        raise InvalidValueError(("shape",), _("a nested map has two columns of keys, and one of values"))
    for name, kind in list(kinds.items())[: KEY_COLUMNS.get(shape, 0)]:
        if kind in _KINDS_OF_NO_TEXT:
            raise InvalidValueError(("shape",), _("its keys are texts, and {name} is none", name=name))


def _check_chart(chart: Mapping[str, str], kinds: Mapping[str, ColumnKind]) -> None:
    """Check that x is a column, and y one of numbers; a line needs dates as x, and so does a comparison."""
    for key in ("x", "group"):
        if key in chart:
            _check_column_exists(("chart", key), chart[key], kinds)
    _check_number_column(("chart", "y"), chart["y"], kinds)
    if chart["kind"] == "line" and kinds[chart["x"]] is not ColumnKind.DATE:
        raise InvalidValueError(
            ("chart", "x"), _("a line chart needs dates as x; {name} is not a date column", name=chart["x"])
        )
    if chart.get("previous") and chart["kind"] != "line":
        raise InvalidValueError(("chart", "previous"), _("only a line chart has a previous window"))
    for key, other in (("start", "end"), ("end", "start")):
        if key in chart and other not in chart:
            raise InvalidValueError(("chart", key), _("needs {key} beside it", key=other))


def _check_form(form: Mapping[str, str], kinds: Mapping[str, ColumnKind]) -> None:
    """Check that a list to work through begins its pages by a column, and has outcomes with words."""
    _check_column_exists(("form", "page_per"), form["page_per"], kinds)
    _check_names_exist(("form", "outcomes"), [form["outcomes"]], load_vocabularies(), _("vocabulary"))
    for texts in get_vocabulary(form["outcomes"]).values():
        if len(",".join(texts.values())) > _MAX_CHOICE_LENGTH or any("," in text for text in texts.values()):
            raise InvalidValueError(("form", "outcomes"), _("its words do not fit into a drop-down"))


def check_matrix(matrix: Mapping[str, str], columns: Mapping[str, Column]) -> None:
    """Check that a matrix has columns with codes down and across, and numbers in it.

    Raises:
        InvalidValueError: with the path of the wrong key.
    """
    kinds = {name: column.kind for name, column in columns.items()}
    for key in ("row", "column"):
        _check_column_exists(("matrix", key), matrix[key], kinds)
        if not columns[matrix[key]].vocabulary:
            raise InvalidValueError(
                ("matrix", key), _("{name} is not a column with a vocabulary", name=matrix[key])
            )
    for key in ("value", "weight"):
        _check_number_column(("matrix", key), matrix[key], kinds)


def _check_column_exists(path: KeyPath, name: str, kinds: Mapping[str, ColumnKind]) -> None:
    if name not in kinds:
        raise InvalidValueError(path, _("there is no column {name}", name=name))


def _check_number_column(path: KeyPath, name: str, kinds: Mapping[str, ColumnKind]) -> None:
    if kinds.get(name) not in NUMERIC_KINDS:
        raise InvalidValueError(path, _("{name} is not a column of numbers", name=name))


def list_names(value: Any) -> tuple[str, ...]:
    """Return the names of a key that takes one name or a list of names."""
    return (value,) if isinstance(value, str) else tuple(value)
