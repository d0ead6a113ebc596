"""Propose how ``opttius.toml`` maps spreadsheets of one's own: the block is ready to paste, and says what is missing.

A column of the source is proposed once, for the column whose usual names it has; one that is known to be another thing
is never proposed for what it merely resembles.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name
from opttius_cli.period import DEFAULT_ZONE
from opttius_cli.sources.table_names import detect_table, guess_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from opttius_cli.catalog.tables import Table
    from opttius_cli.doctor.headers import SheetHeader
    from opttius_cli.sources.mapping import SourceMapping

_USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "first_name": (
        "nombre",
        "nombres",
        "nombre_completo",
        "nombre_cliente",
        "nombre_paciente",
        "cliente",
        "paciente",
    ),
    "last_name": ("apellido", "apellidos"),
    "email": ("correo", "correo_electronico", "mail", "e_mail"),
    "phone": ("telefono", "fono", "celular", "movil", "whatsapp", "telefono_movil"),
    "rut": ("rut_cliente", "run", "dni"),
    "sii_rut": ("rut_boleta",),
    "branch_id": ("sucursal", "id_sucursal", "sucursal_id", "tienda", "local"),
    "organization_id": ("empresa", "organizacion"),
    "customer_id": (
        "id_cliente",
        "cliente_id",
        "cod_cliente",
        "codigo_cliente",
        "id_paciente",
        "paciente_id",
    ),
    "order_id": ("id_pedido", "pedido_id", "id_venta", "venta_id", "n_venta", "nro_venta"),
    "product_id": ("id_producto", "producto_id", "cod_producto", "codigo_producto"),
    "category_id": ("categoria", "id_categoria"),
    "order_number": ("numero", "numero_pedido", "n_boleta", "boleta", "folio"),
    "work_order_number": ("numero_orden", "orden", "n_orden"),
    "quote_number": ("numero_presupuesto", "numero_cotizacion"),
    "status": ("estado", "estado_pedido", "estado_orden", "estado_cita"),
    "payment_status": ("estado_pago", "estado_de_pago", "pago"),
    "payment_method": ("medio_pago", "medio_de_pago", "forma_pago", "forma_de_pago", "metodo_pago"),
    "payment_method_type": ("tipo_pago",),
    "total_amount": ("total", "monto", "monto_total", "importe", "valor"),
    "total_price": ("total", "subtotal", "total_linea"),
    "unit_price": ("precio", "precio_unitario"),
    "quantity": ("cantidad", "unidades", "cant", "stock"),
    "amount": ("monto", "importe", "valor"),
    "discount_amount": ("descuento",),
    "currency": ("moneda",),
    "created_at": (
        "fecha",
        "fecha_venta",
        "fecha_creacion",
        "fecha_registro",
        "fecha_ingreso",
        "fecha_alta",
        "creado",
    ),
    "updated_at": ("actualizado", "fecha_actualizacion", "modificado"),
    "paid_at": ("fecha", "fecha_pago"),
    "appointment_date": ("fecha", "fecha_cita", "dia"),
    "appointment_time": ("hora", "hora_cita"),
    "appointment_type": ("tipo", "tipo_cita", "motivo"),
    "expiration_date": ("vence", "vencimiento", "fecha_vencimiento", "valido_hasta"),
    "prescription_date": ("fecha", "fecha_receta"),
    "delivered_at": ("entregado", "fecha_entrega"),
    "lab_name": ("laboratorio",),
    "lens_type": ("tipo_lente", "cristal"),
    "product_name": ("producto", "nombre_producto", "articulo", "descripcion"),
    "name": ("nombre", "descripcion", "sucursal", "producto", "razon_social"),
    "code": ("codigo", "cod", "sigla"),
    "is_active": ("activo", "activa", "vigente"),
    "last_eye_exam_date": ("ultimo_examen",),
    "next_eye_exam_due": ("proximo_examen", "proximo_control"),
    "id": ("codigo", "cod", "numero", "nro", "n", "folio"),
}
"""How people call the columns in their own spreadsheets, without accents and in lower case."""
_ZONE = f'# naive_timezone = "{DEFAULT_ZONE}"'
"""What makes a date without a time of day the day that people wrote."""
_PAID = ("# [metrics]", '# paid_statuses = ["pagado"]')
"""What makes sales paid whose status is a word of people's own."""
_CLOSE = 0.82
_FEWEST = 2
"""How many columns a sheet must have of a table to be taken for it by its columns alone."""


@dataclass(frozen=True, slots=True)
class TableProposal:
    """A table of the source: where it is (None: where it is called so), its columns, and what nothing looks like.

    ``rivals`` are further columns of the source, each with the column of ours that another one is read for.
    """

    table: str
    place: str | None
    columns: Mapping[str, str]
    missing: Sequence[str]
    rivals: Mapping[str, str]


def build_proposal(
    headers: Sequence[SheetHeader], present: Mapping[str, Collection[str]], mapping: SourceMapping
) -> str | None:
    """Return the block for ``opttius.toml``; None when nothing can be proposed.

    ``headers`` are all files and sheets with the names of their columns, ``present`` the tables that are read already
    with their columns.
    """
    proposals = [
        _propose_columns(
            TABLES[name], None, [column for column in present[name] if not column.startswith("~")], mapping
        )
        for name in TABLES
        if name in present
    ]
    proposals += [
        _propose_columns(TABLES[name], header.place, header.columns, mapping)
        for name, header in _assign_tables(headers, present).items()
    ]
    if not any(proposal.place or proposal.columns for proposal in proposals):
        return None
    absent = [
        name
        for name, table in TABLES.items()
        if table.required and name not in {item.table for item in proposals}
    ]
    return _format_block(proposals, absent, mapping)


def _assign_tables(
    headers: Iterable[SheetHeader], present: Mapping[str, Collection[str]]
) -> dict[str, SheetHeader]:
    """Return a file or sheet for each table that is not read: by its name, else by most of its columns."""
    chosen: dict[str, SheetHeader] = {}
    unnamed = []
    for header in headers:
        if detect_table(header.stem) in present:
            continue
        guess = guess_table(header.stem)
        if (
            guess
            and guess not in present
            and guess not in chosen
            and _count_columns(TABLES[guess], header.columns)
        ):
            chosen[guess] = header
        else:
            unnamed.append(header)
    for name, table in TABLES.items():
        if not table.required or name in present or name in chosen:
            continue
        scores = [(_count_columns(table, header.columns), header) for header in unnamed]
        best = max(scores, key=lambda item: item[0], default=None)
        if best and best[0] >= _FEWEST:
            chosen[name] = best[1]
            unnamed.remove(best[1])
    return {name: chosen[name] for name in TABLES if name in chosen}


def _count_columns(table: Table, columns: Sequence[str]) -> int:
    exact = [column for column in columns if table.has_column(_simplify(column))]
    found = {_simplify(column) for column in exact}
    return len(found) + len(
        _match_columns(table, [column for column in columns if column not in exact], found)
    )


def _propose_columns(
    table: Table, place: str | None, columns: Sequence[str], mapping: SourceMapping
) -> TableProposal:
    """Propose a column of the source for each column of ours that is not there under its own name."""
    known = {column for column in columns if table.has_column(_simplify(column))}
    found = {_simplify(column) for column in known} | set(mapping.columns.get(table.name, {}))
    matches = _match_columns(table, [column for column in columns if column not in known], found)
    missing = [name for name in table.mandatory_columns if name not in found and name not in matches]
    left = [column for column in columns if column not in known and column not in matches.values()]
    mapped = mapping.columns.get(table.name, {}).values()
    rivals = {
        column: name
        for column in left
        if column not in mapped and (name := _find_rival(table, column, {*found, *matches}))
    }
    return TableProposal(table.name, place, matches, missing, rivals)


def _find_rival(table: Table, column: str, taken: Collection[str]) -> str | None:
    """Return our column that ``column`` is a usual name of, when another column is already read for it."""
    word = _simplify(column)
    if _is_ours(word):
        return None
    return next(
        (
            item.name
            for item in table.columns
            if item.name in taken and word in _list_usual_names(table, item.name)
        ),
        None,
    )


def _match_columns(table: Table, columns: Sequence[str], found: Collection[str]) -> dict[str, str]:
    """Return our columns with the source's: by usual names in their order, then by likeness of what is left."""
    left = {_simplify(column): column for column in columns}
    wanted = [column.name for column in table.columns if column.name not in found]
    # A column without which the table cannot be read has the first choice.
    wanted.sort(key=lambda name: name not in table.mandatory_columns)
    matches: dict[str, str] = {}
    for name in wanted:
        usual = next((other for other in _list_usual_names(table, name) if other in left), None)
        if usual is not None:
            matches[name] = left.pop(usual)
    unknown = {name: column for name, column in left.items() if not _is_known(name)}
    for name in (name for name in wanted if name not in matches):
        if near := get_close_matches(name, unknown, n=1, cutoff=_CLOSE):
            matches[name] = unknown.pop(near[0])
    return {column.name: matches[column.name] for column in table.columns if column.name in matches}


def _list_usual_names(table: Table, name: str) -> list[str]:
    """Return the usual names of a column, its table's own first: ``id_cliente`` of customers is their id."""
    singular = {
        "customers": ("cliente", "paciente"),
        "orders": ("pedido", "venta"),
        "branches": ("sucursal",),
    }
    own = [
        form.format(word)
        for word in (singular.get(table.name, ()) if name == "id" else ())
        for form in ("id_{}", "{}_id", "cod_{}", "codigo_{}", "n_{}", "nro_{}")
    ]
    return [*own, *_USUAL_NAMES.get(name, ())]


def _is_known(name: str) -> bool:
    """Whether a column is a thing of its own: a column of ours, or what people usually call one."""
    return _is_ours(name) or any(name in names for names in _USUAL_NAMES.values())


def _is_ours(name: str) -> bool:
    return any(table.has_column(name) for table in TABLES.values())


def _simplify(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", normalize_name(name)).strip("_")


def _format_block(proposals: Sequence[TableProposal], absent: Sequence[str], mapping: SourceMapping) -> str:
    """Return the block, with a comment for everything that is required and that nothing looks like."""
    required = _("required: nothing looks like it")
    hint = _("Are the times local, without a zone? Then write at the top of the file:")
    lines = [f"# {hint}", _ZONE]
    places = [(item.table, item.place) for item in proposals if item.place]
    if places or absent:
        kept = [(table, place) for table, place in mapping.tables.items() if table not in dict(places)]
        lines += ["", "[tables]", *(f"{table} = {_quote(place)}" for table, place in [*kept, *places])]
        lines += [f'# {name} = "…"  {required}' for name in absent]
    for item in proposals:
        notes = [
            "# "
            + _("{column} may be {name}, too: one column is read for it", column=_quote(column), name=name)
            for column, name in item.rivals.items()
        ]
        if not item.columns and not item.missing:
            lines += ["", *notes] if notes else []
            continue
        columns = {**mapping.columns.get(item.table, {}), **item.columns}
        lines += ["", f"[columns.{item.table}]"]
        lines += [f"{name} = {_quote(column)}" for name, column in columns.items()]
        lines += [f'# {name} = "…"  {required}' for name in item.missing]
        lines += notes
    if any("payment_status" in item.columns for item in proposals):
        lines += ["", "# " + _("Is a paid sale written otherwise than paid? Then add:"), *_PAID]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
