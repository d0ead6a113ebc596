"""What Ctrl-C looks like when it comes out of a library that was at work, and what only looks like it."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from opttius_cli.engines import open_on_snapshot
from opttius_cli.engines.protocol import stop_at_ctrl_c
from opttius_cli.snapshot.engine_errors import is_interruption

MANY = "SELECT range AS number FROM range(20000000)"
"""More rows than DuckDB works out ahead of whoever reads them."""
WORDS = "CASE WHEN range = 1000000 THEN 'INTERRUPT Error: interrupted' ELSE '1' END"
UNFIT = f"SELECT CAST({WORDS} AS INTEGER) AS number FROM range(2000000)"
"""Values that do not fit, and say what DuckDB says when it is interrupted."""


def read_all(reader: pa.RecordBatchReader) -> None:
    """Every batch of a stream."""
    for _batch in reader:
        pass


def test_rows_that_stream_are_interrupted() -> None:
    with duckdb.connect() as con:
        reader = con.sql(MANY).to_arrow_reader(65_536)
        reader.read_next_batch()
        con.interrupt()
        with pytest.raises(OSError, match="Interrupted") as caught:
            read_all(reader)
    assert is_interruption(caught.value)


def test_ctrl_c_stops_what_the_engine_runs() -> None:
    with duckdb.connect() as con:
        engine = open_on_snapshot(con)
        reader = con.sql(MANY).to_arrow_reader(65_536)
        reader.read_next_batch()
        with pytest.raises(KeyboardInterrupt), stop_at_ctrl_c(engine):
            raise KeyboardInterrupt
        with pytest.raises(OSError, match="Interrupted"):
            read_all(reader)


@pytest.mark.parametrize(
    "error", [RuntimeError("Query interrupted"), duckdb.InterruptException("INTERRUPT Error: Interrupted!")]
)
def test_a_question_is_interrupted(error: Exception) -> None:
    assert is_interruption(error)


def test_words_of_the_data_are_none() -> None:
    with duckdb.connect() as con:
        with pytest.raises(duckdb.ConversionException, match="INTERRUPT Error") as caught:
            con.execute(UNFIT).fetchall()
        assert not is_interruption(caught.value)
        with pytest.raises(OSError, match="INTERRUPT Error") as streamed:
            read_all(con.sql(UNFIT).to_arrow_reader(65_536))
        assert not is_interruption(streamed.value)


@pytest.mark.parametrize(
    "error",
    [OSError(4, "INTERRUPT Error"), pa.ArrowInvalid("no number: INTERRUPT Error"), ValueError("interrupted")],
)
def test_other_errors_are_none(error: Exception) -> None:
    assert not is_interruption(error)
