"""Lists that are not about the shop, such as past runs or the cache, as a table, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Result

Format = Literal["table", "json", "csv"]


def write(result: Result, out: BinaryIO, style: Style, form: Format) -> None:
    """Write the rows of ``result`` with nothing around them."""
    if form == "json":
        from opttius_cli.render import json

        json.write_rows(result, out)
    elif form == "csv":
        from opttius_cli.render import csv

        csv.write_rows(result, out, style)
    else:
        from opttius_cli.render import table

        table.write_rows(result, out, style)
