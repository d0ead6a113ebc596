"""Small tables in, a report out, from either engine: the command line or the reference model.

Tables are written as text: a table's name, a header, one line for each row; an empty cell is null. Columns
that are not written get a default. In id columns short names such as `o1` stand for stable uuids, and come
back as short names in the answer. A cell in single quotes keeps its outer spaces. A timestamp without a
time is 15:00 UTC, which is noon or eleven in Santiago.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import tomllib
from argparse import ArgumentParser
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from oracle.compare import differences, parse
from oracle.model import (
    Request,
    read_customer,
    read_dashboard,
    read_drivers,
    read_movement,
    read_reconcile,
    read_segments,
)
from oracle.rows import COLUMNS as ORACLE_COLUMNS
from oracle.sales import Settings

Record = dict[str, Any]

# Columns of the source that the reference model need not read.
_MORE_COLUMNS: dict[str, tuple[str, ...]] = {
    "orders": ("sii_rut", "institutional_amount", "discount_amount", "pos_cashier_id"),
    "quotes": ("converted_to_work_order_id",),
    "credit_notes": ("id", "order_id", "amount", "created_at"),
}
COLUMNS: dict[str, list[str]] = {
    table: list(dict.fromkeys((*ORACLE_COLUMNS.get(table, ()), *_MORE_COLUMNS.get(table, ()))))
    for table in (*ORACLE_COLUMNS, *_MORE_COLUMNS)
}

AS_OF = "2026-11-22T15:00:00-03:00"
NOON = "15:00:00+00"
# What the model takes for the present, which the program reads from OPTTIUS_NOW.
NOW = "2026-11-30T12:00:00+00:00"

# Tables that exist, with no rows, unless a test writes them or leaves them out.
PRESENT = (
    "customers",
    "orders",
    "lab_work_orders",
    "appointments",
    "quotes",
    "order_items",
    "order_payments",
    "credit_notes",
    "products",
    "categories",
    "product_branch_stock",
)
DEFAULTS: dict[str, dict[str, str]] = {
    "organizations": {"name": "{id}", "metadata": "{{}}"},
    "branches": {"organization_id": "g1", "name": "{id}", "code": "{id}", "is_active": "t"},
    "customers": {"branch_id": "b1", "is_active": "t", "created_at": "2026-01-01"},
    "orders": {
        "branch_id": "b1",
        "status": "delivered",
        "payment_status": "paid",
        "total_amount": "1000",
        "is_pos_sale": "t",
        "created_at": "2026-11-20",
    },
    "lab_work_orders": {
        "branch_id": "b1",
        "status": "delivered",
        "payment_status": "paid",
        "total_amount": "1000",
        "created_at": "2026-11-20",
    },
    "appointments": {"branch_id": "b1", "status": "scheduled", "appointment_date": "2026-11-20"},
    "quotes": {"branch_id": "b1", "status": "sent", "total_amount": "1000", "created_at": "2026-11-20"},
    "order_items": {"product_name": "Armazon", "quantity": "1", "total_price": "1000"},
    "order_payments": {"amount": "1000", "payment_method": "cash", "paid_at": "2026-11-20"},
    "credit_notes": {"amount": "100", "created_at": "2026-11-20"},
    "products": {"organization_id": "g1", "name": "{id}", "status": "active"},
    "categories": {"name": "{id}"},
    "product_branch_stock": {"branch_id": "b1", "quantity": "0"},
}
SHOP = """
organizations
id
g1

branches
id
b1
"""

_folders = itertools.count()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The same question for either engine."""

    engine: str

    def dashboard(self, tables: str | Path, *options: str, **layout: Any) -> Record:
        """`opttius dashboard` over some tables."""
        return self._answer(_folder(tables, **layout), ("dashboard",), options)

    def segments(self, tables: str | Path, *options: str, **layout: Any) -> Record:
        """`opttius export segments` over some tables, with its rows under the customers' short names."""
        argv = ("export", "segments", "-o", "-")
        report = self._answer(_folder(tables, **layout), argv, options)
        return {row["customer_id"]: row for row in report["rows"]}

    def drivers(self, tables: str | Path, *options: str, **layout: Any) -> Record:
        """`opttius drivers` over some tables."""
        return self._answer(_folder(tables, **layout), ("drivers",), options)

    def movement(self, tables: str | Path, *options: str, **layout: Any) -> Record:
        """`opttius segments --movement` over some tables."""
        return self._answer(_folder(tables, **layout), ("segments", "--movement"), options)

    def reconcile(self, tables: str | Path, *options: str, **layout: Any) -> Record:
        """`opttius reconcile` over some tables."""
        return self._answer(_folder(tables, **layout), ("reconcile",), options)

    def customer(self, tables: str | Path, customer: str, *options: str, **layout: Any) -> Record:
        """`opttius customer` over some tables."""
        return self._answer(_folder(tables, **layout), ("customer", uuid(customer)), options)

    def _answer(self, folder: Path, command: tuple[str, ...], options: tuple[str, ...]) -> Record:
        if self.engine == "oracle":
            answer: Any = _ask_oracle(folder, command, options)
        else:
            ran = run(folder, *command, *options)
            assert ran.code == 0, ran.stderr
            answer = parse(ran.stdout)
        record: Record = shorten(answer)
        return record


def _folder(tables: str | Path, **layout: Any) -> Path:
    """Tables that are to be asked more than once are written by the test, and cost one snapshot."""
    return tables if isinstance(tables, Path) else write_export(tables, **layout)


def run(folder: Path | str, *argv: str) -> RunResult:
    """Run the command line in this process, over a folder, for JSON."""
    if not has_command_line():
        pytest.skip("only the reference model was asked for")
    from opttius_cli.cli import main

    full = [*argv, "--source", str(folder), "--format", "json"]
    if "--as-of" not in argv:
        full += ["--as-of", AS_OF]
    return run_bare(main, full)


def run_bare(main: Any, argv: list[str]) -> RunResult:
    """Run a main function and catch what it writes, whether as text or as bytes."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main(argv)
    return RunResult(code, *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


def expect(report: Record, **parts: object) -> None:
    """Compare the parts that are written, exactly; the rest of the report may be anything."""
    wrong = differences(parts, report)
    assert not wrong, "\n".join(wrong)


def is_absent(section: object) -> bool:
    """Whether a section holds nothing but null."""
    return section is None or (
        isinstance(section, dict) and all(is_absent(part) for part in section.values())
    )


def days(trend: list[Record], key: str = "count") -> dict[str, object]:
    """The entries of a trend that are not zero, by date."""
    return {str(entry["date"]): entry[key] for entry in trend if entry[key] != 0}


def uuid(short: str) -> str:
    """Give a short name its stable uuid."""
    return str(uuid5(NAMESPACE_OID, short)) if re.fullmatch(r"[a-z]+[0-9]+", short) else short


def shorten(value: Any) -> Any:
    """Put short names back where an answer has uuids, and dates as JSON has them."""
    if isinstance(value, dict):
        return {shorten(key): shorten(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shorten(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return _names.get(value, value) if isinstance(value, str) else value


_names: dict[str, str] = {}


def write_export(
    tables: str,
    *,
    missing: tuple[str, ...] = (),
    drop: dict[str, tuple[str, ...]] | None = None,
    config: str | None = None,
) -> Path:
    """Write a folder of CSV files, one for each table.

    `missing` tables get no file, and columns in `drop` are left out. `config` becomes `opttius.toml` in the
    working folder.
    """
    folder = new_folder()
    written = {**{table: [] for table in PRESENT}, **read_tables(SHOP), **read_tables(tables)}
    for table, rows in written.items():
        if table not in missing:
            write_table(folder / f"{table}.csv", table, rows, (drop or {}).get(table, ()))
    if config is not None:
        Path("opttius.toml").write_text(config, encoding="utf-8")
    return folder


def new_folder() -> Path:
    """Make an empty folder in the working folder, with a name of its own."""
    folder = Path.cwd() / f"export{next(_folders)}"
    folder.mkdir()
    return folder


def read_tables(text: str) -> dict[str, list[dict[str, str]]]:
    """Read tables written as text."""
    tables: dict[str, list[dict[str, str]]] = {}
    table, header = "", None
    for line in filter(None, map(str.strip, text.splitlines())):
        if line in COLUMNS:
            table, header = line, None
            tables[table] = []
        elif header is None:
            header = _cells(line)
            unknown = set(header) - set(COLUMNS[table])
            assert not unknown, f"{table} has no column {unknown}"
        else:
            tables[table].append(dict(zip(header, _cells(line), strict=True)))
    return tables


def _cells(line: str) -> list[str]:
    """Cut a line; a cell in single quotes keeps its outer spaces."""
    cells = (cell.strip() for cell in line.split("|"))
    return [cell[1:-1] if cell[:1] == cell[-1:] == "'" else cell for cell in cells]


def write_table(file: Path, table: str, rows: list[dict[str, str]], drop: tuple[str, ...] = ()) -> None:
    """Write rows as a CSV file with every column of the table but those in `drop`."""
    columns = [column for column in COLUMNS[table] if column not in drop]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows, start=1):
            writer.writerow(_filled(table, row, number))


def _filled(table: str, row: dict[str, str], number: int) -> dict[str, str]:
    short = row.get("id", f"{table.replace('_', '')}{number}")
    defaults = {name: value.format(id=short) for name, value in DEFAULTS.get(table, {}).items()}
    whole = {"id": short, **defaults, **row}
    return {column: _field(column, value) for column, value in whole.items()}


def _field(column: str, value: str) -> str:
    if column.endswith("_at") and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{value} {NOON}"
    if column == "id" or column.endswith("_id"):
        _names[uuid(value)] = value
        return uuid(value)
    return value


def _ask_oracle(folder: Path, command: tuple[str, ...], options: tuple[str, ...]) -> Record:
    request = _request(options)
    if command[0] == "dashboard":
        return read_dashboard(folder, request)
    if command[0] == "customer":
        return read_customer(folder, command[1], request)
    readers = {"drivers": read_drivers, "segments": read_movement, "reconcile": read_reconcile}
    return readers.get(command[0], read_segments)(folder, request)


def _request(options: tuple[str, ...]) -> Request:
    parser = ArgumentParser()
    parser.add_argument("--as-of", default=AS_OF)
    parser.add_argument("--organization")
    parser.add_argument("--branch", action="append", default=[])
    parser.add_argument("--period", default="30")
    parser.add_argument("--compare", default="previous")
    parser.add_argument("--tz")
    parser.add_argument("--scheme", default="lifecycle")
    parser.add_argument("--since")
    arguments = parser.parse_args(options)
    return Request(
        as_of=arguments.as_of,
        organization=None if arguments.organization is None else uuid(arguments.organization),
        branches=tuple(arguments.branch),
        period=arguments.period,
        compare=arguments.compare,
        timezone=arguments.tz,
        scheme=arguments.scheme,
        since=arguments.since,
        settings=_settings(),
        now=datetime.fromisoformat(os.environ.get("OPTTIUS_NOW", NOW)),
    )


def _settings() -> Settings:
    file = Path("opttius.toml")
    if not file.exists():
        return Settings()
    config = tomllib.loads(file.read_text(encoding="utf-8"))
    currency, metrics, segments = (config.get(table, {}) for table in ("currency", "metrics", "segments"))
    spent = segments.get("vip_min_spent")
    return Settings(
        currency=currency.get("code"),
        aliases=currency.get("aliases", {}),
        paid_statuses=tuple(metrics.get("paid_statuses", ["paid"])),
        vip_min_spent=None if spent is None else Decimal(spent),
        at_risk_days=segments.get("at_risk_days", 540),
        active_days=segments.get("active_days", 365),
        placeholder_ruts=tuple(metrics.get("placeholder_ruts", [])),
        goals=_goals(config.get("goals")),
        adopt=_adopt(config.get("scope", {}).get("adopt", True)),
    )


def _goals(file: str | None) -> dict[tuple[str, str], Decimal]:
    """The goals by branch and month."""
    if file is None:
        return {}
    with Path(file).open(encoding="utf-8", newline="") as stream:
        return {(row["branch"], row["month"]): Decimal(row["revenue"]) for row in csv.DictReader(stream)}


def _adopt(setting: object) -> str | None:
    """A slug, the only organization (which the model writes as no name), or none at all."""
    return setting if isinstance(setting, str) else "" if setting else None


def has_command_line() -> bool:
    """Whether the tool can be imported; set OPTTIUS_SPEC_ENGINE to `oracle` to leave it out."""
    return os.environ.get("OPTTIUS_SPEC_ENGINE") != "oracle"
