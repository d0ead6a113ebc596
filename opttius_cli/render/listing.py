"""Lists that are not about the shop, such as past runs or the cache, as a table, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Result

Format = Literal["table", "json", "csv"]


def write_listing(result: Result, out: BinaryIO, style: Style, output_format: Format) -> None:
    """Write the rows of ``result`` with nothing around them."""
    if output_format == "json":
        from opttius_cli.render import json

        json.write_rows(result, out)
    elif output_format == "csv":
        from opttius_cli.render import csv

        csv.write_rows(result, out, style)
    else:
        from opttius_cli.render.terminal import table

        table.write_rows(result, out, style)
