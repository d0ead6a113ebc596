"""The page's style sheet and scripts, stored as files in this package."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def read_asset(name: str) -> str:
    """Return the text of a file."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def escape_script(script: str) -> str:
    """Escape a script so that nothing in it can end its script element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def compute_csp_hash(content: str) -> str:
    """Return the hash by which a content security policy allows a script or a style sheet."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
