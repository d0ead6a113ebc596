"""Every error of DuckDB, of whatever class, is one of ours: with a sentence, a code, and no value of the data."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from opttius_cli import cli
from opttius_cli.diagnostics import UNEXPECTED, exit_code
from opttius_cli.engines.own_sql.errors import build_error, describe_error
from opttius_cli.errors import InvalidReportError, OpttiusError, OutOfMemoryError, OutputError
from opttius_cli.snapshot.damage import DamagedSnapshotError, EngineError
from opttius_cli.snapshot.engine_errors import (
    is_interruption,
    raise_if_unrecoverable,
    translate_error,
    translate_errors,
)
from opttius_cli.snapshot.temp_files import spill_folder

PATH = Path("/cache/0123456789abcdef01234567.duckdb")
VALUE = "ana@example.com"
CLASSES = sorted(
    (
        kind
        for kind in vars(duckdb).values()
        if isinstance(kind, type) and issubclass(kind, duckdb.Error) and kind is not duckdb.InterruptException
    ),
    key=lambda kind: kind.__name__,
)
PREFIXES = (
    "Data Corruption",
    "IO",
    "INTERNAL",
    "FATAL",
    "Conversion",
    "Out of Range",
    "Serialization",
    "Binder",
)


def test_there_are_classes() -> None:
    assert len(CLASSES) > 20


@pytest.mark.parametrize("path", [PATH, None], ids=["snapshot", "nothing"])
@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_of_every_class_is_translated(kind: type[duckdb.Error], path: Path | None) -> None:
    translated = translate_error(kind(f"Some Error: value {VALUE}"), path)
    assert isinstance(translated, OpttiusError)
    assert exit_code(translated) not in {0, UNEXPECTED}
    assert VALUE not in str(translated)


@pytest.mark.parametrize("kind", CLASSES)
def test_none_reaches_the_last_handler(kind: type[duckdb.Error], capsys: pytest.CaptureFixture[str]) -> None:
    code = cli._report_error(kind(f"Some Error: value {VALUE}"))
    assert code in {3, 4, 7}
    stderr = capsys.readouterr().err
    assert "Something unexpected" not in stderr
    assert VALUE not in stderr


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("kind", [OSError, pa.ArrowInvalid, pa.ArrowException])
def test_what_arrow_repeats_while_rows_stream_is_translated(kind: type[Exception], prefix: str) -> None:
    assert isinstance(
        translate_error(kind(f"{prefix} Error: {VALUE}"), PATH), DamagedSnapshotError | EngineError
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Corrupt database file: computed checksum 1 does not match", DamagedSnapshotError),
        ("IO Error: Could not read enough bytes from file", DamagedSnapshotError),
    ],
)
def test_a_read_error_is_damage(text: str, kind: type[OpttiusError]) -> None:
    error = duckdb.IOException(text) if text.startswith("IO") else duckdb.Error(text)
    assert type(translate_error(error, PATH)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.OutOfMemoryException("x"), OutOfMemoryError),
        (duckdb.OutOfMemoryException("failed to offload data block of size 96 KiB"), OutputError),
        (duckdb.IOException("IO Error: Could not write: No space left on device"), OutputError),
        (duckdb.IOException(f"IO Error: Cannot open {spill_folder(PATH)}/x.tmp"), OutputError),
        (OSError("Out of Memory Error: failed to offload data block"), OutputError),
    ],
)
def test_want_of_room_is_told_alike_by_every_reader(error: Exception, kind: type[OpttiusError]) -> None:
    assert type(translate_error(error, PATH)) is kind
    told = build_error("own", describe_error(error, PATH), PATH)
    assert (type(told), str(told)) == (kind, str(translate_error(error, PATH)))
    if "spill" not in str(error):
        # A source that is slower to read, or damaged, is another matter.
        with pytest.raises(type(error)):
            raise_if_unrecoverable(error)


def test_want_of_memory_and_values_of_the_data_are_no_damage() -> None:
    assert isinstance(translate_error(duckdb.OutOfMemoryException("x"), PATH), OutOfMemoryError)
    for kind in (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.ConstraintException):
        assert isinstance(translate_error(kind("x"), PATH), EngineError)


@pytest.mark.parametrize(
    "error",
    [duckdb.InterruptException("INTERRUPT Error: Interrupted!"), OSError("INTERRUPT Error: Interrupted!")],
)
def test_an_interruption_stays_what_it_is(error: Exception) -> None:
    assert is_interruption(error)
    with pytest.raises(type(error)), translate_errors(PATH):
        raise error


@pytest.mark.parametrize(
    "error", [OSError(2, "no file"), KeyError("x"), ValueError("IO Error: x"), OSError("x")]
)
def test_an_error_of_somebody_else_stays_what_it_is(error: Exception) -> None:
    assert translate_error(error, PATH) is None
    with pytest.raises(type(error)), translate_errors(PATH):
        raise error


def test_an_error_of_a_users_sql_is_damage_only_when_the_file_cannot_be_read() -> None:
    for kind in CLASSES:
        error = build_error("own", describe_error(kind(f"value {VALUE}"), PATH), PATH)
        unreadable = {"IOException", "HTTPException", "SerializationException"}
        assert isinstance(error, DamagedSnapshotError) == (kind.__name__ in unreadable), kind
    streamed = build_error("own", describe_error(OSError("Data Corruption Error: Corrupt"), PATH), PATH)
    assert isinstance(streamed, DamagedSnapshotError)
    wrong = build_error(
        "own", describe_error(duckdb.InternalException(f"INTERNAL Error: {VALUE}"), PATH), PATH
    )
    assert isinstance(wrong, InvalidReportError)
    assert VALUE not in str(wrong)


def test_rows_that_stream_from_a_damaged_file_are_damage(tmp_path: Path) -> None:
    file = tmp_path / "large.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) AS s FROM range(300000) r(i); CHECKPOINT")
    data = bytearray(file.read_bytes())
    data[len(data) * 3 // 4] ^= 1
    file.write_bytes(data)
    with duckdb.connect(str(file), read_only=True) as con:
        for read in ("to_arrow_table", "fetchall", "to_arrow_reader"):
            with pytest.raises(DamagedSnapshotError):
                read_rows(con, file, read)


def read_rows(con: duckdb.DuckDBPyConnection, file: Path, read: str) -> None:
    """Read every row of a table in one of DuckDB's ways; a stream meets the damage only when it comes to it."""
    with translate_errors(file):
        rows = getattr(con.sql("FROM t"), read)()
        for _batch in rows if isinstance(rows, pa.RecordBatchReader) else ():
            pass
