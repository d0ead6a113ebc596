"""``python -m opttius_cli`` and the ``opttius`` command: the version at once, everything else through the app."""

from __future__ import annotations

import gc
import os
import sys

from opttius_cli import __version__, interruption

_INTERRUPTED = 130
"""As in diagnostics, which is not there yet."""


def run() -> None:
    """The entry point; asking for the version alone needs no library at all."""
    interruption.listen()
    try:
        code = _code()
    except BaseException:
        if not interruption.asked():
            raise
        code = _interrupted()
    _leave(code)


def _code() -> int:
    if sys.argv[1:] == ["--version"] and _said_version():
        return 0
    # pyarrow and DuckDB load NumPy and pandas wherever they find them. Nothing here needs either, and on a
    # machine that has them they would cost more than the rest of the start.
    sys.modules |= dict.fromkeys(("numpy", "pandas"))  # type: ignore[arg-type]
    # Nearly all that is made at the start stays: looking through it for garbage finds nothing and takes its time.
    gc.set_threshold(50_000)
    from opttius_cli.cli import main

    return main()


def _interrupted() -> int:
    """Say that Ctrl-C ended the program before it came to speak, for which it must load what it speaks with."""
    interruption.settle()
    try:
        from opttius_cli import diagnostics, i18n, tongue

        i18n.use(tongue.spoken(sys.argv[1:]))
        diagnostics.Voice().error(i18n._("Interrupted."))
    except Exception:  # noqa: BLE001 - what was torn in the middle of an import may not come a second time
        return _INTERRUPTED
    return _INTERRUPTED


def _leave(code: int) -> None:
    """End with ``code``, at once.

    Everything is written and closed. To take down what Python, DuckDB and Arrow hold in memory, piece by piece,
    would only take time, and a thread that the network holds would crash in it.
    """
    try:
        sys.stdout.flush()
    finally:
        # What could not be written was told before; what was said on stderr is there already.
        os._exit(code)


def _said_version() -> bool:
    """Print the version; where that fails (a full disk, a closed stdout), the app says why."""
    try:
        sys.stdout.write(f"opttius {__version__}\n")
        sys.stdout.flush()
    except (AttributeError, OSError):
        return False
    return True


if __name__ == "__main__":
    run()
