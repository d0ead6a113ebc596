"""``opttius doctor`` proposes in one run what people's own spreadsheets need; cells decide what names leave open."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

PEOPLE = """\
RUT;Nombre;Fecha ingreso
12.345.678-5;Ana Rojas;2026-01-03
9.876.543-3;Juan Soto;2026-02-05
;;
"""
SALES = """\
Folio;Fecha;Cliente;Vendedora;Total;Estado pago
1001;2026-11-10;12.345.678-5;Paula;45990;Pagado
1002;2026-11-11;9.876.543-3;Paula;12000;PENDIENTE
1003;2026-11-12;12.345.678-5;Luis;22000;Anulada
"""


def write_sheets(people: str = PEOPLE, sales: str = SALES) -> Path:
    """Two sheets in a folder beside the settings."""
    folder = Path("planillas")
    folder.mkdir()
    (folder / "clientes.csv").write_text(people, encoding="utf-8")
    (folder / "ventas.csv").write_text(sales, encoding="utf-8")
    return folder


def propose(run: Callable[..., RunResult], folder: Path) -> tuple[str, dict[str, Any]]:
    """The block that is proposed, as text and as TOML reads it."""
    block = json.loads(run("doctor", folder, "-f", "json").out)["mapping"]
    return block, tomllib.loads(block)


def test_two_sheets_need_one_paste(run: Callable[..., RunResult]) -> None:
    """A shop without a sheet of branches, without a status, and with its own words: what is proposed is enough."""
    folder = write_sheets()
    block, proposed = propose(run, folder)
    assert proposed == {
        "naive_timezone": "America/Santiago",
        "tables": {"customers": "clientes.csv", "orders": "ventas.csv"},
        "columns": {
            "customers": {"id": "RUT", "first_name": "Nombre", "rut": "RUT", "created_at": "Fecha ingreso"},
            "orders": {"id": "Folio", "order_number": "Folio", "customer_id": "Cliente", "total_amount": "Total",
                       "payment_status": "Estado pago", "pos_cashier_id": "Vendedora", "created_at": "Fecha"},
        },
        "values": {
            "branches": {"id": "1", "name": "My shop"},
            "customers": {"branch_id": "1"},
            "orders": {"branch_id": "1", "status": "delivered"},
        },
        "words": {"orders": {"payment_status": {"anulada": "failed", "pagado": "paid", "pendiente": "pending"}}},
    }  # fmt: skip
    Path("opttius.toml").write_text('source = "planillas"\n' + block, encoding="utf-8")
    dashboard = json.loads(run("dashboard", "-f", "json").out)
    assert (dashboard["kpis"]["total_revenue"], dashboard["kpis"]["sales_count"]) == (45990, 1)
    customers = json.loads(run("customers", "-f", "json").out)["rows"]
    assert [(row["name"], row["purchases"]) for row in customers] == [("Ana R.", 1), ("Juan S.", 1)]
    assert "12.345.678" not in run("customers", "-f", "csv").out
    ran = run("doctor", "-f", "json")
    assert (ran.code, json.loads(ran.out)["mapping"]) == (0, None)


def test_a_column_of_names_is_not_taken_for_ids(run: Callable[..., RunResult]) -> None:
    sales = SALES.replace("12.345.678-5", "Ana Rojas").replace("9.876.543-3", "Juan Soto")
    block, proposed = propose(run, write_sheets(sales=sales))
    assert "customer_id" not in proposed["columns"]["orders"]
    assert '# customer_id = "Cliente"  if it holds their id, and not their name' in block


@pytest.mark.parametrize("repeated", ["12.345.678-5", ""])
def test_a_rut_that_repeats_or_lacks_is_no_id(run: Callable[..., RunResult], repeated: str) -> None:
    block, proposed = propose(run, write_sheets(PEOPLE.replace("9.876.543-3", repeated)))
    assert proposed["columns"]["customers"].keys() == {"first_name", "created_at"}
    assert '# id = "…"  required: nothing looks like it' in block


def test_the_branches_are_those_that_a_column_names(run: Callable[..., RunResult]) -> None:
    people = "Ficha;Nombre;Alta;Tienda\n" + "".join(
        f"{number};Ana;2026-01-0{number};{shop}\n" for number, shop in enumerate(("Centro", "Mall"), 1)
    )
    sales = "Folio;Fecha;Ficha;Sucursal;Total;Pago\n1;2026-11-10;1;Centro;10;pagado\n2;2026-11-11;2;Mall;20;pagado\n"
    _block, proposed = propose(run, write_sheets(people, sales))
    assert proposed["tables"]["branches"] == "ventas.csv"
    assert proposed["columns"]["branches"] == {"id": "Sucursal", "name": "Sucursal"}
    assert proposed["columns"]["customers"]["branch_id"] == "Tienda"
    assert "branches" not in proposed.get("values", {})


def test_sales_without_a_number_are_known_by_their_row(run: Callable[..., RunResult]) -> None:
    _block, proposed = propose(run, write_sheets(sales=SALES.replace("Folio;", "Hora;", 1)))
    assert proposed["values"]["orders"]["id"] == "{row}"


def test_the_word_for_paid_that_the_settings_name_is_known(run: Callable[..., RunResult]) -> None:
    folder = write_sheets()
    Path("opttius.toml").write_text('[metrics]\npaid_statuses = ["pagado"]\n', encoding="utf-8")
    _block, proposed = propose(run, folder)
    assert proposed["words"]["orders"]["payment_status"] == {"anulada": "failed", "pendiente": "pending"}


@pytest.mark.parametrize(
    ("words", "proposed"),
    [(("pagado", "cancelado"), {"pagado": "paid"}),  # Cancelled, or paid in full: people say both.
     (("canje", "trueque"), {}),
     (("paid", "canje"), None),
     (("paid", "a@b.cl"), None),
     (tuple(f"pagado {number}" for number in range(30)), None)],
)  # fmt: skip
def test_only_words_that_mean_one_thing_are_proposed(
    run: Callable[..., RunResult], words: tuple[str, ...], proposed: dict[str, str] | None
) -> None:
    rows = "".join(f"{at};2026-11-10;1;Paula;100;{word}\n" for at, word in enumerate(words))
    block, found = propose(run, write_sheets(sales=SALES.splitlines()[0] + "\n" + rows))
    assert found.get("words", {}).get("orders", {}).get("payment_status") == proposed
    unknown = {word for word in words if proposed is not None and word not in proposed}
    lines = {
        line.split(" = ")[0].lstrip("# ") for line in block.splitlines() if '"…"  one of pending' in line
    }
    assert lines == unknown


def test_what_no_sheet_is_of_is_told_with_what_to_type(run: Callable[..., RunResult]) -> None:
    folder = write_sheets()
    for old, new in (("clientes", "customers"), ("ventas", "orders")):
        (folder / f"{old}.csv").rename(folder / f"{new}.csv")
    ran = run("load", folder)
    assert ran.code == 4
    assert "write [values.branches] with id and name into opttius.toml" in ran.err
    assert f"Type opttius doctor {folder.absolute()}: it proposes what to write." in ran.err
