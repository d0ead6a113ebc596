"""Read the figures that the app's dashboard answered, saved from the browser as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_KEY, _DEPTH = "kpis", 3
_LARGEST = 10**15


def read_app_figures(path: Path) -> dict[str, Decimal]:
    """Return the figures of the object ``kpis`` of a file, which may lie up to three levels down.

    Raises:
        SourceError: the file cannot be read, or is not such an answer.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise SourceError(
            _(
                "{path} cannot be read: {why}. Save the app's answer, and type --app FILE.",
                path=path,
                why=error.strerror,
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(
            _(
                "{path} is not JSON. Save the answer of /api/admin/analytics/dashboard from the browser.",
                path=path,
            )
        ) from error
    kpis = _find_object(document, _DEPTH)
    if kpis is None:
        raise SourceError(
            _(
                "{path} holds no object “kpis”: it is not the answer of the app's dashboard. "
                "Save that of /api/admin/analytics/dashboard from the browser.",
                path=path,
            )
        )
    return {key: Decimal(value).quantize(Decimal("0.01")) for key, value in kpis.items() if _is_number(value)}


def _find_object(document: Any, depth: int) -> dict[str, Any] | None:
    """Return the object ``kpis`` at the top of ``document``, or at most ``depth`` levels down."""
    if not isinstance(document, dict):
        return None
    if isinstance(document.get(_KEY), dict):
        found: dict[str, Any] = document[_KEY]
        return found
    inner = (_find_object(value, depth - 1) for value in document.values()) if depth else ()
    return next((kpis for kpis in inner if kpis is not None), None)


def _is_number(value: Any) -> bool:
    """Whether a value is a number of a size that money can have."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and abs(Decimal(value)) < _LARGEST
