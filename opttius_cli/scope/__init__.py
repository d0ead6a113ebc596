"""Who may see which rows: the branches of a request, and the views that show no other rows."""

from opttius_cli.scope.directory import Directory, everything, read_directory, resolve
from opttius_cli.scope.rights import NoReaderError, Reader, read_reader, reader_key, resolve_for
from opttius_cli.scope.rows import count_rows
from opttius_cli.scope.standing import ADVANCED_ANALYTICS, must_be_open, must_have
from opttius_cli.scope.views import SCOPED, enter

__all__ = [
    "ADVANCED_ANALYTICS",
    "SCOPED",
    "Directory",
    "NoReaderError",
    "Reader",
    "count_rows",
    "enter",
    "everything",
    "must_be_open",
    "must_have",
    "read_directory",
    "read_reader",
    "reader_key",
    "resolve",
    "resolve_for",
]
