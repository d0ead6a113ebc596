"""Write lists of the program's own data, such as snapshots and audited runs; and the options for that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli.command_support.options import CommonOptions
from opttius_cli.command_support.output import (
    build_style,
    note_written,
    require_filename,
    warn_extension_mismatch,
)
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _, get_language, translate_into_all
from opttius_cli.render import registry, sink
from opttius_cli.render.registry import ListFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions(CommonOptions):
    """The options of a command that lists the program's own data."""

    format: Annotated[
        ListFormat | None, typer.Option("--format", "-f", help=N_("How the list is written."))
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar=N_("FILE"), help=N_("A file, or - for stdout."))
    ] = None
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite the file of --output."))] = False


def build_result(
    name: str,
    title: str,
    columns: Iterable[tuple[str, str, str]],
    rows: Iterable[Mapping[str, Any]],
    *,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Result:
    """Build a result of ``rows``, by the names of ``columns``: (name, kind, label).

    ``title`` and the labels are English texts that the catalogs translate.
    ``words`` are the reader's words for the codes of a column. JSON and CSV contain the codes.
    """
    import pyarrow as pa

    from opttius_cli.result import Column, ColumnKind, Result

    typed_columns = tuple(
        Column(
            name,
            ColumnKind(kind),
            translate_into_all(label),
            vocabulary={get_language(): (words or {}).get(name, {})},
        )
        for name, kind, label in columns
    )
    types = {
        ColumnKind.COUNT: pa.int64(),
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.FLAG: pa.bool_(),
        ColumnKind.LIST: pa.list_(pa.string()),
    }
    schema = pa.schema([(column.name, types.get(column.kind, pa.string())) for column in typed_columns])
    table = pa.Table.from_pylist(list(rows), schema)
    return Result(name, translate_into_all(title), "rows", typed_columns, table)


def write_list(result: Result, options: ListOptions) -> None:
    """Write a list as the options say. Only its owner can read a file, because it tells who worked when."""
    require_filename(options.output)
    format_name, style = options.format or _resolve_format(options.output), build_style(options)
    renderer = registry.RENDERERS[format_name]
    if options.output in {None, "-"}:
        sink.write_stdout(lambda out: renderer.write_rows(result, out, style))
        return
    path = Path(str(options.output))
    sink.write_file(path, options.force, lambda out: renderer.write_rows(result, out, style), private=True)
    warn_extension_mismatch(path, format_name, options)
    note_written(path, options)


def _resolve_format(target: str | None) -> str:
    """Return the format of a file's extension, a table for stdout. Raises UsageError for an unknown one."""
    if target in {None, "-"}:
        return "table"
    extensions = {
        f".{renderer.extension}": name for name, renderer in registry.RENDERERS.items() if renderer.has_lists
    }
    format_name = extensions.get(Path(str(target)).suffix.lower())
    if format_name is None:
        raise UsageError(
            _(
                "The name of {path} does not show its format. Add --format, one of {formats}.",
                path=target,
                formats=", ".join(sorted(extensions.values())),
            )
        )
    return format_name
