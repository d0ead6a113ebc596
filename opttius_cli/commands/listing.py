"""Write lists of the program's own data, such as snapshots and audited runs; and the options for that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli.commands.asking import must_name_file, style_of, tell_misnamed
from opttius_cli.commands.options import Shared
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _, language
from opttius_cli.render import listing, sink

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Shared):
    """The options of a command that lists the program's own data."""

    format: Annotated[
        listing.Format | None, typer.Option("--format", "-f", help=N_("How the list is written."))
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar=N_("FILE"), help=N_("A file, or - for stdout."))
    ] = None
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite the file of --output."))] = False


def listed(
    name: str,
    titles: Mapping[str, str],
    columns: Iterable[tuple[str, str, str, str]],
    rows: Iterable[Mapping[str, Any]],
    *,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Result:
    """Build a result of ``rows``, by the names of ``columns``: (name, kind, Spanish label, English label).

    ``words`` are the reader's words for the codes of a column. JSON and CSV contain the codes.
    """
    import pyarrow as pa

    from opttius_cli.result import Column, Kind, Result

    told = tuple(
        Column(name, Kind(kind), {"es": es, "en": en}, words={language(): (words or {}).get(name, {})})
        for name, kind, es, en in columns
    )
    types = {
        Kind.COUNT: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.LIST: pa.list_(pa.string()),
    }
    schema = pa.schema([(column.name, types.get(column.kind, pa.string())) for column in told])
    return Result(name, titles, "rows", told, pa.Table.from_pylist(list(rows), schema))


def show(result: Result, options: Listing) -> None:
    """Write a list as the options say. Only its owner can read a file, because it tells who worked when."""
    must_name_file(options.output)
    form, style = options.format or _form_of(options.output), style_of(options)
    if options.output in {None, "-"}:
        sink.write_stdout(lambda out: listing.write(result, out, style, form))
        return
    path = Path(str(options.output))
    sink.write_whole(path, options.force, lambda out: listing.write(result, out, style, form), private=True)
    tell_misnamed(path, form, options)


def _form_of(target: str | None) -> listing.Format:
    """Return the format of a file's extension, a table for stdout. Raises UsageError for an unknown one."""
    if target in {None, "-"}:
        return "table"
    extensions: dict[str, listing.Format] = {".json": "json", ".csv": "csv", ".txt": "table"}
    form = extensions.get(Path(str(target)).suffix.lower())
    if form is None:
        raise UsageError(
            _(
                "The name of {path} does not show its format. Add --format, one of {formats}.",
                path=target,
                formats=", ".join(sorted(extensions.values())),
            )
        )
    return form
