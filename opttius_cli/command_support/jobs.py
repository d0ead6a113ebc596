"""Load the jobs of ``opttius.toml``, and build the request of each run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import config as settings
from opttius_cli.command_support.audit_hook import record_reveal
from opttius_cli.command_support.request import build_reporter, load_library
from opttius_cli.privacy.permission import check_reveal_early
from opttius_cli.privacy.policy import build_policy
from opttius_cli.render import registry
from opttius_cli.reports import alert_figures
from opttius_cli.reports.layouts import DASHBOARD
from opttius_cli.reports.own_words import map_section_reports, resolve_titled
from opttius_cli.reports.report_parts import map_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from opttius_cli.command_support.options import LoadOptions
    from opttius_cli.config import Config
    from opttius_cli.jobs.definition import AllowedValues, Job
    from opttius_cli.session.state import Request

_SCREEN_FORMATS = {"table"}


def build_allowed_values() -> AllowedValues:
    """Return the report parts, figures, formats and masking modes that a job may use."""
    from opttius_cli.jobs.definition import AllowedValues

    formats = {
        name: renderer.extension
        for name, renderer in registry.RENDERERS.items()
        if name not in _SCREEN_FORMATS
    }
    report_library = load_library()
    parts = map_parts(report_library.list_user_reports())

    def resolve_part(label: str) -> str | None:
        # A title that a section and an export share means the section, as their name does.
        sections = map_section_reports(DASHBOARD)
        others = {
            name: [slot.report for slot in slots]
            for name, slots in parts.items()
            if name not in {*sections, "dashboard"}
        }
        first = {name: reports[:1] for name, reports in others.items()}
        short = {name: reports for name, reports in first.items() if "/" not in name}
        short_whole = {name: others[name] for name in short}
        return next(
            (
                found
                for names in (short, sections, first, short_whole)
                if (found := resolve_titled(label, names, report_library))
            ),
            None,
        )

    return AllowedValues(
        list(parts),
        lambda: alert_figures.list_keys(report_library),
        formats,
        ("masked", "anonymous", "revealed"),
        resolve_part,
        lambda label: alert_figures.resolve_figure(label, report_library),
        lambda label: alert_figures.suggest_figures(label, report_library),
    )


def load_jobs(config: Config) -> dict[str, Job]:
    """Load every job that the config files define. Raises DefinitionError for an invalid one."""
    from opttius_cli.jobs.definition import load_jobs

    root = Path(config.jobs_folder).expanduser().absolute() if config.jobs_folder else None
    return load_jobs(
        settings.find_config_files(os.environ, Path.cwd()), root, config.timezone, build_allowed_values()
    )


def describe_lacks(jobs: Mapping[str, Job]) -> list[str]:
    """Say which optional package the pages of each job will lack, and what to type."""
    lacks = (
        (name, registry.RENDERERS[format_name].describe_lack())
        for name, job in jobs.items()
        for format_name in job.formats
    )
    return [f"[jobs.{name}] {lack}" for name, lack in lacks if lack]


def list_variables(jobs: Mapping[str, Job]) -> list[str]:
    """Return the variables of the environment that jobs may rest on: of settings, and of their addresses."""
    from opttius_cli.jobs.definition.addresses import list_variables

    addresses = [address for job in jobs.values() for address in job.deliver]
    return [
        *(settings.environment_variable(key) for key in settings.list_settings()),
        *(name for address in addresses for name in list_variables(address)),
    ]


def describe_undeliverable(jobs: Mapping[str, Job]) -> list[str]:
    """Say what keeps the files of each job from being sent, and what to type."""
    if not any(job.deliver for job in jobs.values()):
        return []
    from opttius_cli.jobs.delivery import list_problems

    return [f"[jobs.{name}] {problem}" for name, problem in list_problems(jobs, os.environ)]


def build_job_request(
    options: LoadOptions, config: Config, job: Job, as_of: str | None, now: datetime
) -> Request:
    """Build the request of a run of ``job`` at ``as_of``; ``now`` is the clock."""
    from opttius_cli.session.state import Request

    is_revealed = job.masking == "revealed"
    if is_revealed:
        check_reveal_early(config, "masking = “revealed”")
        record_reveal(options.record, job.reason or "")
    options.record.report, options.record.masking = job.name, job.masking
    return Request(
        replace(
            config,
            organization=job.organization or config.organization,
            branches=job.branches or config.branches,
            timezone=job.timezone or config.timezone,
        ),
        os.environ,
        now,
        build_reporter(options),
        period=job.period,
        as_of=as_of,
        compare=job.compare,
        refresh=options.refresh,
        strict=options.strict,
        policy=build_policy(config, anonymous=job.masking == "anonymous", reveal=is_revealed),
        record=options.record,
    )
