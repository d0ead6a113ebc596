"""Declare the words of the columns that decide what counts: the app's codes, and how people write each in Spanish.

The Spanish words are only proposed, and only where they mean one thing: *cancelado* is paid to one shop and called off
to the next, so that it stands for no code of payment.
"""

from __future__ import annotations

from opttius_cli.name_matching import resolve_label

_PAYMENTS: dict[str, tuple[str, ...]] = {
    "pending": ("pendiente", "por pagar", "por cobrar", "impago", "impaga", "no pagado", "no pagada", "sin pagar",
                "debe", "adeudado", "adeudada"),
    "partial": ("parcial", "abonado", "abonada", "abono", "con abono", "pago parcial"),
    "paid": ("pagado", "pagada", "cobrado", "cobrada", "saldado", "saldada", "pago completo", "pagado total"),
    "refunded": ("reembolsado", "reembolsada", "devuelto", "devuelta"),
}  # fmt: skip
_CALLED_OFF = ("anulado", "anulada", "nulo", "nula")
_CANCELLED = ("cancelado", "cancelada", *_CALLED_OFF)
_DELIVERED = ("entregado", "entregada", "retirado", "retirada")

STATUS_WORDS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("orders", "status"): {
        "pending": ("pendiente",),
        "processing": ("en proceso", "procesando", "en preparación", "en taller", "en laboratorio"),
        "shipped": ("despachado", "despachada"),
        "delivered": (*_DELIVERED, "completado", "completada", "finalizado", "finalizada"),
        "cancelled": _CANCELLED,
        "refunded": ("reembolsado", "reembolsada", "devuelto", "devuelta"),
    },
    ("orders", "payment_status"): {
        **_PAYMENTS,
        "failed": ("fallido", "fallida", "rechazado", "rechazada", *_CALLED_OFF),
        "partially_refunded": ("reembolsado en parte", "devuelto en parte"),
        "on_hold_payment": ("en espera de pago",),
    },
    ("lab_work_orders", "status"): {
        "quote": ("presupuesto", "cotización"),
        "ordered": ("encargado", "encargada", "pedido"),
        "on_hold_payment": ("en espera de pago",),
        "sent_to_lab": ("enviado al laboratorio", "enviado a laboratorio"),
        "in_progress_lab": ("en laboratorio", "en el laboratorio", "en proceso"),
        "ready_at_lab": ("listo en laboratorio", "listo en el laboratorio"),
        "received_from_lab": ("recibido", "recibida", "recibido del laboratorio"),
        "mounted": ("montado", "montada"),
        "quality_check": ("control de calidad", "en control de calidad"),
        "ready_for_pickup": ("listo para retiro", "lista para retiro", "listo para entregar", "por retirar"),
        "delivered": _DELIVERED,
        "cancelled": _CANCELLED,
        "returned": ("devuelto", "devuelta"),
    },
    ("lab_work_orders", "payment_status"): _PAYMENTS,
    ("quotes", "status"): {
        "draft": ("borrador",),
        "sent": ("enviado", "enviada", "pendiente"),
        "accepted": ("aceptado", "aceptada", "aprobado", "aprobada"),
        "rejected": ("rechazado", "rechazada"),
        "expired": ("vencido", "vencida", "expirado", "expirada"),
        "converted_to_work": ("convertido en trabajo",),
    },
    ("appointments", "status"): {
        "scheduled": ("agendado", "agendada", "programado", "programada", "reservado", "reservada"),
        "confirmed": ("confirmado", "confirmada"),
        "completed": ("realizado", "realizada", "atendido", "atendida", "completado", "completada", "asistió"),
        "cancelled": _CANCELLED,
        "no_show": ("no asistió", "no vino", "no llegó", "inasistente", "ausente"),
    },
}  # fmt: skip
"""By table and column: each code that is known of it, with the words that people write for it."""


def propose_code(table: str, column: str, word: str) -> str | None:
    """Return the code that ``word`` of a sheet means; None when it means none, or not for certain."""
    return resolve_label(word, STATUS_WORDS[table, column])
