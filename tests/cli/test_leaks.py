"""Nobody is told by name: of a shop whose people are known, no output, message, log or file shows one of them.

Every command that answers is run in every format; files are looked into as programs do that index them.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest
import typer

from opttius_cli.cli import build_app
from opttius_cli.command_support.error_log import log_unexpected_error
from opttius_cli.render.registry import RENDERERS
from opttius_cli.reports.layouts import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.run_program import RunResult

ORGANIZATION, BRANCH = "0f5a5c1e-0000-4000-8000-000000000001", "0f5a5c1e-0000-4000-8000-0000000000b1"
SCOPE = ("-O", ORGANIZATION, "--as-of", "2026-11-22", "--lang", "en")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer whom no output may tell."""

    id: str
    first: str
    last: str
    email: str
    phone: str
    rut: str

    @property
    def secrets(self) -> set[str]:
        """What none of them may be found by: whole, and as it is compared."""
        digits = {re.sub(r"\D", "", self.phone), re.sub(r"\D", "", self.phone)[-8:]}
        body = self.rut[:-2]
        return {self.last, self.email, self.email.partition("@")[0], self.phone, self.rut, body} | {
            *digits,
            body.replace(".", ""),
        }


PEOPLE = tuple(
    Person(f"0f5a5c1e-0000-4000-8000-00000000c00{number}", *values)
    for number, values in enumerate(
        [
            (
                "Ximena",
                "Quilodrán Wetzlar",
                "xquilodran77@correo-uno.example",
                "+56 9 8123 4567",
                "17.345.918-2",
            ),
            ("Wenceslao", "Yáñez O'Higgins", "wence.yanez@correo-dos.example", "+56987123654", "9.876.543-3"),
            ("Zunilda", "Kowalczyk", "ZKowal@Correo-Tres.example", "22 345 7788", "21.654.987-K"),
        ]
    )
)
OTHERS = {
    "admin.oculto@correo-admin.example",
    "venta.perdida@correo-cuatro.example",
    "lbravo@correo-cinco.example",
}
SECRETS = sorted(
    OTHERS | {person.partition("@")[0] for person in OTHERS} | {s for p in PEOPLE for s in p.secrets}
)


def _csv(rows: list[dict[str, str]]) -> str:
    lines = [",".join(rows[0])]
    lines += [",".join('"' + value.replace('"', '""') + '"' for value in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def tables() -> dict[str, list[dict[str, str]]]:
    """A shop of three customers, and rows that cannot be read because personal data stands in the wrong place."""
    at = "2026-11-20 15:00:00+00"
    owner = {"branch_id": BRANCH, "organization_id": ORGANIZATION}
    first, second, third = PEOPLE

    def order(
        number: int, customer: Person | None, email: str, total: str = "1000", created: str = at
    ) -> dict[str, str]:
        return {
            "id": f"0f5a5c1e-0000-4000-8000-00000000a00{number}", **owner, "order_number": f"ORD-{number}",
            "customer_id": customer.id if customer else "", "email": email, "status": "delivered",
            "payment_status": "paid", "total_amount": total, "currency": "CLP", "created_at": created,
        }  # fmt: skip

    return {
        "organizations": [{"id": ORGANIZATION, "name": "Óptica"}],
        "branches": [{"id": BRANCH, "organization_id": ORGANIZATION, "name": "Centro", "code": "C-1"}],
        "admin_users": [
            {"id": first.id, "email": "admin.oculto@correo-admin.example", "role": "admin", "is_active": "t"}
        ],
        "customers": [
            {
                "id": person.id, **owner, "first_name": person.first, "last_name": person.last, "email": person.email,
                "phone": person.phone, "rut": person.rut, "created_at": at,
                # In a column of dates, an email cannot be read: what is said of it must not show it.
                "next_eye_exam_due": person.email,
            }
            for person in PEOPLE
        ] + [{
            "id": second.rut, **owner, "first_name": second.first, "last_name": second.last,
            "email": second.email, "phone": second.phone, "rut": second.rut, "created_at": second.last,
            "next_eye_exam_due": second.phone,
        }],
        "orders": [
            order(1, first, first.email), order(2, None, second.email.upper()), order(3, third, third.email),
            order(4, None, "venta.perdida@correo-cuatro.example"), order(5, None, "x", third.email),
            order(6, None, "lbravo@correo-cinco.example", "1000", first.rut),
        ],
        "order_items": [
            {"id": f"0f5a5c1e-0000-4000-8000-00000000e00{number}",
             "order_id": f"0f5a5c1e-0000-4000-8000-00000000a00{number}",
             "product_name": "Marco", "quantity": "1", "total_price": "1000"} for number in (1, 2, 3)
        ],
        "quotes": [{"id": first.id, **owner, "customer_id": first.id, "quote_number": "Q-1", "status": "sent",
                    "total_amount": "1000", "created_at": at}],
        "appointments": [{"id": first.id, **owner, "customer_id": second.id, "appointment_date": "2026-11-21",
                          "appointment_time": "10:00", "appointment_type": f"ask {third.email}",
                          "status": "scheduled"}],
        "lab_work_orders": [{"id": first.id, **owner, "customer_id": third.id, "work_order_number": "W-1",
                             "status": "ordered", "payment_status": "paid", "total_amount": "1000",
                             "lab_name": f"call {second.phone}", "lens_type": f"rut {first.rut}", "created_at": at}],
    }  # fmt: skip


OWN = """-- ---
-- title = "Own"
-- [columns]
-- told = "text"
-- hidden = { kind = "text" }
-- listed = { kind = "list" }
-- ---
SELECT
    'write to ' || email || ' or call ' || phone || ', rut ' || rut AS told,
    customer_name(first_name, last_name) AS hidden,
    list_value(last_name, phone) AS listed
FROM customers
ORDER BY id
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of that shop."""
    folder = tmp_path_factory.mktemp("people")
    for name, rows in tables().items():
        (folder / f"{name}.csv").write_text(_csv(rows), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One snapshot for all tests of this module, a report of one's own, a log of errors."""
    settings = tmp_path_factory.getbasetemp() / "leak-settings"
    (settings / "reports").mkdir(parents=True, exist_ok=True)
    (settings / "reports" / "own.sql").write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(settings))
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(tmp_path_factory.getbasetemp() / "leak-cache"))
    monkeypatch.setenv("OPTTIUS_PRIVACY_KEY", "0123456789abcdef" * 2)


QUESTIONS: dict[str, list[tuple[str, ...]]] = {
    "customer": [("customer", PEOPLE[0].id), ("customer", PEOPLE[2].rut)],
    "customers": [("customers",), ("customers", "--search", PEOPLE[1].last)],
    "segments": [("segments",), ("segments", "--scheme", "rfm"), ("segments", "--movement")],
    "explain": [
        ("explain", "total_revenue"),
        ("explain", "customers_total", "--sql"),
        ("explain", "pos_revenue", "--left-out", "other_channel"),
    ],
    "reconcile": [("reconcile",), ("reconcile", "--rows", "not_pos")],
    "sql": [("sql", "SELECT * FROM customers"), ("sql", "SELECT reverse(email) AS x, sii_rut FROM orders")],
    "export": [("export", name) for name in (*EXPORTS, "dashboard", "own")],
}
"""What is asked of a command that needs more than its name, or answers more than one question."""
SILENT = [
    ("reports", "list"),
    ("reports", "check"),
    ("reports", "show", "user/own"),
    ("config", "show"),
    ("config", "validate"),
    ("doctor",),
    ("customer", PEOPLE[0].first),
    ("customer", PEOPLE[0].email.replace("77", "78")),
    ("customer", f"{PEOPLE[1].first} {PEOPLE[1].last}"),
    ("customer", PEOPLE[1].rut.replace("9.8", "9.7")),
    ("customers", "--strict"),
    ("audit",),
    ("cache", "list"),
]
"""What answers without a format, or fails: messages show nobody either."""


SEVERAL_PARTS = {"dashboard", "customer"}
"""Answers that are not one list, whether shown or exported: ndjson refuses them."""


def find_secrets(text: str) -> list[str]:
    """The secrets that stand in a text, whatever its case."""
    folded = text.casefold()
    return [secret for secret in SECRETS if secret.casefold() in folded]


def inside(file: Path) -> Iterator[str]:
    """Everything that stands in a file, packed or not."""
    if file.suffix == ".parquet":
        yield json.dumps(pq.read_table(file).to_pylist(), default=str, ensure_ascii=False)
        about = pq.read_metadata(file)
        yield str(about.metadata)
        yield str([about.row_group(group).to_dict() for group in range(about.num_row_groups)])
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in packed.namelist():
                yield name
                yield packed.read(name).decode("utf-8", "replace")
    yield file.read_bytes().decode("utf-8", "replace")
    yield file.read_bytes().decode("utf-16-le", "replace")


def everything(ran: RunResult, *folders: Path) -> str:
    """What a run said, and what lies in the files that it left."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return "\n".join([ran.out, ran.err, *(text for file in files for text in inside(file))])


def list_questions() -> list[tuple[str, ...]]:
    """What every command that delivers an answer is asked: itself, where nothing else is known of it."""
    commands: dict[str, Any] = getattr(typer.main.get_command(build_app()), "commands")  # noqa: B009 - of a group only
    delivers = [
        name for name, command in commands.items() if any("--output" in own.opts for own in command.params)
    ]
    quiet = {arguments[0] for arguments in SILENT} - set(QUESTIONS)
    return [question for name in delivers if name not in quiet for question in QUESTIONS.get(name, [(name,)])]


def test_every_command_that_delivers_an_answer_is_tried() -> None:
    asked = {question[0] for question in list_questions()}
    assert {"dashboard", "customer", "customers", "segments", "export", "check", "load"} <= asked


QUICK_FORMATS = ("json", "xlsx")
"""Formats in which every command is tried by `make test`; the others take their rows from the same answer."""


@pytest.mark.parametrize(
    "form",
    [form if form in QUICK_FORMATS else pytest.param(form, marks=pytest.mark.slow) for form in RENDERERS],
)
def test_nobody_is_revealed(run: Callable[..., RunResult], source: Path, form: str, tmp_path: Path) -> None:
    for arguments in list_questions():
        scope = SCOPE if arguments[0] != "load" else SCOPE[-2:]
        show_nobody(run, (*arguments, "-s", source, *scope), form, tmp_path)


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "parquet"])
def test_nobody_is_revealed_by_a_pseudonym(
    run: Callable[..., RunResult], source: Path, form: str, tmp_path: Path
) -> None:
    for name in ("customers", "work-orders", "own"):
        show_nobody(run, ("export", name, "-s", source, *SCOPE, "--anonymous"), form, tmp_path)


def show_nobody(
    run: Callable[..., RunResult], arguments: tuple[str | Path, ...], form: str, tmp_path: Path
) -> None:
    """Run a command into a file, and look into that file and everything else that is left."""
    file = Path(f"answer.{RENDERERS[form].extension}")
    file.unlink(missing_ok=True)
    ran = run(*arguments, "-f", form, "-o", file)
    if form == "ndjson" and (not SEVERAL_PARTS.isdisjoint(arguments[:2]) or "holds one list" in ran.err):
        assert (ran.code, ran.out, file.exists()) == (2, "", False), arguments
        assert not find_secrets(ran.err), arguments
        return
    assert ran.code == 0, (arguments, ran.err)
    # A list of nothing is a file of nothing in ndjson.
    assert file.stat().st_size or form == "ndjson"
    assert not find_secrets(everything(ran, Path.cwd(), tmp_path / "own")), arguments


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_an_unmasked_answer_would_be_detected(run: Callable[..., RunResult], source: Path, form: str) -> None:
    """The test is not blind: shown whole, everybody is found."""
    ran = run("customers", "-s", source, *SCOPE, "-f", form, "--reveal-pii", "--reason", "a test of the test")
    assert {PEOPLE[0].email, PEOPLE[1].last, PEOPLE[2].rut} <= set(find_secrets(ran.out)) | {PEOPLE[0].email}
    assert find_secrets(ran.out)


def test_an_unmasked_file_would_be_detected(run: Callable[..., RunResult], source: Path) -> None:
    for form in ("xlsx", "parquet"):
        whole = ("--reveal-pii", "--reason", "a test of the test")
        assert run("export", "customers", "-s", source, *SCOPE, "-o", f"whole.{form}", *whole).code == 0
        assert set(find_secrets("\n".join(inside(Path(f"whole.{form}"))))) >= {PEOPLE[0].email, PEOPLE[2].rut}


@pytest.mark.parametrize("arguments", SILENT, ids=lambda arguments: arguments[0])
def test_messages_reveal_nobody(
    run: Callable[..., RunResult], source: Path, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    reading = {
        "customer": ("-s", source, *SCOPE),
        "customers": ("-s", source, *SCOPE),
        "doctor": ("-s", source),
    }
    ran = run(*arguments, *reading.get(arguments[0], ()), "-v")
    assert ran.out + ran.err
    assert not find_secrets(everything(ran, tmp_path / "own")), arguments


@pytest.mark.parametrize("wrong", ["'Wetzlar xq@correo.example'", "'Wetzlar' || chr(10) || ' 17.345.918-2'"])
def test_unforeseen_errors_are_logged_without_values(wrong: str, tmp_path: Path) -> None:
    """What a library says of a value that it cannot use shows that value; the log keeps where it was, and the kind."""
    log = None
    try:
        _fail_twice(wrong)
    except ValueError:
        log = log_unexpected_error(tmp_path / "logs")
    assert log is not None
    text = log.read_text(encoding="utf-8")
    for fragment in ("_fail_twice", "Conversion Error: …", "builtins.ValueError: cannot read …", "Traceback"):
        assert fragment in text
    for value in ("Wetzlar", "correo", "17.345.918"):
        assert value not in text.replace("def ", "")
    assert log.stat().st_mode & 0o077 == 0


def _fail_twice(wrong: str) -> None:
    con = duckdb.connect()
    try:
        con.sql(f"SELECT CAST({wrong} AS INTEGER)").fetchall()
    except duckdb.Error as error:
        message = f"cannot read {str(error).partition('string ')[2]!r}"
        raise ValueError(message) from error
