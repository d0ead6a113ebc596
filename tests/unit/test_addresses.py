"""Addresses of databases: taken apart, and never shown with a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli.addresses import is_address, masked
from opttius_cli.errors import SourceError
from opttius_cli.sources.postgres.address import AddressError, parse

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2"  # noqa: S105 - what must not be seen


@pytest.mark.parametrize(
    ("text", "place", "secret"),
    [
        ("postgresql://ana@db.example:6543/shop", "postgresql://ana@db.example:6543/shop", None),
        ("postgres://ana:hunter2@db/shop?sslmode=require", "postgresql://ana@db:5432/shop", SECRET),
        ("postgresql://ana:h%3A%2F%40%25@db/shop", "postgresql://ana@db:5432/shop", "h:/@%"),
        ("postgresql://ana:50%off@db/shop", "postgresql://ana@db:5432/shop", "50%off"),
        ("postgresql://ana@[::1]:5433/shop", "postgresql://ana@::1:5433/shop", None),
        ("postgresql://ana@%2Frun%2Fpg/shop", "postgresql://ana@/shop", None),
        ("host=db user=ana dbname=shop password='hun ter\\'2'", "postgresql://ana@db:5432/shop", "hun ter'2"),
        ("host = db user= ana dbname =shop", "postgresql://ana@db:5432/shop", None),
    ],
)
def test_an_address_is_taken_apart(text: str, place: str, secret: str | None) -> None:
    address = parse(text, {})
    assert address.shown == place
    assert address.secrets.get("password") == secret
    assert address.written_secret == (secret is not None)
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
def test_what_cannot_be_taken_apart_is_not_repeated(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(text, {})
    said = str(caught.value)
    assert "cannot be read" in said
    assert not any(piece in said for piece in ("hun", "ter2", "ana", "db/"))
    assert caught.value.__cause__ is None


def test_the_service_file_and_the_environment_complete_it(tmp_path: Path) -> None:
    (tmp_path / "services").write_text(
        "# shops\n[other]\nhost=elsewhere\n\n[shop]\nhost=db.example\nport = 6543\nuser=ana\npassword=hunter2\n"
    )
    environment = {"PGSERVICEFILE": str(tmp_path / "services"), "PGDATABASE": "tienda", "PGHOST": "no"}
    address = parse("service=shop", environment)
    assert address.shown == "service=shop"
    assert dict(address.parameters) == {
        "host": "db.example",
        "port": "6543",
        "user": "ana",
        "dbname": "tienda",
    }
    assert (address.secrets["password"], address.written_secret) == (SECRET, False)
    with pytest.raises(SourceError, match="no service of that name"):
        parse("service=none", environment)


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
        ("postgresql://localhost.example/shop", False),
    ],
)
def test_only_this_machine_is_local(text: str, *, local: bool) -> None:
    assert parse(text, {}).is_local is local


def test_everything_of_it_goes_to_the_driver_quoted() -> None:
    address = parse("postgresql://ana:a%20b%27c%5C@db/shop", {})
    assert address.conninfo(sslmode="require") == (
        "sslmode='require' host='db' dbname='shop' user='ana' password='a b\\'c\\\\'"
    )


@pytest.mark.parametrize(
    "text", ["postgresql://x", "POSTGRES://x", "service=x", " host = x", "user=a host=b"]
)
def test_an_address_is_known_by_its_form(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["shop", "./a=b", "C:\\shop", "/srv/a=b", "shop.xlsx"])
def test_a_path_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "shown"),
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
    ],
)
def test_a_password_is_masked_wherever_it_stands(text: str, shown: str) -> None:
    assert masked(text) == shown
