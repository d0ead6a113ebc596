"""What people call the columns of their own spreadsheets, and what mostly stands in those that a sheet lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.name_matching import normalize_name

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table

USUAL_NAMES: dict[str, tuple[str, ...]] = {
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
    "sii_rut": ("rut_boleta", "rut_cliente", "rut"),
    "pos_cashier_id": (
        "vendedor",
        "vendedora",
        "id_vendedor",
        "vendedor_id",
        "cod_vendedor",
        "codigo_vendedor",
        "cajero",
        "cajera",
    ),
    "branch_id": (
        "sucursal",
        "id_sucursal",
        "sucursal_id",
        "cod_sucursal",
        "codigo_sucursal",
        "tienda",
        "local",
    ),
    "organization_id": ("empresa", "organizacion"),
    "customer_id": (
        "id_cliente",
        "cliente_id",
        "cod_cliente",
        "codigo_cliente",
        "n_cliente",
        "nro_cliente",
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
DOUBTFUL_NAMES: dict[str, tuple[str, ...]] = {"customer_id": ("cliente", "paciente")}
"""Names of a column that holds an id in one sheet and a name in the next: its cells have to prove which."""
_KEYS = ("rut", "email")
"""Columns of customers that may be their id, where a sheet has none and its cells are all different."""
USUAL_VALUES: dict[tuple[str, str], str] = {
    ("customers", "branch_id"): "1",
    ("customers", "created_at"): "2026-01-01",
    ("orders", "payment_status"): "paid",
    ("lab_work_orders", "status"): "delivered",
    ("lab_work_orders", "payment_status"): "paid",
    ("quotes", "status"): "sent",
    ("appointments", "status"): "completed",
}
"""What is mostly so in every row of a sheet that does not say it."""
HARMLESS_VALUES: dict[tuple[str, str], str] = {("orders", "status"): "delivered"}
"""What may be taken for so where a sheet does not say it: it changes no sum of money."""
_OWNERS = {"customers": ("cliente", "paciente"), "orders": ("pedido", "venta"), "branches": ("sucursal",)}


def list_usual_names(table: Table, name: str) -> list[str]:
    """Return the usual names of a column, its table's own first: ``id_cliente`` of customers is their id."""
    own = [
        form.format(word)
        for word in (_OWNERS.get(table.name, ()) if name == "id" else ())
        for form in ("id_{}", "{}_id", "cod_{}", "codigo_{}", "n_{}", "nro_{}")
    ]
    return [*own, *USUAL_NAMES.get(name, ())]


def list_keys(table: Table) -> tuple[str, ...]:
    """Return the columns of ours that may be the id of a table's rows, the best first."""
    return _KEYS if table.name == "customers" else ()


def is_usual(name: str) -> bool:
    """Return whether a column is a thing of its own: a column of ours, or what people usually call one."""
    return is_ours(name) or any(name in names for names in USUAL_NAMES.values())


def is_ours(name: str) -> bool:
    """Return whether some table of ours has a column of this name."""
    return any(table.has_column(name) for table in TABLES.values())


def simplify_name(name: str) -> str:
    """Return the name of a column without accents, in lower case, with ``_`` for all that is no letter or digit."""
    return re.sub(r"[^a-z0-9]+", "_", normalize_name(name)).strip("_")
