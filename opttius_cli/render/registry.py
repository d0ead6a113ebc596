"""The output formats. A new one is a module with ``write`` and a row here; it is imported when it is used."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, Literal

from opttius_cli.errors import MissingExtraError

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Result


@dataclass(frozen=True, slots=True)
class Renderer:
    """A format: its module, its file extension, and what a caller must know about it.

    ``is_binary`` formats are not for a terminal. ``has_data_quality`` formats include the data quality
    notes; for the others the caller prints them. ``has_lists`` formats can also write a bare list, with
    ``write_rows``. ``required_package`` is an optional package, and the extra that installs it.
    """

    module: str
    extension: str
    is_binary: bool
    has_data_quality: bool
    has_lists: bool = False
    required_package: tuple[str, str] | None = None

    def check_installed(self) -> None:
        """Raise MissingExtraError if a package that the format needs is not installed."""
        if self.required_package and find_spec(self.required_package[0]) is None:
            raise MissingExtraError(self.required_package[1])

    def write(self, answer: Answer, out: BinaryIO, style: Style) -> None:
        """Write ``answer`` to ``out`` in this format. Raises as :meth:`check_installed` does."""
        self.check_installed()
        import_module(f"opttius_cli.render.{self.module}").write(answer, out, style)

    def write_rows(self, result: Result, out: BinaryIO, style: Style) -> None:
        """Write the rows of a list with nothing around them."""
        import_module(f"opttius_cli.render.{self.module}").write_rows(result, out, style)

    def start_loading(self) -> None:
        """Start importing the format's module in a thread, while the database computes the answer."""
        Thread(target=self._load_module).start()

    def _load_module(self) -> None:
        # If the import fails here, the import in write raises the same error.
        with suppress(ImportError):
            import_module(f"opttius_cli.render.{self.module}")


RENDERERS: dict[str, Renderer] = {
    "table": Renderer("terminal.table", "txt", is_binary=False, has_data_quality=True, has_lists=True),
    "json": Renderer("json", "json", is_binary=False, has_data_quality=True, has_lists=True),
    "ndjson": Renderer("ndjson", "ndjson", is_binary=False, has_data_quality=False, has_lists=True),
    "csv": Renderer("csv", "csv", is_binary=False, has_data_quality=False, has_lists=True),
    "md": Renderer("markdown", "md", is_binary=False, has_data_quality=True),
    "xlsx": Renderer("xlsx.writer", "xlsx", is_binary=True, has_data_quality=True),
    "html": Renderer(
        "html.page", "html", is_binary=True, has_data_quality=True, required_package=("vl_convert", "html")
    ),
    "parquet": Renderer("parquet", "parquet", is_binary=True, has_data_quality=True),
}

if TYPE_CHECKING:
    Format = str
    ListFormat = str
else:
    Format = Literal[tuple(RENDERERS)]
    """The formats of an answer, as an option of the command line takes them."""
    ListFormat = Literal[tuple(name for name, renderer in RENDERERS.items() if renderer.has_lists)]
    """The formats of a bare list."""
