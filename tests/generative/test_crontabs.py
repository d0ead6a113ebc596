"""Whatever a crontab holds, only our own lines are written and removed: every other line stays, byte for byte."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from opttius_cli.errors import ConfigError
from opttius_cli.schedule import crontab
from opttius_cli.schedule.call import Call

FOLDERS = (Path("/srv/óptica sur"), Path("/srv"), Path('/srv/it\'s 100% "ours"'), Path("/srv/.*"))
ENDS = (b"\n", b"\n", b"\n", b"\r\n", b"\n\n")


def build_call(folder: Path, minutes: int) -> Call:
    """A call as install builds it."""
    return Call(("/opt/o p/opttius", "job", "run", "--due"), folder, {"PATH": "/opt:/usr/bin"}, minutes)


def list_our_lines(folder: Path, minutes: int = 10) -> list[bytes]:
    """The lines that install writes, without their ends."""
    return crontab.build_block(build_call(folder, minutes)).encode().splitlines()


OURS = [line for folder in FOLDERS for line in list_our_lines(folder)]
foreign = st.one_of(
    st.sampled_from(
        [
            b"MAILTO=ana@example.com",
            b"0 3 * * * /usr/local/bin/backup 100\\%",
            b"# copia de Jos\xe9",
            b"# nota\r0 1 * * * x",
            b"0 1 * * * \0",
            b"",
            b"\t@reboot x \xff\xfe",
            "# ñandú\u2028\x85\x0b\x0c".encode(),
        ]
    ),
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")),
    st.sampled_from(OURS).map(lambda line: b"x " + line),
    st.sampled_from(OURS).map(lambda line: line + b" "),
    st.sampled_from(OURS).map(lambda line: line.replace(b"/10", b"/10,7").replace(b"begin", b"Begin")),
)
lines = st.tuples(st.one_of(foreign, st.sampled_from(OURS)), st.sampled_from(ENDS))


def split_lines(table: bytes) -> list[bytes]:
    """The lines of a crontab without their line feeds, as cron sees them."""
    pieces = table.split(b"\n")
    return pieces[:-1] if not pieces[-1] else pieces


def list_foreign_lines(table: bytes, folder: Path) -> list[bytes]:
    """The lines of a crontab that are not ours: told without the code under test, by equality alone."""
    begin, _line, end = list_our_lines(folder)
    calls = {list_our_lines(folder, minutes)[1] for minutes in (5, 10)}
    left, is_inside = [], False
    for line in split_lines(table):
        plain = line.removesuffix(b"\r")
        if plain in {begin, end}:
            is_inside = plain == begin
        elif not (is_inside and plain in calls):
            left.append(line)
    return left


@fuzz(400)
@given(st.lists(lines, max_size=14), st.binary(max_size=20), st.sampled_from(FOLDERS), st.booleans())
def test_no_line_of_others_is_lost(
    pieces: list[tuple[bytes, bytes]],
    last: bytes,
    folder: Path,
    has_block: bool,  # noqa: FBT001 - drawn
) -> None:
    table = b"".join(line + end for line, end in pieces)
    if has_block:
        table = table + b"\n".join(list_our_lines(folder)) + b"\n"
    table += last
    others = list_foreign_lines(table, folder)
    try:
        removed = crontab.remove_block(table, folder)
        installed = crontab.insert_block(table, build_call(folder, 5))
    except ConfigError:
        # A mark without its counterpart is left to a person, and nothing is written.
        return
    assert split_lines(removed) == others
    assert list_foreign_lines(installed, folder) == others
    assert installed.count(b"\n".join(list_our_lines(folder, 5)) + b"\n") == 1
    assert crontab.insert_block(installed, build_call(folder, 5)) == installed
    assert split_lines(crontab.remove_block(installed, folder)) == others
