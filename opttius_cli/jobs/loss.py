"""What a source lost in loading, in rows and cells: a job may refuse to deliver because of it."""

from __future__ import annotations

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _, n_


class LossError(SourceError):
    """A job that must not be made of data of which a part could not be read."""

    def __init__(self, rows: int, cells: int) -> None:
        super().__init__(
            _(
                "Nothing was delivered, for a part of the data could not be read (fail_on_loss = true): {loss}. "
                "Type opttius check to see which.",
                loss=count_loss(rows, cells),
            )
        )


def count_loss(rows: int, cells: int) -> str:
    """Return how many rows were refused and cells emptied, in words."""
    return ", ".join(
        text
        for count, text in (
            (rows, n_("{count} row refused", "{count} rows refused", rows)),
            (cells, n_("{count} cell emptied", "{count} cells emptied", cells)),
        )
        if count
    )
