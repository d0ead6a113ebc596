"""A real terminal, with a shell in it: keys go in, and what stands on the screen comes out."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from external_tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of tmux with a shell in it."""

    command: tuple[str, ...]

    def tmux(self, *arguments: str) -> str:
        """What a command of tmux prints."""
        ran = subprocess.run([*self.command, *arguments], capture_output=True, text=True, check=True)
        return ran.stdout

    def type(self, text: str) -> None:
        """Type a line."""
        self.write(text)
        self.press("Enter")

    def write(self, text: str) -> None:
        """Type a text."""
        self.tmux("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by their names."""
        self.tmux("send-keys", *keys)

    def read_screen(self) -> str:
        """The text on the screen now."""
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern: str) -> str:
        """The text on the screen once it holds ``pattern``."""
        return self.wait_until(lambda text: re.search(pattern, text) is not None, pattern)

    def wait_until(self, true: Callable[[str], bool], description: str) -> str:
        """The text on the screen once something is true of it."""
        deadline = time.monotonic() + PATIENCE
        while not true(text := self.read_screen()):
            assert time.monotonic() < deadline, f"no {description} in:\n{text}"
            time.sleep(0.1)
        return text


@contextmanager
def open_terminal(folder: Path, *shell: str) -> Iterator[Terminal]:
    """A terminal of 100 by 40 with the environment of the tests, and a shell that works in ``folder``."""
    command = (require_tool("tmux"), "-S", str(folder / "tmux"), "-f", "/dev/null")
    environment = {name: value for name, value in os.environ.items() if name not in {"TMUX", "OPTTIUS_NOW"}}
    start = [*command, "new-session", "-d", "-x", "100", "-y", "40", "env", "PS1=$ ", *shell]
    subprocess.run(start, env=environment, cwd=folder, check=True)
    opened = Terminal(command)
    opened.tmux("set-option", "-g", "status", "off")
    try:
        yield opened
    finally:
        opened.tmux("kill-server")
