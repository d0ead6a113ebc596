"""Who may see which rows: the branches of a request, and the views that show no other rows."""

from opttius_cli.scope.directory import (
    Directory,
    build_unrestricted_scope,
    read_directory,
    resolve_names,
)
from opttius_cli.scope.entitlements import ADVANCED_ANALYTICS, require_active, require_feature
from opttius_cli.scope.newest_sale import find_newest_sale
from opttius_cli.scope.rights import (
    NoActiveAdminError,
    Reader,
    normalize_email,
    read_reader,
    resolve_names_for_reader,
)
from opttius_cli.scope.row_counts import create_row_counts
from opttius_cli.scope.tenancy import limit_to_scope
from opttius_cli.scope.unseen_rows import fill_unseen_rows
from opttius_cli.scope.views import SCOPED_TABLES, ScopedViews

__all__ = [
    "ADVANCED_ANALYTICS",
    "SCOPED_TABLES",
    "Directory",
    "NoActiveAdminError",
    "Reader",
    "ScopedViews",
    "build_unrestricted_scope",
    "create_row_counts",
    "fill_unseen_rows",
    "find_newest_sale",
    "limit_to_scope",
    "normalize_email",
    "read_directory",
    "read_reader",
    "require_active",
    "require_feature",
    "resolve_names",
    "resolve_names_for_reader",
]
