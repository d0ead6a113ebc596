"""Build the text of a new ``opttius.toml``: what is set, every other setting commented out, and a job to start from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opttius_cli.config import get_default, list_settings
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_WEEKLY_JOB = """\
# [jobs.weekly]
# parts = ["dashboard", "segments"]
# formats = ["xlsx"]
# period = "last-week"
# every = "mon 07:00"
# output = "reports/{period}/{job}"
"""


def build_template(values: Mapping[str, str]) -> str:
    """Return the file with ``values`` set, every other setting commented out, its meaning above it."""
    sections: dict[str, list[str]] = {}
    for key, item in list_settings().items():
        section, _dot, name = key.rpartition(".")
        value = values.get(key)
        line = (
            f"# {name} = {format_toml(get_default(item))}"
            if value is None
            else f"{name} = {format_toml(value)}"
        )
        sections.setdefault(section, []).extend([f"# {_(item.metadata['meaning'])}", line])
    blocks = ["\n".join(([f"[{section}]"] if section else []) + lines) for section, lines in sections.items()]
    hint = _("A job for every Monday: take the # away, then type opttius schedule install")
    return "\n\n".join([*blocks, f"# {hint}\n{_WEEKLY_JOB}"])


def format_toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f'{key} = "{item}"' for key, item in value.items()) + " }" if value else "{}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
