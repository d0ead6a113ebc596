"""``opttius config``: show the settings and their origin, create a config file, validate one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from opttius_cli import addresses
from opttius_cli import config as settings
from opttius_cli.commands.defined import definitions
from opttius_cli.commands.options import Shared, shared
from opttius_cli.errors import ConfigError, OutputError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
_HIDDEN = "…"
"""Shown instead of the value of a secret."""


@app.command(help=N_("Print every setting with its value and its origin."))
@shared(Shared)
def show(
    options: Shared,
    as_json: Annotated[bool, typer.Option("--json", help=N_("As JSON."))] = False,
) -> None:
    """Print every setting, its value, and its origin."""
    config = settings.load({"language": options.lang}, os.environ, Path.cwd())
    values = {
        key: _HIDDEN if item.metadata["secret"] and getattr(config, item.name) else getattr(config, item.name)
        for key, item in settings.settings().items()
    }
    if as_json:
        safe = {
            key: addresses.shown(value) if isinstance(value, str) else value for key, value in values.items()
        }
        rows = [{"key": key, "value": value, "origin": config.origins[key]} for key, value in safe.items()]
        sink.write_text(json.dumps(rows, ensure_ascii=False, indent=2, default=list) + "\n")
        return
    for key, value in values.items():
        sink.write_text(f"{key:<28} {_shown(value):<28} {_(config.origins[key])}\n")


@app.command(help=N_("Write a commented opttius.toml into this folder."))
@shared(Shared)
def init(
    options: Shared,
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite an existing file."))] = False,
) -> None:
    """Write a file with every setting, commented out, and its meaning."""
    del options
    file = Path.cwd() / settings.FILE

    text = template().encode()
    if file.exists() and not force:
        raise OutputError(_("{file} already exists. Add --force to overwrite it.", file=file))
    sink.write_whole(file, force, lambda out: out.write(text))
    sink.write_text(f"{file}\n")


@app.command(help=N_("Check opttius.toml: print the file, key and value of an error."))
@shared(Shared)
def validate(options: Shared) -> None:
    """Confirm that every file that applies is valid, or raise the first error."""
    del options
    config = settings.load({}, os.environ, Path.cwd())
    files = settings.files(os.environ, Path.cwd())
    definitions(config)
    source = config.source
    if source and not addresses.is_path(source) and not addresses.is_address(source):
        raise ConfigError(_("source = {value}: this folder or file does not exist.", value=source))
    for file in files:
        sink.write_text(_("{file} is valid.", file=file) + "\n")
    if not files:
        sink.write_text(
            _(
                "There is no {file} in this folder, in one above it, or in {folder}.",
                file=settings.FILE,
                folder=settings.user_folder(os.environ),
            )
            + "\n"
        )


@app.command(help=N_("Print a new secret for privacy.key, which pseudonyms are made with."))
@shared(Shared)
def key(options: Shared) -> None:
    """Print the lines for opttius.toml, with a new secret every time."""
    import secrets

    del options
    sink.write_text(f'[privacy]\nkey = "{secrets.token_hex(32)}"\n')


def template() -> str:
    """Return an opttius.toml with every setting commented out, its meaning above it."""
    sections: dict[str, list[str]] = {}
    for key, item in settings.settings().items():
        section, _dot, name = key.rpartition(".")
        default = settings.default_of(item)
        lines = [f"# {_(item.metadata['meaning'])}", f"# {name} = {_toml(default)}"]
        sections.setdefault(section, []).extend(lines)
    blocks = ["\n".join(([f"[{section}]"] if section else []) + lines) for section, lines in sections.items()]
    return "\n\n".join(blocks) + "\n"


def _toml(value: Any) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f'{key} = "{item}"' for key, item in value.items()) + " }" if value else "{}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _toml(value)
    if isinstance(value, str):
        return addresses.shown(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "—"
    return ", ".join(f"{k}={v}" for k, v in value.items()) or "—" if isinstance(value, dict) else str(value)
