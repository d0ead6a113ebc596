"""Checks of a live database's schema: tables, columns, privileges, row-level security and number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.doctor.findings import Finding, State
from opttius_cli.doctor.tables import Remedies, compare
from opttius_cli.errors import SourceError, listed
from opttius_cli.i18n import N_, _, language, n_
from opttius_cli.render.cells import Cells
from opttius_cli.result import Kind
from opttius_cli.sources.postgres.role import reading, using
from opttius_cli.sources.postgres.survey import count

if TYPE_CHECKING:
    from opttius_cli.doctor.findings import Tell
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.survey import Relation, Survey
    from opttius_cli.sources.postgres.terms import Terms


LESS = N_("A role that can read what is needed and nothing else is safer: opttius doctor --role-sql")


def examine(line: Line, seen: Survey, terms: Terms, tell: Tell) -> None:
    """Check the schema and report the findings. Raises SourceError."""
    if not _schema(seen, tell):
        return
    if seen.elsewhere:
        places = sorted({place for places in seen.elsewhere.values() for place in places})
        said = _("Tables of these names are in other schemas, too: {names}.", names=listed(places))
        missing = any(table.required and table.name not in seen.relations for table in TABLES.values())
        remedy = _('If that is the right schema, set postgres.schema = "{schema}"', schema=places[0])
        tell(Finding("schema", State.NOTE, said, remedy if missing else ""))
    remedies = Remedies(
        _("Check the database, and the schema (postgres.schema)."),
        _(
            "If it was renamed, give opttius a view with the old name in a schema of its own (postgres.schema)."
        ),
    )
    compare({name: relation.columns for name, relation in seen.relations.items()}, remedies, tell)
    ours = {name: seen.relations[name] for name in TABLES if name in seen.relations}
    _privileges(seen, ours, tell)
    _row_security(seen, ours, terms, tell)
    _rows(line, seen, ours, tell)


def _schema(seen: Survey, tell: Tell) -> bool:
    if seen.usable:
        tell(Finding("schema", State.GOOD, _("The schema {schema} exists.", schema=seen.schema)))
        return True
    if seen.usable is None:
        said = _("There is no schema “{schema}”.", schema=seen.schema)
        places = sorted({place for places in seen.elsewhere.values() for place in places})
        remedy = _("The tables are in {names}: set postgres.schema.", names=listed(places)) if places else ""
        tell(Finding("schema", State.FAILED, said, remedy or _("Check the database, and postgres.schema.")))
    else:
        said = _("“{user}” may not use the schema {schema}.", user=seen.server.user, schema=seen.schema)
        grant = using(seen.schema, seen.server.user)
        tell(Finding("schema", State.FAILED, said, _("Let the owner run: {sql}", sql=grant)))
    return False


def _privileges(seen: Survey, ours: dict[str, Relation], tell: Tell) -> None:
    """Report columns that the role may not read, and rights that it does not need."""
    whole = True
    for name, relation in ours.items():
        table = TABLES[name]
        kept = [column.name for column in table.columns if relation.columns.get(column.name) is False]
        if not kept:
            continue
        whole = False
        needed = [column for column in kept if table.column(column).required]
        grave = bool(needed) and (table.required or (len(kept) < len(table.columns) and _some(relation)))
        values = {"user": seen.server.user, "columns": ", ".join(kept), "table": name}
        said = (
            _(
                "“{user}” may not read {columns} of {table}, which is required.",
                **values | {"columns": ", ".join(needed)},
            )
            if grave
            else _("“{user}” may not read {columns} of {table}: its figures stay empty.", **values)
        )
        grant = reading(kept, seen.schema, name, seen.server.user)
        state = State.FAILED if grave else State.NOTE
        tell(Finding("privileges", state, said, _("Let the owner run: {sql}", sql=grant)))
    if whole and ours:
        tell(
            Finding(
                "privileges",
                State.GOOD,
                _("“{user}” may read every column that is needed.", user=seen.server.user),
            )
        )
    _too_much(seen, ours, tell)
    writable = [name for name, relation in ours.items() if relation.writable]
    if writable and not seen.server.superuser:
        said = _("“{user}” could also change {names}.", user=seen.server.user, names=listed(writable))
        tell(Finding("privileges", State.NOTE, said, _(LESS)))


def _too_much(seen: Survey, ours: dict[str, Relation], tell: Tell) -> None:
    """Report columns that the role may read and opttius never reads; medical data may be among them."""
    besides = {
        name: sum(
            readable
            for column, readable in relation.columns.items()
            if name not in ours or not TABLES[name].has(column)
        )
        for name, relation in seen.relations.items()
    }
    tables = [name for name, number in besides.items() if number]
    if tables and not seen.server.superuser:
        number = sum(besides.values())
        said = n_(
            "“{user}” may also read {count} column that is never read, of {names}.",
            "“{user}” may also read {count} columns that are never read, of {names}.",
            number,
            user=seen.server.user,
            names=listed(tables),
        )
        tell(Finding("privileges", State.NOTE, said, _(LESS)))


def _some(relation: Relation) -> bool:
    return any(relation.columns.values())


def _row_security(seen: Survey, ours: dict[str, Relation], terms: Terms, tell: Tell) -> None:
    guarded = [name for name, relation in ours.items() if relation.guarded]
    if not guarded:
        tell(Finding("row_security", State.GOOD, _("No row is hidden from “{user}”.", user=seen.server.user)))
        return
    said = _(
        "Row-level security hides rows of {names} from “{user}”.",
        names=listed(guarded),
        user=seen.server.user,
    )
    if terms.restricted:
        told = said + " " + _("That is intended (postgres.restricted = true).")
        tell(Finding("row_security", State.NOTE, told))
        return
    remedy = _(
        "Read with a role that has BYPASSRLS (opttius doctor --role-sql), or say that this one is meant to see a "
        "part (postgres.restricted = true)."
    )
    tell(Finding("row_security", State.FAILED, said, remedy))


def _rows(line: Line, seen: Survey, ours: dict[str, Relation], tell: Tell) -> None:
    """Report how many rows the role sees, and required tables that seem empty."""
    counted: dict[str, int] = {}
    for name, relation in ours.items():
        if _some(relation):
            try:
                counted[name] = count(line, seen.schema, name)
            except SourceError as error:
                tell(Finding("rows", State.FAILED, str(error)))
                return
    if counted:
        cells = Cells(language(), "")
        figures = ", ".join(f"{name} {cells.text(rows, Kind.COUNT)}" for name, rows in counted.items())
        tell(Finding("rows", State.GOOD, _("Visible rows: {figures}.", figures=figures)))
    empty = [name for name, rows in counted.items() if not rows and TABLES[name].required]
    if empty:
        said = n_(
            "{names} has no visible row.",
            "{names} have no visible rows.",
            len(empty),
            names=listed(empty),
        )
        tell(
            Finding(
                "rows", State.NOTE, said, _("Is it the right database? Does row-level security hide them?")
            )
        )
