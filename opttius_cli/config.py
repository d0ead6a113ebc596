"""Declare every setting once; read it from options, environment, ``opttius.toml`` and the user's folder.

The first of these that has a value wins; :class:`Config` records where each value came from.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli import addresses, document, values
from opttius_cli.errors import ConfigError, UsageError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE = "opttius.toml"
OPTIONS = {
    "language": "lang",
    "timezone": "tz",
    "branches": "branch",
    "cache.max_age": "max-age",
    "access.user": "as",
}
"""Names of the options that differ from the key of their setting."""
DEFAULT = N_("default")


def _setting(
    key: str, read: Callable[[Any], Any], default: Any, meaning: str, *, secret: bool = False
) -> Any:
    """Declare a setting: its dotted key in the file, its parser, its default and its meaning.

    The value of a ``secret`` setting is never shown.
    """
    metadata = {"key": key, "read": read, "meaning": meaning, "secret": secret}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def _switch(key: str, meaning: str, *, default: bool) -> Any:
    """Declare a setting that is true or false."""
    return _setting(key, values.flag, default, meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting. ``origins`` maps a dotted key to where its value came from."""

    source: str | None = _setting("source", values.text, None, N_("where rows come from"))
    organization: str | None = _setting(
        "organization", values.text, None, N_("the organization, by id, slug or name")
    )
    branches: tuple[str, ...] = _setting("branches", values.texts, (), N_("the branches; all when empty"))
    timezone: str | None = _setting("timezone", values.zone, None, N_("the zone whose days are counted"))
    naive_timezone: str = _setting(
        "naive_timezone", values.zone, "UTC", N_("the zone of timestamps without an offset")
    )
    language: str | None = _setting(
        "language",
        values.language,
        None,
        N_("es or en; es-CL, es-AR, es-ES, en-US: numbers and dates as there"),
    )
    currency: str | None = _setting("currency.code", values.currency, None, N_("the currency of the reports"))
    currency_aliases: Mapping[str, str] = _setting(
        "currency.aliases", values.aliases, {}, N_("codes that stand for another one")
    )
    paid_statuses: tuple[str, ...] = _setting(
        "metrics.paid_statuses",
        values.some_texts,
        ("paid",),
        N_("payment_status values that make a purchase a sale"),
    )
    placeholder_emails: tuple[str, ...] = _setting(
        "metrics.placeholder_emails", values.texts, (), N_("addresses (or @domains) that stand for nobody")
    )
    at_risk_days: int = _setting(
        "segments.at_risk_days", values.whole, 180, N_("at-risk after more days than this")
    )
    vip_purchases: int = _setting(
        "segments.vip_purchases", values.whole, 10, N_("vip with more purchases than this")
    )
    vip_min_spent: int | None = _setting(
        "segments.vip_min_spent", values.whole, None, N_("vip from this amount on")
    )
    regular_purchases: int = _setting(
        "segments.regular_purchases", values.whole, 3, N_("regular with more purchases than this")
    )
    max_age: float | None = _setting(
        "cache.max_age", values.seconds, None, N_("load again when the snapshot is older")
    )
    cache_folder: str | None = _setting("cache.folder", values.text, None, N_("where snapshots are kept"))
    memory: str | None = _setting(
        "limits.memory",
        values.memory,
        None,
        N_(
            "memory that DuckDB may use before it spills; when not set, 1GB to load exports, "
            "360MB to load a database, 300MB to answer"
        ),
    )
    reports_folder: str | None = _setting("reports_folder", values.text, None, N_("where reports are put"))
    report_seconds: int = _setting(
        "limits.report_seconds",
        values.whole,
        60,
        N_("seconds that a report of your own may take; 0: no limit"),
    )
    privacy_mode: str = _setting(
        "privacy.mode",
        values.one_of("masked", "anonymous"),
        "masked",
        N_("how personal data is shown: masked, or anonymous (pseudonyms)"),
    )
    privacy_key: str | None = _setting(
        "privacy.key", values.secret, None, N_("the secret that pseudonyms are made with"), secret=True
    )
    min_group: int = _setting(
        "privacy.min_group", values.whole, 0, N_("groups of fewer customers have no figures; 0: all have")
    )
    reveal_roles: tuple[str, ...] = _setting(
        "privacy.reveal_roles",
        values.texts,
        (),
        N_("roles of admins that may use --reveal-pii; all when empty"),
    )
    retain_days: int | None = _setting(
        "privacy.retain_days",
        values.whole,
        None,
        N_("snapshots older than this many days are removed at the next load"),
    )
    user: str | None = _setting(
        "access.user", values.text, None, N_("the email of the admin whose rights apply, as --as gives it")
    )
    require_user: bool = _switch(
        "access.require_user", N_("whether nothing is shown unless an admin is named"), default=False
    )
    allow_suspended: bool = _switch(
        "access.allow_suspended",
        N_("whether organizations that are suspended or cancelled are shown"),
        default=False,
    )
    advanced_analytics: bool = _switch(
        "access.advanced_analytics",
        N_("whether dashboards, segments and exports are allowed when the data holds no tier"),
        default=True,
    )
    allow_reveal: bool = _switch("privacy.allow_reveal", N_("whether --reveal-pii is allowed"), default=True)
    schema: str = _setting("postgres.schema", values.text, "public", N_("the schema of the live database"))
    connect_timeout: float = _setting(
        "postgres.connect_timeout",
        values.seconds,
        10.0,
        N_("how long connecting to the live database may take"),
    )
    statement_timeout: float = _setting(
        "postgres.statement_timeout",
        values.seconds,
        300.0,
        N_("how long one query to the live database may take; 0: no limit"),
    )
    restricted: bool = _switch(
        "postgres.restricted",
        N_("whether row-level security is meant to hide rows from the role"),
        default=False,
    )
    allow_plaintext: bool = _switch(
        "postgres.allow_plaintext",
        N_("whether the connection to another machine may be unencrypted"),
        default=False,
    )
    incremental: bool = _switch(
        "postgres.incremental",
        N_("whether a stale snapshot is updated with only the rows that changed"),
        default=True,
    )
    origins: Mapping[str, str] = field(default_factory=dict)


def settings() -> dict[str, Any]:
    """Return every declared setting by dotted key: the dataclass field with its metadata."""
    return {item.metadata["key"]: item for item in fields(Config) if item.metadata}


def environment_name(key: str) -> str:
    """Return the environment variable of a setting: ``OPTTIUS_`` and the key in capitals."""
    return "OPTTIUS_" + key.upper().replace(".", "_")


def load(options: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> Config:
    """Combine ``options`` (by dotted key; None: not given), environment and files into one Config.

    Raises:
        ConfigError: invalid TOML, an unknown key, or a value of the wrong kind; it names file and key.
    """
    if unknown := set(options) - set(settings()):
        raise KeyError(unknown)
    layers: list[tuple[str, Mapping[str, Any]]] = [
        (_("option"), {k: v for k, v in options.items() if v is not None})
    ]
    names = {key: environment_name(key) for key in settings()}
    variables = {key: environment[name] for key, name in names.items() if environment.get(name)}
    layers.append((_("environment"), variables))
    layers += [(str(file), read_file(file)) for file in files(environment, folder)]
    chosen: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, item in settings().items():
        for origin, layer in layers:
            if key in layer:
                chosen[item.name] = _read(item, layer[key], key, origin)
                origins[key] = f"{origin} ({environment_name(key)})" if layer is variables else origin
                break
        else:
            origins[key] = DEFAULT
    return Config(**chosen, origins=origins)


def _read(item: Any, value: Any, key: str, origin: str) -> Any:
    try:
        return item.metadata["read"](value)
    except ValueError as error:
        value = "…" if item.metadata["secret"] else value
        if origin == _("option"):
            option = "--" + OPTIONS.get(key, key)
            raise UsageError(
                _("{option} “{value}” must be {kind}.", option=option, value=value, kind=error)
            ) from error
        raise ConfigError(
            _("{origin}: {key} = {value!r} must be {kind}.", origin=origin, key=key, value=value, kind=error)
        ) from error


def files(environment: Mapping[str, str], folder: Path) -> list[Path]:
    """Return the config files that apply: the nearest ``opttius.toml`` here or above, then the user's."""
    nearest = next((here / FILE for here in (folder, *folder.parents) if (here / FILE).is_file()), None)
    users = user_folder(environment) / FILE
    return [file for file in (nearest, users) if file and file.is_file()]


def user_folder(environment: Mapping[str, str]) -> Path:
    """Return the user's config folder, which also holds ``reports/``."""
    if environment.get("OPTTIUS_CONFIG_DIR"):
        return Path(environment["OPTTIUS_CONFIG_DIR"])
    import platformdirs

    return Path(platformdirs.user_config_dir("opttius", appauthor=False))


def cache_folder(config: Config, environment: Mapping[str, str]) -> Path:
    """Return the folder of snapshots."""
    if config.cache_folder or environment.get("OPTTIUS_CACHE_DIR"):
        return Path(config.cache_folder or environment["OPTTIUS_CACHE_DIR"]).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("opttius", appauthor=False))


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of logs."""
    if environment.get("OPTTIUS_STATE_DIR"):
        return Path(environment["OPTTIUS_STATE_DIR"])
    import platformdirs

    return Path(platformdirs.user_state_dir("opttius", appauthor=False))


_PATHS = {"source", "cache.folder", "reports_folder"}


def _beside(file: Path, value: Any) -> Any:
    """Make a relative path relative to the config file it stands in, wherever the command runs."""
    if not isinstance(value, str) or not value.strip():
        return value
    path = file.parent / Path(value).expanduser()
    return value if addresses.is_address(value) and not addresses.is_path(str(path)) else str(path)


_FREE_TABLES = {"reports"}
"""Tables of the file that define jobs instead of settings."""


def read_file(file: Path) -> dict[str, Any]:
    """Read the settings of one file by dotted key. Raises ConfigError for invalid TOML or an unknown key."""
    held = document.parsed(file, document.text_of(file))
    known = settings()
    flat: dict[str, Any] = {}
    for key, value in held.items():
        if key in _FREE_TABLES:
            continue
        if isinstance(value, dict) and key not in known:
            flat |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            flat[key] = value
    for key in _PATHS & set(flat):
        flat[key] = _beside(file, flat[key])
    for key in flat:
        if key not in known:
            from difflib import get_close_matches

            near = get_close_matches(key, known, n=1)
            hint = _(" Did you mean {key}?", key=near[0]) if near else ""
            raise ConfigError(_("{file}: there is no setting {key}.", file=file, key=key) + hint)
    return flat


def default_of(item: Any) -> Any:
    """Return the default of a declared setting."""
    return item.default if item.default is not MISSING else item.default_factory()
