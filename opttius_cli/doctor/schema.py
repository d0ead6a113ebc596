"""Checks of a live database's schema: tables, columns, privileges, row-level security and number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.tables import Remedies, compare_catalog
from opttius_cli.errors import SourceError, format_list
from opttius_cli.i18n import N_, _, get_language, n_
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.result import ColumnKind
from opttius_cli.sources.postgres.role_sql import grant_select, grant_usage
from opttius_cli.sources.postgres.server_info import count_rows

if TYPE_CHECKING:
    from opttius_cli.doctor.findings import OnFinding
    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.server_info import Relation, ServerInfo
    from opttius_cli.sources.postgres.settings import PostgresSettings


LEAST_PRIVILEGE_HINT = N_(
    "A role that can read what is needed and nothing else is safer: opttius doctor --role-sql"
)


def check_schema(
    connection: ConnectionThread, server_info: ServerInfo, settings: PostgresSettings, on_finding: OnFinding
) -> None:
    """Check the schema and report the findings. Raises SourceError."""
    if not _check_usage(server_info, on_finding):
        return
    if server_info.other_schemas:
        schemas = sorted({schema for schemas in server_info.other_schemas.values() for schema in schemas})
        message = _("Tables of these names are in other schemas, too: {names}.", names=format_list(schemas))
        missing = any(table.required and table.name not in server_info.relations for table in TABLES.values())
        remedy = _('If that is the right schema, set postgres.schema = "{schema}"', schema=schemas[0])
        on_finding(Finding("schema", State.NOTE, message, remedy if missing else ""))
    remedies = Remedies(
        _("Check the database, and the schema (postgres.schema)."),
        _(
            "If it was renamed, give opttius a view with the old name in a schema of its own (postgres.schema)."
        ),
    )
    compare_catalog(
        {name: relation.columns for name, relation in server_info.relations.items()}, remedies, on_finding
    )
    relations = {name: server_info.relations[name] for name in TABLES if name in server_info.relations}
    _check_privileges(server_info, relations, on_finding)
    _check_row_security(server_info, relations, settings, on_finding)
    _count_rows(connection, server_info, relations, on_finding)


def _check_usage(server_info: ServerInfo, on_finding: OnFinding) -> bool:
    if server_info.schema_usable:
        on_finding(Finding("schema", State.OK, _("The schema {schema} exists.", schema=server_info.schema)))
        return True
    if server_info.schema_usable is None:
        message = _("There is no schema “{schema}”.", schema=server_info.schema)
        schemas = sorted({schema for schemas in server_info.other_schemas.values() for schema in schemas})
        remedy = (
            _("The tables are in {names}: set postgres.schema.", names=format_list(schemas))
            if schemas
            else ""
        )
        on_finding(
            Finding("schema", State.FAILED, message, remedy or _("Check the database, and postgres.schema."))
        )
    else:
        message = _(
            "“{user}” may not use the schema {schema}.",
            user=server_info.session.user,
            schema=server_info.schema,
        )
        grant = grant_usage(server_info.schema, server_info.session.user)
        on_finding(Finding("schema", State.FAILED, message, _("Let the owner run: {sql}", sql=grant)))
    return False


def _check_privileges(server_info: ServerInfo, relations: dict[str, Relation], on_finding: OnFinding) -> None:
    """Report columns that the role may not read, and rights that it does not need."""
    is_complete = True
    for name, relation in relations.items():
        table = TABLES[name]
        denied = [column.name for column in table.columns if relation.columns.get(column.name) is False]
        if not denied:
            continue
        is_complete = False
        needed = [column for column in denied if table.get_column(column).required]
        is_blocking = bool(needed) and (
            table.required or (len(denied) < len(table.columns) and _has_readable_column(relation))
        )
        values = {"user": server_info.session.user, "columns": ", ".join(denied), "table": name}
        message = (
            _(
                "“{user}” may not read {columns} of {table}, which is required.",
                **values | {"columns": ", ".join(needed)},
            )
            if is_blocking
            else _("“{user}” may not read {columns} of {table}: its figures stay empty.", **values)
        )
        grant = grant_select(denied, server_info.schema, name, server_info.session.user)
        state = State.FAILED if is_blocking else State.NOTE
        on_finding(Finding("privileges", state, message, _("Let the owner run: {sql}", sql=grant)))
    if is_complete and relations:
        on_finding(
            Finding(
                "privileges",
                State.OK,
                _("“{user}” may read every column that is needed.", user=server_info.session.user),
            )
        )
    _report_extra_privileges(server_info, relations, on_finding)
    writable = [name for name, relation in relations.items() if relation.writable]
    if writable and not server_info.session.superuser:
        message = _(
            "“{user}” could also change {names}.", user=server_info.session.user, names=format_list(writable)
        )
        on_finding(Finding("privileges", State.NOTE, message, _(LEAST_PRIVILEGE_HINT)))


def _report_extra_privileges(
    server_info: ServerInfo, relations: dict[str, Relation], on_finding: OnFinding
) -> None:
    """Report columns that the role may read and opttius never reads; medical data may be among them."""
    extra = {
        name: sum(
            readable
            for column, readable in relation.columns.items()
            if name not in relations or not TABLES[name].has_column(column)
        )
        for name, relation in server_info.relations.items()
    }
    tables = [name for name, number in extra.items() if number]
    if tables and not server_info.session.superuser:
        number = sum(extra.values())
        message = n_(
            "“{user}” may also read {count} column that is never read, of {names}.",
            "“{user}” may also read {count} columns that are never read, of {names}.",
            number,
            user=server_info.session.user,
            names=format_list(tables),
        )
        on_finding(Finding("privileges", State.NOTE, message, _(LEAST_PRIVILEGE_HINT)))


def _has_readable_column(relation: Relation) -> bool:
    return any(relation.columns.values())


def _check_row_security(
    server_info: ServerInfo, relations: dict[str, Relation], settings: PostgresSettings, on_finding: OnFinding
) -> None:
    hidden = [name for name, relation in relations.items() if relation.hides_rows]
    if not hidden:
        on_finding(
            Finding(
                "row_security", State.OK, _("No row is hidden from “{user}”.", user=server_info.session.user)
            )
        )
        return
    message = _(
        "Row-level security hides rows of {names} from “{user}”.",
        names=format_list(hidden),
        user=server_info.session.user,
    )
    if settings.restricted:
        full_message = message + " " + _("That is intended (postgres.restricted = true).")
        on_finding(Finding("row_security", State.NOTE, full_message))
        return
    remedy = _(
        "Read with a role that has BYPASSRLS (opttius doctor --role-sql), or say that this one is meant to see a "
        "part (postgres.restricted = true)."
    )
    on_finding(Finding("row_security", State.FAILED, message, remedy))


def _count_rows(
    connection: ConnectionThread,
    server_info: ServerInfo,
    relations: dict[str, Relation],
    on_finding: OnFinding,
) -> None:
    """Report how many rows the role sees, and required tables that seem empty."""
    counted: dict[str, int] = {}
    for name, relation in relations.items():
        if _has_readable_column(relation):
            try:
                counted[name] = count_rows(connection, server_info.schema, name)
            except SourceError as error:
                on_finding(Finding("rows", State.FAILED, str(error)))
                return
    if counted:
        cells = CellFormatter(get_language(), "")
        figures = ", ".join(
            f"{name} {cells.format_value(rows, ColumnKind.COUNT)}" for name, rows in counted.items()
        )
        on_finding(Finding("rows", State.OK, _("Visible rows: {figures}.", figures=figures)))
    empty = [name for name, rows in counted.items() if not rows and TABLES[name].required]
    if empty:
        message = n_(
            "{names} has no visible row.",
            "{names} have no visible rows.",
            len(empty),
            names=format_list(empty),
        )
        on_finding(
            Finding(
                "rows", State.NOTE, message, _("Is it the right database? Does row-level security hide them?")
            )
        )
