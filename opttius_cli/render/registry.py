"""The output formats. A new one is a module with ``write`` and a row here; it is imported when it is used."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, Literal

from opttius_cli.i18n import _
from opttius_cli.installation import extras

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Result


@dataclass(frozen=True, slots=True)
class Renderer:
    """A format: its module, its file extension, and what a caller must know about it.

    ``is_binary`` formats are not for a terminal. ``has_data_quality`` formats include the data quality
    notes; for the others the caller prints them. ``has_lists`` formats can also write a bare list, with
    ``write_rows``. ``for_readers`` formats are read by people, others by programs. ``optional_module`` is a module
    without which it shows less, and the extra that installs it.
    """

    module: str
    extension: str
    is_binary: bool
    has_data_quality: bool
    has_lists: bool = False
    for_readers: bool = False
    optional_module: tuple[str, str] | None = None

    def describe_lack(self) -> str | None:
        """Say what the format lacks because an optional module is not installed, and how to add it."""
        if self.optional_module is None or extras.is_installed(self.optional_module[0]):
            return None
        return _(
            "Charts are drawn plainly: interactive ones come with {package}. Type: {command}",
            package=f"{extras.PACKAGE}[{self.optional_module[1]}]",
            command=extras.build_install_command(self.optional_module[1]),
        )

    def write(self, answer: Answer, out: BinaryIO, style: Style) -> None:
        """Write ``answer`` to ``out`` in this format."""
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
    "table": Renderer(
        "terminal.table", "txt", is_binary=False, has_data_quality=True, has_lists=True, for_readers=True
    ),
    "json": Renderer("json", "json", is_binary=False, has_data_quality=True, has_lists=True),
    "ndjson": Renderer("ndjson", "ndjson", is_binary=False, has_data_quality=False, has_lists=True),
    "csv": Renderer("csv", "csv", is_binary=False, has_data_quality=False, has_lists=True),
    "md": Renderer("markdown", "md", is_binary=False, has_data_quality=True, for_readers=True),
    "xlsx": Renderer("xlsx.writer", "xlsx", is_binary=True, has_data_quality=True, for_readers=True),
    "html": Renderer(
        "html.page",
        "html",
        is_binary=True,
        has_data_quality=True,
        for_readers=True,
        optional_module=("vl_convert", "html"),
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
