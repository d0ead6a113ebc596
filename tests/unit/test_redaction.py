"""Addresses of databases: taken apart, and never shown with a secret."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import opttius_cli
from opttius_cli.errors import SourceError
from opttius_cli.redaction import has_password, is_connection_string, redact_secrets, redact_value
from opttius_cli.sources.postgres.conninfo import ConnInfoError, parse_conninfo

CATALOGS = sorted((Path(opttius_cli.__file__).parent / "locale").glob("*/LC_MESSAGES/*.po"))
SECRET = "hunter2"  # noqa: S105 - what must not be seen


@pytest.mark.parametrize(
    ("text", "place", "secret"),
    [
        ("postgresql://ana@db.example:6543/shop", "postgresql://ana@db.example:6543/shop", None),
        ("postgres://ana:hunter2@db/shop?sslmode=require", "postgresql://ana@db:5432/shop", SECRET),
        ("postgresql://ana:h%3A%2F%40%25@db/shop", "postgresql://ana@db:5432/shop", "h:/@%"),
        ("postgresql://ana:50%off@db/shop", "postgresql://ana@db:5432/shop", "50%off"),
        ("postgresql://ana@[::1]:5433/shop", "postgresql://ana@[::1]:5433/shop", None),
        ("postgresql://ana@%2Frun%2Fpg/shop", "postgresql://ana@/shop", None),
        ("host=db user=ana dbname=shop password='hun ter\\'2'", "postgresql://ana@db:5432/shop", "hun ter'2"),
        ("host = db user= ana dbname =shop", "postgresql://ana@db:5432/shop", None),
    ],
)
def test_an_address_is_taken_apart(text: str, place: str, secret: str | None) -> None:
    address = parse_conninfo(text, {})
    assert address.display_name == place
    assert address.secrets.get("password") == secret
    assert address.has_secret_in_text == (secret is not None)
    if secret:
        assert secret not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ana:hun@ter2@db/shop",
        "postgresql://ana:hun/ter2@db/shop",
        "postgresql://ana:12/hunter2@db/shop",
        "postgresql://ana:hun?ter2@db/shop",
        "postgresql://ana:12?hunter2=x@db/shop",
        "postgresql://ana:hun ter2@db:x/shop",
        "postgresql://ana:hunter2@db:port/shop",
        "postgresql://ana:hunter2@db/shop?wrong=hunter2",
        "postgresql://ana:%ff%fe@db/shop",
        "postgresql://ana:hunter2@d b/shop",
        "host=db password=hunter2 hunter2",
        "host=db password=my hunter2=x",
        "host=db password='hunter2",
        "password=hunter2 password=hunter2",
    ],
)
def test_an_unparsable_address_is_not_repeated(text: str) -> None:
    with pytest.raises(ConnInfoError) as caught:
        parse_conninfo(text, {})
    message = str(caught.value)
    assert "cannot be read" in message
    assert not any(piece in message for piece in ("hun", "ter2", "ana", "db/"))
    assert caught.value.__cause__ is None


def test_the_service_file_and_the_environment_complete_it(tmp_path: Path) -> None:
    (tmp_path / "services").write_text(
        "# shops\n[other]\nhost=elsewhere\n\n[shop]\nhost=db.example\nport = 6543\nuser=ana\npassword=hunter2\n"
    )
    environment = {"PGSERVICEFILE": str(tmp_path / "services"), "PGDATABASE": "tienda", "PGHOST": "no"}
    address = parse_conninfo("service=shop", environment)
    assert address.display_name == "service=shop"
    assert dict(address.parameters) == {
        "host": "db.example",
        "port": "6543",
        "user": "ana",
        "dbname": "tienda",
    }
    assert (address.secrets["password"], address.has_secret_in_text) == (SECRET, False)
    with pytest.raises(SourceError, match="no service of that name"):
        parse_conninfo("service=none", environment)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("postgresql:///shop", True),
        ("postgresql://localhost/shop", True),
        ("postgresql://127.0.0.1:1/shop", True),
        ("postgresql://[::1]/shop", True),
        ("host=/run/postgresql dbname=x", True),
        ("postgresql://db/shop", False),
        ("postgresql://localhost,db/shop", False),
        ("host=localhost hostaddr=10.0.0.1", False),
        ("host=db.example hostaddr=127.0.0.1", True),
        ("host=localhost,localhost hostaddr=,10.0.0.1", False),
        ("postgresql://localhost.example/shop", False),
    ],
)
def test_only_this_machine_is_local(text: str, *, local: bool) -> None:
    assert parse_conninfo(text, {}).is_local is local


def test_everything_of_it_goes_to_the_driver_quoted() -> None:
    address = parse_conninfo("postgresql://ana:a%20b%27c%5C@db/shop", {})
    assert address.to_conninfo_string(sslmode="require") == (
        "sslmode='require' host='db' dbname='shop' user='ana' password='a b\\'c\\\\' client_encoding='UTF8'"
    )


@pytest.mark.parametrize(
    "text", ["postgresql://x", "POSTGRES://x", "service=x", " host = x", "user=a host=b"]
)
def test_an_address_is_recognized_by_its_form(text: str) -> None:
    assert is_connection_string(text)


@pytest.mark.parametrize("text", ["shop", "./a=b", "C:\\shop", "/srv/a=b", "shop.xlsx"])
def test_a_path_is_no_address(text: str) -> None:
    assert not is_connection_string(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (
            "Snapshot of postgresql://ana@db:5432/shop, loaded",
            "Snapshot of postgresql://ana@db:5432/shop, loaded",
        ),
        ("“postgresql://ana@db/shop” is.", "“postgresql://ana@db/shop” is."),
        ("at postgresql://ana@db/shop.", "at postgresql://ana@db/shop."),
        ("extra (postgresql://ana:hunter2@db/shop)", "extra (postgresql://…"),
        ("extra (postgres://ana:hun ter2@db/shop)", "extra (postgresql://…"),
        ("postgresql://ana:hunter2", "postgresql://…"),
        ("postgresql://ana:hun/ter2@db", "postgresql://…"),
        ("postgresql://db/x?password=hunter2", "postgresql://…"),
        ("host=db password=hunter2 dbname=x", "host=db password=…"),
        ("password = 'hun ter2' host=db", "password = …"),
        (
            "a postgresql://a@b/c, then postgresql://a:hunter2@b/c",
            "a postgresql://a@b/c, then postgresql://…",
        ),
        ('["postgresql://…", "why ana@x"]', '["postgresql://…", "why ana@x"]'),
        ('["password=…", "why"]', '["password=…", "why"]'),
        ("one\npostgresql://a:hunter2@b\nthree", "one\npostgresql://…\nthree"),
        ("no “mysql://ana:hunter2@db/shop”.", "no “mysql://…@db/shop”."),
        ("no “postgressql://ana:hun ter@2@db/shop”.", "no “postgressql://…@db/shop”."),
        ("postgresql+psycopg://ana:hunter2@db", "postgresql+psycopg://…@db"),
        ("postgres//ana:hunter2@db", "postgres//…@db"),
        ("/shop/mysql:/ana:hunter2@db/shop", "/shop/mysql:/…@db/shop"),
        ("C:/shop/a:b, ana@x", "C:/shop/a:b, ana@x"),
        ("no C:\\shop\\ana@x.", "no C:\\shop\\ana@x."),
        ("extra (lector:hunter2@host/x)", "extra (lector:…@host/x)"),
        ("extra (//lector:hunter2@host/x)", "extra (//lector:…@host/x)"),
        ("extra (postgresql:lector:hun ter2@host/x)", "extra (postgresql:…@host/x)"),
        ("extra (postgres:\\\\lector:hunter2@host/x)", "extra (postgres:…@host/x)"),
        ("extra (postgresql;//lector:hun ter2@host/x)", "extra (postgresql;//…@host/x)"),
        ("extra (postgresql ://lector:hun ter2@host/x)", "extra (postgresql ://…@host/x)"),
        ("host=h;Pwd=hunter2", "host=h;Pwd=…"),
        ("pasword=hunter2 x", "pasword=…"),
        ("postgresql://db/x?passwd=hunter2", "postgresql://…"),
        ("at 12:30: “ana@x” is nobody", "at 12:30: “ana@x” is nobody"),
        ("postgresql://ana@db/shop: “eva@x” is nobody", "postgresql://ana@db/shop: “eva@x” is nobody"),
    ],
)
def test_a_password_is_masked_wherever_it_stands(text: str, safe: str) -> None:
    assert redact_secrets(text) == safe


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda file: file.parent.parent.name)
def test_our_own_sentences_are_left_whole(catalog: Path) -> None:
    values = collections.defaultdict(lambda: "7", place="postgresql://ana@db.example:5432/shop", user="ana")
    values |= dict.fromkeys(("source", "origin", "address"), values["place"])
    with catalog.open("rb") as file:
        messages = read_po(file)
    sentences: list[str] = []
    for message in messages:
        for texts in (message.id, message.string):
            forms = [str(text) for text in (texts if isinstance(texts, tuple) else (texts,))]
            sentences += [form.format_map(values) for form in forms] if message.python_brace_format else forms
    assert len(sentences) > 1000
    cut = [sentence for sentence in sentences if redact_secrets(sentence) != sentence]
    assert cut == []


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("/srv/a@b", "/srv/a@b"),
        ("host=db user=ana dbname=shop", "host=db user=ana dbname=shop"),
        ("postgresql://ana@db/shop?sslmode=require", "postgresql://ana@db/shop?sslmode=require"),
        ("postgresql://ana:hun\nter2@db", "postgresql://…"),
        ("postgresql://ana@db/shop\n?x=hunter2", "postgresql://…"),
        ("host=db password='a\nhunter2'", "host=db password=…"),
        ("host=db\npwd=hunter2", "host=db\npwd=…"),
        ("pass=hunter2", "pass=…"),
        ("Server=db;Pwd=hunter2", "Server=db;Pwd=…"),
        ("postgresql:ana:hunter2", "postgresql:…"),
        ("ana:hun ter2\n@db/shop", "ana:…"),
        ("postgres ;//ana:hunter2@db", "postgres ;…"),
        ("password=a:hunter2@b", "password=…"),
        ("mysql://ana:hun\nter2@db/shop", "mysql://…@db/shop"),
    ],
)
def test_a_value_shows_nothing_of_a_possible_password(text: str, safe: str) -> None:
    assert redact_value(text) == safe


def test_a_path_on_the_disk_goes_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert redact_value("pwd=norte") == "pwd=…"
    for name in ("tienda@norte", "pass=norte"):
        Path(name).mkdir()
        assert not has_password(name)
        assert redact_value(name) == name


@pytest.mark.parametrize("name", ["tienda$1", "tienda(1)", "a=b", "a?b#c", "año 1", "x@y", "x/y"])
def test_a_name_with_signs_is_shown_as_a_url_that_leads_there(name: str) -> None:
    address = parse_conninfo(f"host=db dbname='{name}' user='{name}'", {})
    message = f"{address.display_name} rejects the password of “{name}”. Check PGPASSWORD."
    assert parse_conninfo(address.display_name, {}).parameters == {**address.parameters, "port": "5432"}
    assert redact_secrets(message) == message


@pytest.mark.parametrize(
    "text",
    [
        "host=127.0.0.1;password=hunter2",
        "host=127.0.0.1 dbname=x;Pwd=hunter2",
        "host=/run/pg;user=ana;x=hunter2",
        "connect_timeout=5;pw=hunter2",
        "service=shop;password=hunter2",
        "Server=db;Pwd=hunter2",
        "postgresql://db/shop;password=hunter2",
        "postgresql://db/shop&pass=hunter2",
        "postgresql ://ana:hunter2@db/shop",
        "ana:hunter2@db/shop",
    ],
)
def test_text_that_runs_on_is_no_address(text: str) -> None:
    assert is_connection_string(text)
    with pytest.raises(ConnInfoError):
        parse_conninfo(text, {})


@pytest.mark.parametrize(
    ("text", "ways", "message"),
    [
        ("host=db", ["db:5432"], "db:5432"),
        ("postgresql://db,[::1]:6543/", ["db:5432", "::1:6543"], "db:5432,[::1]:6543"),
        ("host=a,b port=6543", ["a:6543", "b:6543"], "a:6543,b:6543"),
        ("host=db.invalid hostaddr=127.0.0.1 port=1", ["127.0.0.1:1"], "db.invalid:1"),
        (
            "hostaddr=127.0.0.1,127.0.0.2",
            ["127.0.0.1:5432", "127.0.0.2:5432"],
            "127.0.0.1:5432,127.0.0.2:5432",
        ),
        ("host=/run/pg,b hostaddr=,10.0.0.1", ["/run/pg:5432", "10.0.0.1:5432"], "b:5432"),
    ],
)
def test_the_servers_are_distinguished(text: str, ways: list[str], message: str) -> None:
    address = parse_conninfo(text, {})
    assert [f"{way.host}:{way.port}" for way in address.hosts] == ways
    assert address.display_name == f"postgresql://{message}/"


@pytest.mark.parametrize("port", ["abc", "-5", "0", "65536", "99999", "5432,abc", "hunter2"])
def test_a_port_is_a_number(tmp_path: Path, port: str) -> None:
    (tmp_path / "services").write_text(f"[shop]\nport={port}\n")
    service = {"PGSERVICEFILE": str(tmp_path / "services")}
    for text, environment in (
        (f"host=a,b port={port}", {}),
        ("host=a,b", {"PGPORT": port}),
        ("service=shop", service),
    ):
        with pytest.raises(SourceError, match="The port must be a number from 1 to 65535") as caught:
            parse_conninfo(text, environment)
        assert port not in str(caught.value).replace("65535", "")


@pytest.mark.parametrize("text", ["host=a port=1,2", "host=a,b hostaddr=127.0.0.1", "host=a,b,c port=1,2"])
def test_hosts_and_ports_are_as_many(text: str) -> None:
    with pytest.raises(SourceError, match="ports differ"):
        parse_conninfo(text, {})


NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("file", "host", "secret"),
    [
        ("# Contrase\u00f1a\n[shop]\nhost=db\n".encode("latin-1"), "db", None),
        (b"\xef\xbb\xbf[shop]\nhost=db\n", "db", None),
        (b"[shop]\r\nhost=db\r\nhost=other\r\n", "db", None),
        (f"[shop]\nhost=db\npassword=hunter2{NBSP}\n".encode(), "db", SECRET + NBSP),
        (f"[shop]\nhost=db\npassword={NBSP}hun\u2028ter2 \t\n".encode(), "db", f"{NBSP}hun\u2028ter2"),
        (b"[shop]\nhost=db\npassword= hunter2=\n", "db", " hunter2="),
        (b"[shop] the first\nhost = db\n[shop]\nhost=other\n", "db", None),
        ("[\u00f3ptica]\nhost=x\n[shop]\nhost=db\n".encode("latin-1"), "db", None),
    ],
)
def test_a_service_file_is_read_as_libpq_reads_it(
    tmp_path: Path, file: bytes, host: str, secret: str | None
) -> None:
    (tmp_path / "services").write_bytes(file)
    address = parse_conninfo("service=shop", {"PGSERVICEFILE": str(tmp_path / "services")})
    assert (address.host, address.secrets.get("password")) == (host, secret)


def test_a_service_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "services").write_bytes(b"[shop]\npassword=hunter2\xf1\n")
    with pytest.raises(SourceError, match="services is not UTF-8") as caught:
        parse_conninfo("service=shop", {"PGSERVICEFILE": str(tmp_path / "services")})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "piece", ["L", ":", "a.", "a:", "a:@", "@", "passw", "pass ", "a://", "postgresql://a:b "]
)
def test_a_long_text_is_looked_through_at_once(piece: str) -> None:
    """Where every place of it would be a beginning, looking from each to the end takes minutes."""
    text = piece * (100_000 // len(piece))
    for look in (redact_secrets, redact_value, is_connection_string, has_password):
        look(text)
    assert len(redact_secrets(f"Error: {text}")) <= len("Error: ") + 5_000
    assert "hunter" not in redact_secrets("x " * 2_495 + "ana:hunter2@host")
