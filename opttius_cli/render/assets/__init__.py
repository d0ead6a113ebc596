"""The page's style sheet and scripts, as files beside this one."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def text(name: str) -> str:
    """The text of a file."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def inert(script: str) -> str:
    """A script in which nothing ends the element that it stands in."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def fingerprint(content: str) -> str:
    """How a policy names a script or a style sheet that may stand in the page."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
