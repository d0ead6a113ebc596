"""One session on sample_data/ for many questions, and the people in it as nobody may see them."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb
import pytest
from cli.run_program import clean_env, load_shop

from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.privacy.policy import DEFAULT_POLICY, Policy
from opttius_cli.session.open_session import open_session
from opttius_cli.session.own_sql.queries import run_own_sql
from opttius_cli.session.state import Request, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

ANONYMOUS = Policy("anonymous", b"k" * 64)


@dataclass(frozen=True, slots=True)
class Analyst:
    """Who asks own questions of a session."""

    session: Session

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of an answer."""
        rows: list[dict[str, Any]] = run_own_sql(self.session, sql, None, "all", converts=True).to_pylist()
        return rows

    def run_report(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a report ``user/own`` of this SQL."""
        rows: list[dict[str, Any]] = run_own_sql(self.session, sql, "user/own", "all").to_pylist()
        return rows


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of sample_data/."""
    return load_shop(tmp_path_factory.mktemp("shop"))


@contextmanager
def open_analyst(
    shop: Path, policy: Policy = DEFAULT_POLICY, *, period: str | None = None, **settings: Any
) -> Iterator[Analyst]:
    """Open a session for own questions, with these settings, on a copy of ``shop``.

    DuckDB opens a file only once, while another session has it open.
    """
    shop = Path(shutil.copy(shop, shop.with_name(f"{uuid4().hex}.duckdb")))
    resolved = config.resolve_config(
        {"source": str(shop), "organization": "mirador-austral"}, clean_env(os.environ), shop.parent
    )
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    request = Request(
        replace(resolved, **settings), {}, now, Reporter(quiet=True), policy=policy, period=period
    )
    with open_session(request) as opened:
        yield Analyst(opened)


@pytest.fixture(scope="module")
def analyst(shop: Path) -> Iterator[Analyst]:
    """Who sees people masked."""
    with open_analyst(shop) as opened:
        yield opened


@pytest.fixture(scope="session")
def secrets(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """What no answer may hold: emails, phones, RUTs and surnames of some people, as stored and by their digits."""
    # DuckDB opens a file only once, while a session has it open with other settings.
    copy = shutil.copy(shop, tmp_path_factory.mktemp("secrets") / "copy.duckdb")
    with duckdb.connect(str(copy)) as con:
        rows = con.execute(
            "SELECT unnest([email, phone, rut, last_name, regexp_replace(phone, '[^0-9]', '', 'g'), "
            "regexp_replace(rut, '[^0-9kK]', '', 'g')]) FROM raw.customers "
            "WHERE left(CAST(id AS VARCHAR), 1) IN ('0', '7') "
            "UNION SELECT sii_rut FROM raw.orders WHERE left(CAST(id AS VARCHAR), 1) = '0'"
        ).fetchall()
    return frozenset(
        row[0].lower() for row in rows if row[0] and len(row[0]) > 5 and "pos.local" not in row[0]
    )
