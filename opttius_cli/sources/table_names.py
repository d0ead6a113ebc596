"""Find which table a file, sheet or block holds by its name, and build the error when there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, explain_own_report, format_list
from opttius_cli.i18n import _
from opttius_cli.sources.file_types import translate_io_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

# After “_”, only these words: customers_notes would be another table.
_TAIL = re.compile(r"$|[-. (].*|_(rows|export|part|all|copy|\d).*", re.IGNORECASE)


def detect_table(stem: str) -> str | None:
    """Return the table of a file called ``stem``: ``orders``, ``Orders-2025``, ``public_orders_rows``."""
    name = re.sub("^public[._]", "", stem.strip().lower())
    candidates = [table for table in TABLES if name.startswith(table) and _TAIL.fullmatch(name[len(table) :])]
    return max(candidates, key=len, default=None)


_SPANISH = {
    "sucursales": "branches", "clientes": "customers", "pacientes": "customers", "pedidos": "orders",
    "ordenes": "orders", "ventas": "orders", "trabajos": "lab_work_orders", "laboratorio": "lab_work_orders",
    "ordenes_de_trabajo": "lab_work_orders", "ordenes_trabajo": "lab_work_orders", "citas": "appointments",
    "agenda": "appointments", "horas": "appointments", "cotizaciones": "quotes", "presupuestos": "quotes",
    "items": "order_items", "detalle": "order_items", "pagos": "order_payments", "notas_de_credito": "credit_notes",
    "productos": "products", "categorias": "categories", "stock": "product_branch_stock",
    "inventario": "product_branch_stock", "recetas": "prescriptions", "organizaciones": "organizations",
    "usuarios": "admin_users", "convenios": "agreements",
}  # fmt: skip
_CLOSE = 0.82


def guess_table(stem: str) -> str | None:
    """Guess the table of a file called ``stem`` from a similar name; None if there is none."""
    from difflib import get_close_matches

    bare = normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    if table := detect_table(name):
        return table
    longer = [table for table in TABLES if table.endswith("_" + name)]
    if len(longer) == 1:
        return longer[0]
    for table in sorted(TABLES, key=len, reverse=True):
        if re.search(rf"(?:^|_){table}(?:_|$)", name):
            return table
    for words in sorted(_SPANISH, key=len, reverse=True):
        if re.search(rf"(?:^|_){words}(?:_|$)", name):
            return _SPANISH[words]
    near = get_close_matches(name, TABLES, 1, _CLOSE)
    return near[0] if near else None


def file_stamp(path: Path) -> str:
    """Return a file's name, size and modification time. Raises UnreadableFileError when it is gone."""
    with translate_io_errors(path):
        stat = path.stat()
    return f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"


def no_tables_error(path: Path | str, names: Sequence[str]) -> SourceError:
    """Return the error about a source that contains none of the catalog's tables."""
    if not names:
        return SourceError(
            _(
                "{path} is empty. Put one file per table into it: branches.csv, customers.csv, orders.csv …",
                path=path,
            )
        )
    return SourceError(
        _(
            "{path} contains no known table: found {names}; expected branches, customers, orders … "
            "Name each after its table, or type opttius doctor {path}: it proposes what to write into opttius.toml.",
            path=path,
            names=format_list(sorted(names), 5),
        )
        + explain_own_report(Path(path).name)
    )
