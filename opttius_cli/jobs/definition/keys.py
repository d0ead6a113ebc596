"""The keys of a job definition, with a parser for each value.

A parser raises ValueError with what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from opttius_cli.errors import UsageError, format_list
from opttius_cli.i18n import _
from opttius_cli.jobs.definition.addresses import parse_addresses
from opttius_cli.jobs.definition.model import Against
from opttius_cli.jobs.definition.schedule_syntax import parse_schedule
from opttius_cli.name_matching import suggest_names
from opttius_cli.period import Clock, parse_period
from opttius_cli.reports.alert_figures import match_figure
from opttius_cli.setting_parsers import (
    parse_flag,
    parse_language,
    parse_text,
    parse_texts,
    parse_zone,
)

if TYPE_CHECKING:
    from opttius_cli.jobs.definition.model import AllowedValues

ValueParser = Callable[[Any, "AllowedValues"], Any]

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MAX_DIGITS = 38
"""No figure has more digits: the limit of a DECIMAL."""
_SAMPLE_CLOCK = Clock(datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(ZoneInfo("UTC")), ZoneInfo("UTC"))
"""A fixed clock, for checking that the text of a period can be parsed."""


def describe_name() -> str:
    """Describe the names that a job may have."""
    return _("letters, digits, - and _, such as monthly")


def _ignore_allowed_values(parse: Callable[[Any], Any]) -> ValueParser:
    return lambda value, _allowed_values: parse(value)


def _parse_parts(value: Any, allowed_values: AllowedValues) -> tuple[str, ...]:
    names = (
        name if name in allowed_values.parts else allowed_values.resolve_part(name) or name
        for name in parse_texts(value)
    )
    return _check_names(tuple(names), allowed_values.parts, _("part"))


def _parse_formats(value: Any, allowed_values: AllowedValues) -> tuple[str, ...]:
    return _check_names(parse_texts(value), allowed_values.formats, _("format"))


def _check_names(
    names: tuple[str, ...],
    allowed_values: Any,
    kind: str,
    suggest: Callable[[str], Sequence[str]] | None = None,
) -> tuple[str, ...]:
    for name in names:
        if name not in allowed_values:
            raise ValueError(
                _(
                    "existing names; there is no {kind} “{name}”. The nearest: {names}.",
                    kind=kind,
                    name=name,
                    names=format_list(suggest(name) if suggest else suggest_names(name, allowed_values)),
                )
            )
    return tuple(dict.fromkeys(names))


def _parse_masking(value: Any, allowed_values: AllowedValues) -> str:
    if value not in allowed_values.maskings:
        raise ValueError(_("one of {names}", names=", ".join(allowed_values.maskings)))
    return str(value)


def _parse_period(value: Any, _allowed_values: AllowedValues) -> str:
    label = str(value) if isinstance(value, int) and not isinstance(value, bool) else parse_text(value)
    try:
        parse_period(label, _SAMPLE_CLOCK)
    except UsageError as error:
        raise ValueError(_("a period such as last-month, last-week, yesterday or 30")) from error
    return label


def _build_choice_parser(*names: str) -> ValueParser:
    def parse_choice(value: Any, _allowed_values: AllowedValues) -> str:
        if value not in names:
            raise ValueError(_("one of {names}", names=", ".join(names)))
        return str(value)

    return parse_choice


def _parse_count(value: Any, _allowed_values: AllowedValues) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(_("a whole number, 1 or more"))
    return value


def _parse_bound(value: Any, _allowed_values: AllowedValues) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError(_("a number"))  # noqa: TRY004 - as for every value
    bound = Decimal(value)
    if not bound.is_finite() or abs(bound.adjusted()) > _MAX_DIGITS:
        raise ValueError(_("a number"))
    return bound


def _parse_every(value: Any, _allowed_values: AllowedValues) -> tuple[str, str]:
    every = parse_text(value)
    return every, parse_schedule(every)


def _parse_tables(value: Any, _allowed_values: AllowedValues) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ValueError(_("tables [[jobs.NAME.alerts]]"))
    return value


def _parse_figure(value: Any, allowed_values: AllowedValues) -> str:
    figure, figures = parse_text(value), allowed_values.figures()
    if match_figure(figure) not in figures:
        figure = allowed_values.resolve_figure(figure) or figure
    _check_names((match_figure(figure),), figures, _("figure"), allowed_values.suggest_figures)
    return figure


KEYS: dict[str, ValueParser] = {
    "title": _ignore_allowed_values(parse_text),
    "parts": _parse_parts,
    "formats": _parse_formats,
    "organization": _ignore_allowed_values(parse_text),
    "branches": _ignore_allowed_values(parse_texts),
    "each_branch": _ignore_allowed_values(parse_flag),
    "period": _parse_period,
    "compare": _build_choice_parser("previous", "year", "none"),
    "timezone": _ignore_allowed_values(parse_zone),
    "language": _ignore_allowed_values(parse_language),
    "output": _ignore_allowed_values(parse_text),
    "masking": _parse_masking,
    "reason": _ignore_allowed_values(parse_text),
    "keep": _parse_count,
    "every": _parse_every,
    "alerts": _parse_tables,
    "on_success": _ignore_allowed_values(parse_text),
    "on_failure": _ignore_allowed_values(parse_text),
    "fail_on_loss": _ignore_allowed_values(parse_flag),
    "deliver": _ignore_allowed_values(parse_addresses),
    "deliver_revealed": _ignore_allowed_values(parse_flag),
    "deliver_megabytes": _parse_count,
}
ALERT_KEYS: dict[str, ValueParser] = {
    "figure": _parse_figure,
    "against": _build_choice_parser(*get_args(Against)),
    "last": _parse_count,
    "below": _parse_bound,
    "above": _parse_bound,
    "title": _ignore_allowed_values(parse_text),
}
