"""Start the program: print the version without any library, run everything else through the Typer app."""

from __future__ import annotations

import gc
import os
import sys

from opttius_cli import __version__, sigint


def run() -> None:
    """Run the command line and end the process with its exit code."""
    sigint.install_handler()
    try:
        code = _run_app()
    except KeyboardInterrupt:
        # A second Ctrl-C came while the first one was reported.
        code = sigint.EXIT_CODE
    _exit_process(code)


def _run_app() -> int:
    if sys.argv[1:] == ["--version"] and _print_version():
        return 0
    # pyarrow and the engine import NumPy and pandas when they are installed. Nothing here needs them, and
    # importing them would take longer than the rest of the start.
    sys.modules |= dict.fromkeys(("numpy", "pandas"))  # type: ignore[arg-type]
    # Nearly all objects made at the start stay alive, so collecting garbage then only takes time.
    gc.set_threshold(500_000)
    from opttius_cli.cli import main

    return main()


def _exit_process(code: int) -> None:
    """End the process with ``code`` without freeing memory.

    Everything is written and closed. Freeing what Python, the engine and Arrow hold would only take time, and a
    thread that still waits for the network would crash.
    """
    try:
        sys.stdout.flush()
    finally:
        # Write errors were reported before, and stderr is flushed after every message.
        os._exit(code)


def _print_version() -> bool:
    """Print the version; False when that fails (full disk, closed stdout), so that the app can say why."""
    try:
        sys.stdout.write(f"opttius {__version__}\n")
        sys.stdout.flush()
    except (AttributeError, OSError):
        return False
    return True


if __name__ == "__main__":
    run()
