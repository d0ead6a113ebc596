"""``opttius config``: show the settings and their origin, validate the files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from opttius_cli import config as settings
from opttius_cli import redaction
from opttius_cli.command_support.command_group import build_group
from opttius_cli.command_support.config_template import format_toml
from opttius_cli.command_support.jobs import describe_lacks, describe_undeliverable, load_jobs
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions
from opttius_cli.errors import ConfigError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

app = build_group()
_REDACTED = "…"
"""Shown instead of the value of a secret."""


@app.command(help=N_("Print every setting with its value and its origin."))
@with_options(CommonOptions)
def show(
    options: CommonOptions,
    as_json: Annotated[bool, typer.Option("--json", help=N_("As JSON."))] = False,
) -> None:
    """Print every setting, its value, and its origin."""
    config = settings.resolve_config({"language": options.lang}, os.environ, Path.cwd())
    values = {
        key: _REDACTED
        if item.metadata["secret"] and getattr(config, item.name)
        else getattr(config, item.name)
        for key, item in settings.list_settings().items()
    }
    # Not only the setting decides where the cache folder is.
    values["cache.folder"] = str(settings.find_cache_folder(config, os.environ))
    origins = {**config.origins, "cache.folder": settings.find_cache_origin(config, os.environ)}
    if as_json:
        safe = {
            key: redaction.redact_value(value) if isinstance(value, str) else value
            for key, value in values.items()
        }
        rows = [{"key": key, "value": value, "origin": origins[key]} for key, value in safe.items()]
        sink.write_stdout_text(json.dumps(rows, ensure_ascii=False, indent=2, default=list) + "\n")
        return
    for key, value in values.items():
        sink.write_stdout_text(f"{key:<28} {_format_value(value):<28} {_(origins[key])}\n")


@app.command(help=N_("Check opttius.toml: print the file, key and value of an error."))
@with_options(CommonOptions)
def validate(options: CommonOptions) -> None:
    """Confirm that every file that applies is valid and every job can send, or raise the first error."""
    del options
    config = settings.resolve_config({}, os.environ, Path.cwd())
    files = settings.find_config_files(os.environ, Path.cwd())
    jobs = load_jobs(config)
    source = config.source
    if source and not redaction.is_existing_path(source) and not redaction.is_connection_string(source):
        raise ConfigError(_("source = {value}: this folder or file does not exist.", value=source))
    for lack in describe_lacks(jobs):
        sink.write_stdout_text(f"{lack}\n")
    if problems := describe_undeliverable(jobs):
        raise ConfigError("\n".join(problems))
    for file in files:
        sink.write_stdout_text(_("{file} is valid.", file=file) + "\n")
    if not files:
        sink.write_stdout_text(
            _(
                "There is no {file} in this folder, in one above it, or in {folder}.",
                file=settings.FILE_NAME,
                folder=settings.find_user_folder(os.environ),
            )
            + "\n"
        )


@app.command(help=N_("Print a new secret for privacy.key, which pseudonyms are made with."))
@with_options(CommonOptions)
def key(options: CommonOptions) -> None:
    """Print the lines for opttius.toml, with a new secret every time."""
    import secrets

    del options
    sink.write_stdout_text(f'[privacy]\nkey = "{secrets.token_hex(32)}"\n')


def _format_value(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return format_toml(value)
    if isinstance(value, str):
        return redaction.redact_value(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "—"
    return ", ".join(f"{k}={v}" for k, v in value.items()) or "—" if isinstance(value, dict) else str(value)
