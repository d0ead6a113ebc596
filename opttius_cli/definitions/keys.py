"""The keys of a job definition, with a parser for each value.

A parser raises ValueError with what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from opttius_cli.definitions.model import Against
from opttius_cli.definitions.timing import cron_of
from opttius_cli.errors import UsageError, listed
from opttius_cli.i18n import _
from opttius_cli.names import nearest
from opttius_cli.period import Clock, parse_period
from opttius_cli.values import flag, language, text, texts, zone

if TYPE_CHECKING:
    from opttius_cli.definitions.model import Known

Reader = Callable[[Any, "Known"], Any]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MOST_DIGITS = 38
"""No figure has more digits: the limit of a DECIMAL in DuckDB."""
_SOME_DAY = Clock(datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(ZoneInfo("UTC")), ZoneInfo("UTC"))
"""A fixed clock, for checking that the text of a period can be parsed."""


def name_kind() -> str:
    """Describe the names that a job may have."""
    return _("letters, digits, - and _, such as monthly")


def _plain(read: Callable[[Any], Any]) -> Reader:
    return lambda value, _known: read(value)


def _parts(value: Any, known: Known) -> tuple[str, ...]:
    return _among(texts(value), known.parts, _("part"))


def _formats(value: Any, known: Known) -> tuple[str, ...]:
    return _among(texts(value), known.formats, _("format"))


def _among(names: tuple[str, ...], known: Any, kind: str) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise ValueError(
                _(
                    "existing names; there is no {kind} “{name}”. The nearest: {names}.",
                    kind=kind,
                    name=name,
                    names=listed(nearest(name, known)),
                )
            )
    return tuple(dict.fromkeys(names))


def _masking(value: Any, known: Known) -> str:
    if value not in known.maskings:
        raise ValueError(_("one of {names}", names=", ".join(known.maskings)))
    return str(value)


def _period(value: Any, _known: Known) -> str:
    label = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)
    try:
        parse_period(label, _SOME_DAY)
    except UsageError as error:
        raise ValueError(_("a period such as last-month, last-week, yesterday or 30")) from error
    return label


def _one_of(*names: str) -> Reader:
    def read(value: Any, _known: Known) -> str:
        if value not in names:
            raise ValueError(_("one of {names}", names=", ".join(names)))
        return str(value)

    return read


def _many(value: Any, _known: Known) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(_("a whole number, 1 or more"))
    return value


def _bound(value: Any, _known: Known) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError(_("a number"))  # noqa: TRY004 - as for every value
    bound = Decimal(value)
    if not bound.is_finite() or abs(bound.adjusted()) > _MOST_DIGITS:
        raise ValueError(_("a number"))
    return bound


def _every(value: Any, _known: Known) -> tuple[str, str]:
    written = text(value)
    return written, cron_of(written)


def _tables(value: Any, _known: Known) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(_("tables [[reports.NAME.alerts]]"))
    return value


def _figure(value: Any, known: Known) -> str:
    return _among((text(value),), known.figures(), _("figure"))[0]


KEYS: dict[str, Reader] = {
    "title": _plain(text),
    "parts": _parts,
    "formats": _formats,
    "organization": _plain(text),
    "branches": _plain(texts),
    "each_branch": _plain(flag),
    "period": _period,
    "compare": _one_of("previous", "year", "none"),
    "timezone": _plain(zone),
    "language": _plain(language),
    "output": _plain(text),
    "masking": _masking,
    "reason": _plain(text),
    "keep": _many,
    "every": _every,
    "alerts": _tables,
    "on_success": _plain(text),
    "on_failure": _plain(text),
}
ALERT_KEYS: dict[str, Reader] = {
    "figure": _figure,
    "against": _one_of(*get_args(Against)),
    "last": _many,
    "below": _bound,
    "above": _bound,
    "title": _plain(text),
}
