"""However a question reads and spells people, no format of its answer shows more of them than the masks do."""

from __future__ import annotations

import base64
import io
import re
import shutil
import zipfile
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest
from cli.run_program import load_shop
from own_sql.conftest import ANONYMOUS, Analyst, open_analyst

from generative.own_sql_grammar import READINGS, SPELLINGS, build_question
from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.privacy.policy import DEFAULT_POLICY
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.session.own_sql.answers import answer_own_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAST_QUESTIONS = 480
"""Fewer would mean that a part of the grammar is lost."""
_ROWS, _MOST = 30, 100_000
"""How many rows of an answer, and how much of its text, are searched: people come again and again."""
_NO_CHANCE = 6
_SHORT = 4
_HEX = re.compile(r"[0-9a-f]{8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_ESCAPED = re.compile(r"(?:\\x[0-9a-f]{2})+")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of sample_data/."""
    return load_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def secrets(shop: Path) -> frozenset[str]:
    """What nobody may see: parts of surnames, what stands before the @, and digits that no mask shows.

    Words that masks show (a first name, a domain), or that stand in the name of a branch or a product, say nothing.
    """
    copy = shutil.copy(shop, shop.with_name("secrets.duckdb"))
    with duckdb.connect(str(copy)) as con:
        rows = con.execute(
            """
            WITH words AS (
                SELECT unnest(regexp_extract_all(lower(last_name), '\\w{4,}')) AS word FROM raw.customers
                UNION SELECT lower(split_part(email, '@', 1)) FROM raw.customers
                UNION SELECT lower(split_part(email, '@', 1)) FROM raw.orders
                UNION SELECT regexp_replace(phone, '[^0-9]', '', 'g')[1:-4] FROM raw.customers
                UNION SELECT regexp_replace(rut, '[^0-9]', '', 'g')[1:7] FROM raw.customers
                UNION SELECT regexp_replace(sii_rut, '[^0-9]', '', 'g')[1:7] FROM raw.orders
            ),
            known AS (
                SELECT string_agg(lower(name), ' ') AS names FROM (
                    SELECT first_name AS name FROM raw.customers UNION SELECT name FROM raw.branches
                    UNION SELECT name FROM raw.products UNION SELECT email FROM raw.admin_users
                    UNION SELECT split_part(email, '@', 2) FROM raw.customers
                )
            )
            SELECT word FROM words, known WHERE length(word) >= if(word ~ '[0-9]+', 7, 4) AND NOT contains(names, word)
            -- A RUT of a single digit stands for nobody.
            AND word <> repeat(word[1], length(word))
            """
        ).fetchall()
    return frozenset(row[0] for row in rows)


def read_text(name: str, content: bytes) -> str:
    """What a file of a format says, as a program that reads it gets it."""
    if name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return " ".join(book.read(entry).decode() for entry in book.namelist() if entry.endswith(".xml"))
    if name == "parquet":
        return str(pq.read_table(io.BytesIO(content)).to_pylist())
    return content.decode()


def decode(text: str) -> Iterator[str]:
    """What a text says letter by letter, by codes, and out of other alphabets."""
    lower = text.lower()
    letters = "".join(re.findall(r"(?<!\w)\w(?!\w)", lower))
    yield from (letters, letters[::-1])
    yield "".join(chr(int(code)) for code in re.findall(r"\d+", text) if 31 < int(code) < 127).lower()
    for value in _HEX.findall(lower):
        yield bytes.fromhex(value[: len(value) // 2 * 2]).decode("latin-1").lower()
    for value in re.findall("[01]{40,}", lower):
        yield "".join(chr(int(value[at : at + 8], 2)) for at in range(0, len(value) - 7, 8)).lower()
    for value in _BASE64.findall(text):
        signs = value.rstrip("=")
        signs = signs[: len(signs) - (len(signs) % 4 == 1)]
        yield base64.b64decode(signs + "=" * (-len(signs) % 4)).decode("latin-1").lower()
    for value in _ESCAPED.findall(lower):
        yield bytes.fromhex(value.replace("\\x", "")).decode("latin-1")


def find_secrets(analyst: Analyst, sql: str, name: str, pattern: re.Pattern[str]) -> set[str]:
    """The secrets in the answer to ``sql`` as the format ``name`` writes it."""
    answer = answer_own_sql(analyst.session, sql)
    result, out = answer.parts[0].result, io.BytesIO()
    # A column without a name has the SQL of its value as one, which is the question and nobody's.
    names = [f"c{at}" if "(" in column.name else column.name for at, column in enumerate(result.columns)]
    columns = tuple(
        replace(column, name=name, labels={}) for column, name in zip(result.columns, names, strict=True)
    )
    few = replace(result, columns=columns, table=result.table[:_ROWS].rename_columns(names))
    RENDERERS[name].write(replace(answer, parts=(replace(answer.parts[0], result=few),)), out, Style("en"))
    text = read_text(name, out.getvalue())[:_MOST]
    # Initials in a row, and what comes out of an alphabet that a text is not written in, hold any short word.
    decoded = {word for word in pattern.findall("\n".join(decode(text))) if len(word) >= _NO_CHANCE}
    return decoded | set(pattern.findall(f"{text}\n{text[::-1]}".lower()))


def list_questions() -> list[tuple[str, str]]:
    """Every question, each with one of the formats in turn."""
    questions = [build_question(reading, spelling) for reading, spelling in product(READINGS, SPELLINGS)]
    formats = list(RENDERERS)
    return [(sql, formats[number % len(formats)]) for number, sql in enumerate(questions)]


def build_pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    """A pattern that finds any of the secrets; four letters only on their own, or base64 holds them by chance."""
    words = [
        re.escape(secret) if len(secret) > _SHORT else rf"(?<![a-z0-9]){re.escape(secret)}(?![a-z0-9])"
        for secret in sorted(secrets, key=len, reverse=True)
    ]
    return re.compile("|".join(words))


@pytest.mark.parametrize("mode", ["masked", "anonymous"])
def test_no_question_shows_a_person(shop: Path, secrets: frozenset[str], mode: str) -> None:
    if mode == "anonymous":
        # Pseudonyms are hexadecimal, so that any digits stand somewhere.
        secrets = frozenset(secret for secret in secrets if not secret.isdigit())
    pattern, refused = build_pattern(secrets), 0
    questions = list_questions()
    assert len(questions) >= LEAST_QUESTIONS
    policy = ANONYMOUS if mode == "anonymous" else DEFAULT_POLICY
    with open_analyst(shop, policy, report_seconds=0) as analyst:
        # What stands around the rows of every answer is nobody's.
        around = {name: find_secrets(analyst, "SELECT 1 AS n", name, pattern) for name in RENDERERS}
        for sql, name in questions[:: 1 if mode == "masked" else 7]:
            try:
                leaked = find_secrets(analyst, sql, name, pattern) - around[name]
            except InvalidSqlError:
                refused += 1
                continue
            assert not leaked, (sql, name)
    assert refused < len(questions) / 20


def test_the_search_finds_people(shop: Path, secrets: frozenset[str]) -> None:
    """It is not blind: shown whole, people are found in each spelling but that of a digest, in one of the formats."""
    pattern = build_pattern(secrets)
    formats = [name for name in RENDERERS if name != "table"]
    with open_analyst(shop, replace(DEFAULT_POLICY, mode="revealed")) as revealed:
        for number, spelling in enumerate(SPELLINGS):
            sql = build_question(READINGS[0], spelling)
            found = find_secrets(revealed, sql, formats[number % len(formats)], pattern)
            assert bool(found) is ("md5" not in spelling), sql
