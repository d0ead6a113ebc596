"""How this program was installed, and so what a person types to add an extra: pipx, uv, a virtual environment, pip."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

PACKAGE = "opttius-cli"


def is_installed(module: str) -> bool:
    """Return whether an optional module can be imported."""
    return find_spec(module) is not None


def build_install_command(extra: str, prefix: str = sys.prefix, base_prefix: str = sys.base_prefix) -> str:
    """Return the command that adds ``extra`` to this installation.

    ``prefix`` is the folder of this Python, ``base_prefix`` that of the Python which a virtual environment rests on.
    """
    import sysconfig

    parts, packages = Path(prefix).parts, " ".join(_list_packages(extra))
    requirement = f"'{PACKAGE}[{extra}]'"
    if _contains(parts, ("pipx", "venvs")):
        return f"pipx inject {PACKAGE} {packages}"
    if _contains(parts, ("uv", "tools")):
        return f"uv tool install {PACKAGE} --with {packages.replace(' ', ',')}"
    python = Path(prefix) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if prefix != base_prefix:
        return f"{shlex.quote(str(python))} -m pip install {requirement}"
    if Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists():
        # The system's own Python refuses pip: the program itself is then best installed apart.
        return f"pipx install {requirement}"
    return f"python3 -m pip install {requirement}"


def _contains(parts: tuple[str, ...], names: tuple[str, str]) -> bool:
    return names in pairwise(parts)


def _list_packages(extra: str) -> list[str]:
    """Return the names of the packages of an extra; the extra itself when this is not an installed package."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires(PACKAGE) or []
    except PackageNotFoundError:
        lines = []
    marked = (line.partition(";") for line in lines)
    return [name.split(">")[0].split("<")[0].split("[")[0].strip() for name, _semicolon, marker in marked
            if f"extra == '{extra}'" in marker.replace('"', "'")] or [extra]  # fmt: skip
