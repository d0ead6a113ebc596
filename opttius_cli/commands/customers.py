"""``opttius customers``: list the customers, with a summary above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AnswerOptions
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.command_support.value_completion import complete_segments
from opttius_cli.i18n import N_, _, get_language

if TYPE_CHECKING:
    from opttius_cli.result import Answer

LIMIT_ON_SCREEN = 50
"""How many customers a terminal lists unless asked; files, pipes and JSON hold them all."""
Sort = Literal["lifetime_value", "purchases", "last_purchase", "days_since_last_purchase", "created", "name"]


@with_options(AnswerOptions)
def customers(
    options: AnswerOptions,
    search: Annotated[
        str | None, typer.Option(metavar=N_("TEXT"), help=N_("A part of the name, email, phone or RUT."))
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar=N_("SEGMENT"),
            help=N_("Only this lifecycle or RFM segment."),
            autocompletion=complete_segments,
        ),
    ] = None,
    scheme: Annotated[
        Literal["lifecycle", "rfm"] | None,
        typer.Option(help=N_("Which segments --segment means, where both have it.")),
    ] = None,
    inactive: Annotated[
        bool, typer.Option("--inactive", help=N_("Only those who are not active (segments.active_days)."))
    ] = False,
    sort: Annotated[
        Sort, typer.Option(help=N_("What to order by, the largest (or latest) first."))
    ] = "lifetime_value",
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1_000_000_000,
            metavar=N_("NUMBER"),
            help=N_("How many to list; on a terminal 50 when not given, else all."),
        ),
    ] = None,
) -> None:
    """List the customers of a scope, searched, filtered and sorted."""
    output = plan_output(options)
    filters: dict[str, Any] = {"search": search or None, "inactive": inactive, "sort": sort}
    filters["limit"] = LIMIT_ON_SCREEN if limit is None and is_screen(output) else limit
    if segment:
        filters |= _resolve_segment(segment, scheme)
    answer = _run_customers(options, filters, on_screen=is_screen(output))
    write_answer(answer, options, output)


def _resolve_segment(segment: str, scheme: str | None) -> dict[str, str]:
    """Return the segment that is meant, and of which scheme."""
    from opttius_cli.session.lookup import resolve_segment

    name, of_scheme = resolve_segment(segment, scheme)
    return {"segment": name, "scheme": of_scheme}


def _run_customers(options: AnswerOptions, filters: dict[str, Any], *, on_screen: bool) -> Answer:
    from opttius_cli.reports.layouts import CUSTOMERS, CUSTOMERS_ON_SCREEN
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    with open_session(build_request(options, every_tier=True)) as active_session:
        layout = CUSTOMERS_ON_SCREEN if on_screen else CUSTOMERS
        answer = run_reports(active_session, "customers", layout, filters)
    if "segment" in filters:
        words = _describe_segment(filters["segment"], filters["scheme"])
        answer = replace(answer, filter_words=words)
    return answer


def _describe_segment(segment: str, scheme: str) -> str:
    """Say which segment is listed, and of which scheme."""
    from opttius_cli.reports.vocabulary import get_vocabulary

    words = get_vocabulary("segment" if scheme == "lifecycle" else "rfm_segment")[get_language()]
    scheme_name = _("life cycle") if scheme == "lifecycle" else "RFM"
    return f"{words[segment]} ({scheme_name})"
