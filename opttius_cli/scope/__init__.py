"""Who may see which rows: the branches that were asked for, and the views that show no other rows."""

from opttius_cli.scope.directory import Directory, everything, read_directory, resolve
from opttius_cli.scope.rows import count_rows
from opttius_cli.scope.views import SCOPED, enter

__all__ = ["SCOPED", "Directory", "count_rows", "enter", "everything", "read_directory", "resolve"]
