"""Declare every setting once; read it from options, environment, ``opttius.toml`` and the user's folder.

The first of these that has a value wins; :class:`Config` records where each value came from.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli import redaction, setting_parsers, toml_file
from opttius_cli.errors import ConfigError, UsageError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE_NAME = "opttius.toml"
OPTION_NAMES = {
    "language": "lang",
    "timezone": "tz",
    "branches": "branch",
    "cache.max_age": "max-age",
    "access.user": "as",
}
"""Names of the options that differ from the key of their setting."""
DEFAULT = N_("default")
_MAX_QUOTED = 200
"""How much of a wrong value an error shows."""
_OLD_CACHE_VARIABLE = "OPTTIUS_CACHE_DIR"


def _declare_setting(
    key: str, read: Callable[[Any], Any], default: Any, meaning: str, *, secret: bool = False
) -> Any:
    """Declare a setting: its dotted key in the file, its parser, its default and its meaning.

    The value of a ``secret`` setting is never shown.
    """
    metadata = {"key": key, "read": read, "meaning": meaning, "secret": secret}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def _declare_switch(key: str, meaning: str, *, default: bool) -> Any:
    """Declare a setting that is true or false."""
    return _declare_setting(key, setting_parsers.parse_flag, default, meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting. ``origins`` maps a dotted key to where its value came from."""

    source: str | None = _declare_setting(
        "source", setting_parsers.parse_text, None, N_("where rows come from")
    )
    engine: str = _declare_setting(
        "engine",
        setting_parsers.parse_engine,
        "duckdb",
        N_("what runs the reports: duckdb on this machine, or spark on a cluster that reads a lake"),
    )
    remote: str | None = _declare_setting(
        "remote",
        setting_parsers.parse_remote,
        None,
        N_("the cluster for the engine spark: sc://HOST:15002"),
        secret=True,
    )
    tables: Mapping[str, str] = _declare_setting(
        "tables",
        setting_parsers.parse_texts_by_name,
        {},
        N_("files or sheets that hold a table under another name"),
    )
    columns: Mapping[str, Mapping[str, str]] = _declare_setting(
        "columns",
        setting_parsers.parse_columns,
        {},
        N_("columns that have another name, by table"),
    )
    values: Mapping[str, Mapping[str, str]] = _declare_setting(
        "values",
        setting_parsers.parse_values,
        {},
        N_("what a column holds in every row, by table, where the source does not have it"),
    )
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = _declare_setting(
        "words",
        setting_parsers.parse_words,
        {},
        N_("what the words of a column mean, by table and column"),
    )
    organization: str | None = _declare_setting(
        "organization", setting_parsers.parse_text, None, N_("the organization, by id, slug or name")
    )
    branches: tuple[str, ...] = _declare_setting(
        "branches", setting_parsers.parse_texts, (), N_("the branches; all when empty")
    )
    timezone: str | None = _declare_setting(
        "timezone", setting_parsers.parse_zone, None, N_("the zone whose days are counted")
    )
    naive_timezone: str = _declare_setting(
        "naive_timezone", setting_parsers.parse_zone, "UTC", N_("the zone of timestamps without an offset")
    )
    language: str | None = _declare_setting(
        "language",
        setting_parsers.parse_language,
        None,
        N_("es or en; es-CL, es-AR, es-ES, en-US: numbers and dates as there"),
    )
    adopt: str | bool = _declare_setting(
        "scope.adopt",
        setting_parsers.parse_adoption,
        True,  # noqa: FBT003 - a default
        N_(
            "whose the branches and rows are that name no organization: true, of the only one; false, nobody's; "
            "or the slug of one"
        ),
    )
    currency: str | None = _declare_setting(
        "currency.code", setting_parsers.parse_currency, None, N_("the currency of the reports")
    )
    currency_aliases: Mapping[str, str] = _declare_setting(
        "currency.aliases", setting_parsers.parse_aliases, {}, N_("codes that stand for another one")
    )
    paid_statuses: tuple[str, ...] = _declare_setting(
        "metrics.paid_statuses",
        setting_parsers.parse_nonempty_texts,
        ("paid",),
        N_("payment_status values that make a purchase a sale"),
    )
    placeholder_emails: tuple[str, ...] = _declare_setting(
        "metrics.placeholder_emails",
        setting_parsers.parse_texts,
        (),
        N_("addresses (or @domains) that stand for nobody"),
    )
    placeholder_ruts: tuple[str, ...] = _declare_setting(
        "metrics.placeholder_ruts", setting_parsers.parse_texts, (), N_("RUTs that stand for nobody")
    )
    at_risk_days: int = _declare_setting(
        "segments.at_risk_days",
        setting_parsers.parse_whole_number,
        540,
        N_("at-risk after more days than this"),
    )
    vip_purchases: int = _declare_setting(
        "segments.vip_purchases",
        setting_parsers.parse_whole_number,
        10,
        N_("vip with more purchases than this"),
    )
    vip_min_spent: int | None = _declare_setting(
        "segments.vip_min_spent", setting_parsers.parse_whole_number, None, N_("vip from this amount on")
    )
    regular_purchases: int = _declare_setting(
        "segments.regular_purchases",
        setting_parsers.parse_whole_number,
        3,
        N_("regular with more purchases than this"),
    )
    active_days: int = _declare_setting(
        "segments.active_days",
        setting_parsers.parse_whole_number,
        365,
        N_("active with a purchase in this many days"),
    )
    capacity: int = _declare_setting(
        "worklist.capacity",
        setting_parsers.build_range_parser(1, 10_000),
        40,
        N_("customers that a branch can call in a week, those with glasses or debts apart"),
    )
    exam_months: int = _declare_setting(
        "worklist.exam_months",
        setting_parsers.build_range_parser(1, 120),
        12,
        N_("months from one eye exam to the next"),
    )
    hold_back_pct: int = _declare_setting(
        "worklist.hold_back_pct",
        setting_parsers.build_range_parser(0, 90),
        0,
        N_("of a hundred customers worth a call, how many are not called, to measure what calls bring"),
    )
    opt_out_tags: tuple[str, ...] = _declare_setting(
        "worklist.opt_out_tags",
        setting_parsers.parse_texts,
        ("no-contactar",),
        N_("tags of customers who must not be contacted"),
    )
    opt_out: str | None = _declare_setting(
        "worklist.opt_out",
        setting_parsers.parse_text,
        None,
        N_("a file of customers who must not be contacted: an id, RUT or email a line"),
    )
    chances: Mapping[str, int] = _declare_setting(
        "worklist.chance",
        setting_parsers.parse_chances,
        dict(setting_parsers.CHANCES),
        N_("of a hundred customers called for a reason, how many come back"),
    )
    max_age: float | None = _declare_setting(
        "cache.max_age", setting_parsers.parse_duration, None, N_("load again when the snapshot is older")
    )
    cache_folder: str | None = _declare_setting(
        "cache.folder", setting_parsers.parse_text, None, N_("where snapshots are kept")
    )
    memory: str | None = _declare_setting(
        "limits.memory",
        setting_parsers.parse_memory,
        None,
        N_(
            "memory that DuckDB may use before it spills; when not set, 1GB to load exports, "
            "360MB to load a database, 300MB to answer"
        ),
    )
    goals: str | None = _declare_setting(
        "goals",
        setting_parsers.parse_text,
        None,
        N_("the file of what each branch means to sell in a month: branch,month,revenue"),
    )
    jobs_folder: str | None = _declare_setting(
        "jobs_folder", setting_parsers.parse_text, None, N_("where the files of jobs are put")
    )
    report_seconds: int = _declare_setting(
        "limits.report_seconds",
        setting_parsers.parse_whole_number,
        60,
        N_("seconds that a report of your own may take; 0: no limit"),
    )
    has_sql_sheet: bool = _declare_switch(
        "xlsx.sql", N_("whether a workbook has a sheet with the SQL of its figures"), default=False
    )
    privacy_mode: str = _declare_setting(
        "privacy.mode",
        setting_parsers.build_choice_parser("masked", "anonymous"),
        "masked",
        N_("how personal data is shown: masked, or anonymous (pseudonyms)"),
    )
    privacy_key: str | None = _declare_setting(
        "privacy.key",
        setting_parsers.parse_secret,
        None,
        N_("the secret that pseudonyms are made with"),
        secret=True,
    )
    min_group: int = _declare_setting(
        "privacy.min_group",
        setting_parsers.parse_whole_number,
        0,
        N_("groups of fewer customers have no figures; 0: all have"),
    )
    reveal_roles: tuple[str, ...] = _declare_setting(
        "privacy.reveal_roles",
        setting_parsers.parse_texts,
        (),
        N_("roles of admins that may use --reveal-pii; all when empty"),
    )
    retain_days: int | None = _declare_setting(
        "privacy.retain_days",
        setting_parsers.parse_whole_number,
        None,
        N_("snapshots older than this many days are removed at the next load"),
    )
    user: str | None = _declare_setting(
        "access.user",
        setting_parsers.parse_text,
        None,
        N_("the email of the admin whose rights apply, as --as gives it"),
    )
    require_user: bool = _declare_switch(
        "access.require_user", N_("whether nothing is shown unless an admin is named"), default=False
    )
    allow_suspended: bool = _declare_switch(
        "access.allow_suspended",
        N_("whether organizations that are suspended or cancelled are shown"),
        default=False,
    )
    advanced_analytics: bool = _declare_switch(
        "access.advanced_analytics",
        N_("whether dashboards, segments and exports are allowed when the data holds no tier"),
        default=True,
    )
    allow_reveal: bool = _declare_switch(
        "privacy.allow_reveal", N_("whether --reveal-pii is allowed"), default=True
    )
    schema: str = _declare_setting(
        "postgres.schema", setting_parsers.parse_text, "public", N_("the schema of the live database")
    )
    connect_timeout: float = _declare_setting(
        "postgres.connect_timeout",
        setting_parsers.parse_duration,
        10.0,
        N_("how long connecting to the live database may take"),
    )
    statement_timeout: float = _declare_setting(
        "postgres.statement_timeout",
        setting_parsers.parse_duration,
        300.0,
        N_("how long one query to the live database may take; 0: no limit"),
    )
    restricted: bool = _declare_switch(
        "postgres.restricted",
        N_("whether row-level security is meant to hide rows from the role"),
        default=False,
    )
    allow_plaintext: bool = _declare_switch(
        "postgres.allow_plaintext",
        N_("whether the connection to another machine may be unencrypted"),
        default=False,
    )
    incremental: bool = _declare_switch(
        "postgres.incremental",
        N_("whether a stale snapshot is updated with only the rows that changed"),
        default=True,
    )
    origins: Mapping[str, str] = field(default_factory=dict)


def list_settings() -> dict[str, Any]:
    """Return every declared setting by dotted key: the dataclass field with its metadata."""
    return {item.metadata["key"]: item for item in fields(Config) if item.metadata}


def environment_variable(key: str) -> str:
    """Return the environment variable of a setting: ``OPTTIUS_`` and the key in capitals."""
    return "OPTTIUS_" + key.upper().replace(".", "_")


def resolve_config(options: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> Config:
    """Combine ``options`` (by dotted key; None: not given), environment and files into one Config.

    Raises:
        ConfigError: invalid TOML, an unknown key, or a value of the wrong kind; it names file and key.
    """
    if unknown := set(options) - set(list_settings()):
        raise KeyError(unknown)
    layers: list[tuple[str, Mapping[str, Any]]] = [
        (_("option"), {key: value for key, value in options.items() if value is not None})
    ]
    for old, new in _OLD_NAMES.items():
        if environment.get(environment_variable(old)):
            raise ConfigError(
                _(
                    "{origin}: {old} is called {new} now. Type {new}.",
                    origin=_("environment"),
                    old=environment_variable(old),
                    new=environment_variable(new),
                )
            )
    names = {key: environment_variable(key) for key in list_settings()}
    variables = {key: environment[name] for key, name in names.items() if environment.get(name)}
    layers.append((_("environment"), variables))
    layers += [(str(file), read_config_file(file)) for file in find_config_files(environment, folder)]
    values_by_field: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, item in list_settings().items():
        for origin, layer in layers:
            if key in layer:
                values_by_field[item.name] = _parse_value(item, layer[key], key, origin)
                origins[key] = f"{origin} ({environment_variable(key)})" if layer is variables else origin
                break
        else:
            origins[key] = DEFAULT
    return Config(**values_by_field, origins=origins)


def _parse_value(item: Any, value: Any, key: str, origin: str) -> Any:
    try:
        return item.metadata["read"](value)
    except ValueError as error:
        if origin == _("option"):
            option, typed = "--" + OPTION_NAMES.get(key, key), _quote(item, str(value))
            raise UsageError(
                _("{option} “{value}” must be {kind}.", option=option, value=typed, kind=error)
            ) from error
        written = _quote(item, repr(value))
        raise ConfigError(
            _("{origin}: {key} = {value} must be {kind}.", origin=origin, key=key, value=written, kind=error)
        ) from error


def _quote(item: Any, value: str) -> str:
    """Return a value as an error shows it: a long one in part, a secret one not at all."""
    if item.metadata["secret"]:
        return "…"
    return value if len(value) <= _MAX_QUOTED else value[:_MAX_QUOTED] + "…"


def find_config_files(environment: Mapping[str, str], folder: Path) -> list[Path]:
    """Return the config files that apply: the nearest ``opttius.toml`` here or above, then the user's."""
    project_file = next(
        (parent / FILE_NAME for parent in (folder, *folder.parents) if (parent / FILE_NAME).is_file()), None
    )
    user_file = find_user_folder(environment) / FILE_NAME
    return [file for file in (project_file, user_file) if file and file.is_file()]


def find_user_folder(environment: Mapping[str, str]) -> Path:
    """Return the user's config folder, which also holds ``reports/``."""
    if environment.get("OPTTIUS_CONFIG_DIR"):
        return Path(environment["OPTTIUS_CONFIG_DIR"])
    import platformdirs

    return Path(platformdirs.user_config_dir("opttius", appauthor=False))


def find_cache_folder(config: Config, environment: Mapping[str, str]) -> Path:
    """Return the folder of snapshots."""
    return _locate_cache_folder(config, environment)[0]


def find_cache_origin(config: Config, environment: Mapping[str, str]) -> str:
    """Return where the folder of snapshots comes from: a file, a variable, or the default."""
    return _locate_cache_folder(config, environment)[1]


def _locate_cache_folder(config: Config, environment: Mapping[str, str]) -> tuple[Path, str]:
    """Return the folder of snapshots, and where it comes from. Raises ConfigError for an old variable."""
    if environment.get(_OLD_CACHE_VARIABLE):
        raise ConfigError(
            _(
                "{old} is not read any more. Set {variable} instead.",
                old=_OLD_CACHE_VARIABLE,
                variable=environment_variable("cache.folder"),
            )
        )
    if config.cache_folder:
        return Path(config.cache_folder).expanduser(), config.origins["cache.folder"]
    import platformdirs

    return Path(platformdirs.user_cache_dir("opttius", appauthor=False)), DEFAULT


def find_state_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of logs."""
    if environment.get("OPTTIUS_STATE_DIR"):
        return Path(environment["OPTTIUS_STATE_DIR"])
    import platformdirs

    return Path(platformdirs.user_state_dir("opttius", appauthor=False))


_PATH_SETTINGS = {"source", "cache.folder", "goals", "jobs_folder", "worklist.opt_out"}


def _resolve_path(file: Path, value: Any) -> Any:
    """Make a relative path relative to the config file it stands in, wherever the command runs."""
    if not isinstance(value, str) or not value.strip():
        return value
    path = file.parent / Path(value).expanduser()
    return (
        value
        if redaction.is_connection_string(value) and not redaction.is_existing_path(str(path))
        else str(path)
    )


_JOB_TABLES = {"jobs"}
"""Tables of the file that define jobs instead of settings."""
_OLD_NAMES = {"reports": "jobs", "reports_folder": "jobs_folder"}
"""Keys of a file that were renamed: an old one is an error that names the new one."""


def _reject_old_names(tables: Mapping[str, Any], file: Path) -> None:
    """Raise ConfigError for a key that was renamed, with what to type instead."""
    for old, new in _OLD_NAMES.items():
        if old not in tables:
            continue
        table = next(iter(tables[old]), "NAME") if isinstance(tables[old], dict) else None
        old_key, new_key = (f"[{key}.{table}]" if table else key for key in (old, new))
        raise ConfigError(
            _("{origin}: {old} is called {new} now. Type {new}.", origin=file, old=old_key, new=new_key)
        )


def read_config_file(file: Path) -> dict[str, Any]:
    """Read the settings of one file by dotted key. Raises ConfigError for invalid TOML or an unknown key."""
    tables = toml_file.parse_toml(file, toml_file.read_text(file))
    _reject_old_names(tables, file)
    declared = list_settings()
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        if key in _JOB_TABLES:
            continue
        if isinstance(value, dict) and key not in declared:
            flat |= {f"{key}.{name}": item for name, item in value.items()}
        else:
            flat[key] = value
    for key in _PATH_SETTINGS & set(flat):
        flat[key] = _resolve_path(file, flat[key])
    for key in flat:
        if key not in declared:
            from difflib import get_close_matches

            suggestions = get_close_matches(key, declared, n=1)
            hint = _(" Did you mean {key}?", key=suggestions[0]) if suggestions else ""
            raise ConfigError(_("{file}: there is no setting {key}.", file=file, key=key) + hint)
    return flat


def get_default(item: Any) -> Any:
    """Return the default of a declared setting."""
    return item.default if item.default is not MISSING else item.default_factory()
