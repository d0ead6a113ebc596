"""Models: numbers in, numbers out, exact; no SQL and no files. A report names the one that finishes its rows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Rows = Sequence[Mapping[str, Any]]
    Model = Callable[[Rows], list[tuple[Any, ...]]]

MODELS = {
    "split_groups": "revenue_drivers",
    "split_mix": "revenue_drivers",
}
"""Each model is the function of that name in the module of this package beside it."""


def load_model(name: str) -> Model:
    """Return the function that turns the rows of a report's SQL into the rows of the report."""
    return cast("Model", getattr(import_module(f"opttius_cli.models.{MODELS[name]}"), name))
