"""A list longer than a sheet, in earnest: more than a million rows, in memory that does not grow with them.

Part of `make fuzz`, since it writes a whole workbook; the same rule with a small bound is a unit test.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generative.fuzz import TIMES
from opttius_cli.render.xlsx.workbook import MAX_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = MAX_ROWS + 3
MEGABYTES = 400
"""What the writer may take beside the rows themselves, which are 60."""
PROGRAM = """
import resource, sys
import pyarrow as pa, pyarrow.compute
from golden import hard
from opttius_cli import i18n
from opttius_cli.render.xlsx import writer
from opttius_cli.render.style import Style
from opttius_cli.result import AnswerPart, Result
import dataclasses
i18n.set_language("en")
rows = int(sys.argv[1])
numbers = pa.array(range(rows), pa.int64())
table = pa.table([pa.compute.cast(numbers, pa.string()), numbers], names=["status", "count"])
long = Result("x", {"en": "Things"}, "rows", (hard.STATUS, hard.COUNT), table)
answer = dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), long),))
with open(sys.argv[2], "wb") as out:
    writer.write(answer, out, Style("en"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(TIMES == 0, reason="only in make fuzz: it writes a million rows")
def test_more_rows_than_a_sheet_holds_in_earnest(tmp_path: Path) -> None:
    file = tmp_path / "long.xlsx"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROWS), str(file)],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout) < MEGABYTES
    with zipfile.ZipFile(file) as book:
        assert [_rows(book, f"xl/worksheets/sheet{number}.xml") for number in (2, 3)] == [MAX_ROWS + 1, 4]
        refs = sorted(
            book.read(f"xl/tables/table{number}.xml").partition(b'ref="')[2][:11] for number in (1, 2)
        )
        assert refs == [b"A1:B1048576", b'A1:B4" head']


def _rows(book: zipfile.ZipFile, name: str) -> int:
    """The lines of a sheet, read in pieces."""
    return sum(piece.count(b"<row ") for piece in _pieces(book, name))


def _pieces(book: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    rest = b""
    with book.open(name) as part:
        while block := part.read(1 << 20):
            whole, _mark, end = (rest + block).rpartition(b">")
            rest = end
            yield whole
