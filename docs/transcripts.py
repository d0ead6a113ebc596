"""The transcripts: each command of a ``console`` block runs on ``sample_data/``, and its output replaces the old one.

A block ``console es`` runs in Spanish. A last line ``…`` cuts the output there. A file that stands in a block
below ``<!-- file: PATH -->`` is written to that path before the commands run.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
NOW = "2026-11-22T15:00:00-03:00"
WIDTH = 100
"""Columns of the terminal on which the transcripts are recorded."""

_TRANSCRIPT = re.compile(
    r"(?P<fence>```console(?P<language> es)?\n)(?P<body>.*?)(?P<end>^```$)", re.DOTALL | re.MULTILINE
)
_COMMAND = re.compile(r"^\$ (?P<line>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_CUT = "…"
_FILE = re.compile(r"<!-- file: (?P<path>\S+) -->\n```\w+\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_LOCALES = {"en": "en_US.UTF-8", "es": "es_CL.UTF-8"}


def has_transcript(text: str) -> bool:
    """Return whether a page shows what a command prints."""
    return _TRANSCRIPT.search(text) is not None


def refresh_transcripts(text: str) -> str:
    """Return ``text`` with the present output of every command of its ``console`` blocks."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        for file in _FILE.finditer(text):
            stage.write_file(file["path"], file["body"])
        return _TRANSCRIPT.sub(lambda block: block["fence"] + _rerun_block(block, stage) + block["end"], text)


def _rerun_block(block: re.Match[str], stage: Stage) -> str:
    language = "es" if block["language"] else "en"
    return "".join(
        f"$ {command['line']}\n{_cut_like(stage.run(command['line'], language), command['output'])}"
        for command in _COMMAND.finditer(block["body"])
    )


def _cut_like(output: str, previous_output: str) -> str:
    """Return ``output``, cut after as many lines as ``previous_output`` has before a last line of three dots."""
    lines = previous_output.splitlines()
    if not lines or lines[-1] != _CUT:
        return output
    return "".join(output.splitlines(keepends=True)[: len(lines) - 1]) + f"{_CUT}\n"


class Stage:
    """A folder with the sample data, where commands run in a terminal of :data:`WIDTH` columns."""

    def __init__(self, folder: Path) -> None:
        """Prepare ``folder``; the settings, caches and clock of the machine have no effect in it."""
        self._root = folder
        self.folder = folder / "work"
        self.folder.mkdir()
        (self.folder / "sample_data").symlink_to(ROOT / "sample_data", target_is_directory=True)
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "OPTTIUS_CACHE_FOLDER": str(folder / "cache"),
            "OPTTIUS_CONFIG_DIR": str(folder / "config"),
            "OPTTIUS_STATE_DIR": str(folder / "state"),
            "OPTTIUS_NOW": NOW,
            "NO_COLOR": "1",
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT),
        }

    def write_file(self, path: str, text: str) -> None:
        """Write a file that a page shows to the path that the page names."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def run(self, line: str, language: str) -> str:
        """Return what the shell shows for ``line``: standard output on a terminal, then standard error."""
        reader, writer = pty.openpty()
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
        with tempfile.TemporaryFile() as errors:
            shell = subprocess.Popen(  # noqa: S603 - the commands are those of our own pages
                ["/bin/sh", "-c", line],
                cwd=self.folder,
                env=self._environment | {"LANG": _LOCALES[language]},
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=errors,
            )
            os.close(writer)
            output = b"".join(_read_terminal(reader))
            shell.wait()
            errors.seek(0)
            output += errors.read()
        # A terminal adds carriage returns to those of a CSV file.
        return re.sub(r"\r+\n", "\n", output.decode())


def _read_terminal(terminal: int) -> Iterator[bytes]:
    with open(terminal, "rb", buffering=0) as out:
        while True:
            try:
                piece = out.read(65_536)
            except OSError:
                # A terminal raises this when the other side has closed it.
                return
            if not piece:
                return
            yield piece
