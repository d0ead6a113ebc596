"""The memory of a process: a limit for its address space where the system knows one, and how much it has."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

_ARENA_MAX = -8
"""The number of this setting of glibc's allocator: how many arenas it may have."""


def limit_address_space(more_bytes: int) -> None:
    """Let this process have at most ``more_bytes`` of memory beyond what it has now, where the system can."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes
    import resource

    # Every thread that allocates would reserve 64 MB of addresses of its own, used or not.
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + more_bytes
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def read_resident_bytes(process: int) -> int | None:
    """Return how much memory a process has; None when that cannot be told, or it has ended."""
    if sys.platform == "win32":
        return _read_working_set(process)
    try:
        if sys.platform.startswith("linux"):
            pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
            import resource

            return int(pages) * resource.getpagesize()
        return _ask_ps(process)
    except (OSError, ValueError, IndexError):
        return None


def _ask_ps(process: int) -> int:
    """Return the resident memory that ``ps`` tells, on a system without /proc."""
    import subprocess

    result = subprocess.run(  # noqa: S603 - a fixed program with a number
        ["/bin/ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False, timeout=5
    )
    return int(result.stdout) * 1024


def _read_working_set(process: int) -> int | None:
    """Return the working set of a process of Windows."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *((f"size_{number}", ctypes.c_size_t) for number in range(8)),
        )

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(0x1000 | 0x0010, False, process)  # noqa: FBT003 - as Windows wants it
    if not handle:
        return None
    counters = Counters(cb=ctypes.sizeof(Counters))
    done = kernel.K32GetProcessMemoryInfo(wintypes.HANDLE(handle), ctypes.byref(counters), counters.cb)
    kernel.CloseHandle(wintypes.HANDLE(handle))
    # The second size is the working set; the first is its peak.
    return int(counters.size_1) if done else None
