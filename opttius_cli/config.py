"""Settings: declared once below, read from options, environment, ``opttius.toml`` and the user's config folder.

The first that names a value wins, in that order; :class:`Config` keeps where each value came from.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opttius_cli.errors import ConfigError, UsageError
from opttius_cli.i18n import LANGUAGES, N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE = "opttius.toml"
OPTIONS = {"language": "lang", "timezone": "tz", "branches": "branch", "cache.max_age": "max-age"}
"""Options whose name is not that of their setting."""
DEFAULT = N_("default")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("a text"))
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(_("a list of texts"))
    return tuple(item.strip() for item in value)


def _flag(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, str):
        value = words.get(value.lower())
    if not isinstance(value, bool):
        raise ValueError(_("true or false"))
    return value


def _whole(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(_("a whole number, 0 or more"))
    return value


def _pairs(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(_('a table of texts, for example { ARS = "CLP" }'))
    return {key.strip().upper(): item.strip().upper() for key, item in value.items()}


def _language(value: Any) -> str:
    if value not in LANGUAGES:
        raise ValueError(_("one of {names}", names=", ".join(LANGUAGES)))
    return str(value)


_NO_ZONES = {"posixrules", "localtime", "Factory"}
"""Names of the zone database that are no place's time."""


def _zone(value: Any) -> str:
    name = _text(value)
    try:
        is_place = name not in _NO_ZONES and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        is_place = False
    if not is_place:
        raise ValueError(_("a time zone such as America/Santiago"))
    return name


def _currency(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", _text(value)):
        raise ValueError(_("a currency code of three letters such as CLP"))
    return _text(value).upper()


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(value: Any) -> float:
    """A duration such as ``90``, ``30s``, ``5m``, ``2h``, ``1d``, in seconds. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", str(value).strip().lower())
    if not found:
        raise ValueError(_("a duration such as 30s, 5m or 2h"))
    return float(found[1]) * _SECONDS[found[2] or "s"]


def _memory(value: Any) -> str:
    if not re.fullmatch(r"0*[1-9]\d*(\.\d+)?\s*[KMGT]i?B", str(value).strip()):
        raise ValueError(_("an amount of memory such as 1GB"))
    return str(value).strip()


def _setting(key: str, read: Callable[[Any], Any], default: Any, meaning: str) -> Any:
    """Declare a setting: its dotted key in the file, how it is read, its default and what it means."""
    metadata = {"key": key, "read": read, "meaning": meaning}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting. ``origins`` maps a dotted key to where its value came from."""

    source: str | None = _setting("source", _text, None, N_("where rows come from"))
    organization: str | None = _setting(
        "organization", _text, None, N_("the organization, by id, slug or name")
    )
    branches: tuple[str, ...] = _setting("branches", _texts, (), N_("the branches; all when empty"))
    timezone: str | None = _setting("timezone", _zone, None, N_("the zone whose days are counted"))
    naive_timezone: str = _setting(
        "naive_timezone", _zone, "UTC", N_("the zone of timestamps without an offset")
    )
    language: str | None = _setting("language", _language, None, N_("es or en"))
    currency: str | None = _setting("currency.code", _currency, None, N_("the currency of the reports"))
    currency_aliases: Mapping[str, str] = _setting(
        "currency.aliases", _pairs, {}, N_("codes that stand for another one")
    )
    paid_statuses: tuple[str, ...] = _setting(
        "metrics.paid_statuses", _texts, ("paid",), N_("payment_status values that make a purchase a sale")
    )
    placeholder_emails: tuple[str, ...] = _setting(
        "metrics.placeholder_emails", _texts, (), N_("addresses (or @domains) that stand for nobody")
    )
    at_risk_days: int = _setting(
        "segments.at_risk_days", _whole, 180, N_("at-risk after more days than this")
    )
    vip_purchases: int = _setting(
        "segments.vip_purchases", _whole, 10, N_("vip with more purchases than this")
    )
    vip_min_spent: int | None = _setting(
        "segments.vip_min_spent", _whole, None, N_("vip from this amount on")
    )
    regular_purchases: int = _setting(
        "segments.regular_purchases", _whole, 3, N_("regular with more purchases than this")
    )
    max_age: float | None = _setting(
        "cache.max_age", seconds, None, N_("load again when the snapshot is older")
    )
    cache_folder: str | None = _setting("cache.folder", _text, None, N_("where snapshots are kept"))
    memory: str = _setting("limits.memory", _memory, "1GB", N_("memory that DuckDB may use before it spills"))
    allow_reveal: bool = _setting(
        "privacy.allow_reveal",
        _flag,
        True,  # noqa: FBT003 - the default that this setting has
        N_("whether --reveal-pii is allowed"),
    )
    origins: Mapping[str, str] = field(default_factory=dict)


def settings() -> dict[str, Any]:
    """Every declared setting by its dotted key: the dataclass field with its metadata."""
    return {item.metadata["key"]: item for item in fields(Config) if item.metadata}


def environment_name(key: str) -> str:
    """The environment variable of a setting: ``OPTTIUS_`` and the key in capitals."""
    return "OPTTIUS_" + key.upper().replace(".", "_")


def load(options: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> Config:
    """The settings, from ``options`` (by dotted key; None: not given), environment and files.

    Raises:
        ConfigError: a file that is no TOML, an unknown key, or a value of the wrong kind; names file and key.
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
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, item in settings().items():
        for origin, layer in layers:
            if key in layer:
                values[item.name] = _read(item, layer[key], key, origin)
                origins[key] = f"{origin} ({environment_name(key)})" if layer is variables else origin
                break
        else:
            origins[key] = DEFAULT
    return Config(**values, origins=origins)


def _read(item: Any, value: Any, key: str, origin: str) -> Any:
    try:
        return item.metadata["read"](value)
    except ValueError as error:
        if origin == _("option"):
            option = "--" + OPTIONS.get(key, key)
            raise UsageError(
                _("{option} “{value}” must be {kind}.", option=option, value=value, kind=error)
            ) from error
        raise ConfigError(
            _("{origin}: {key} = {value!r} must be {kind}.", origin=origin, key=key, value=value, kind=error)
        ) from error


def files(environment: Mapping[str, str], folder: Path) -> list[Path]:
    """The config files that apply: ``opttius.toml`` here or in the nearest parent, then the user's."""
    nearest = next((here / FILE for here in (folder, *folder.parents) if (here / FILE).is_file()), None)
    users = user_folder(environment) / FILE
    return [file for file in (nearest, users) if file and file.is_file()]


def user_folder(environment: Mapping[str, str]) -> Path:
    """The user's config folder, which also holds ``reports/``."""
    if environment.get("OPTTIUS_CONFIG_DIR"):
        return Path(environment["OPTTIUS_CONFIG_DIR"])
    import platformdirs

    return Path(platformdirs.user_config_dir("opttius", appauthor=False))


def cache_folder(config: Config, environment: Mapping[str, str]) -> Path:
    """The folder of snapshots."""
    if config.cache_folder or environment.get("OPTTIUS_CACHE_DIR"):
        return Path(config.cache_folder or environment["OPTTIUS_CACHE_DIR"]).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("opttius", appauthor=False))


def state_folder(environment: Mapping[str, str]) -> Path:
    """The folder of logs."""
    if environment.get("OPTTIUS_STATE_DIR"):
        return Path(environment["OPTTIUS_STATE_DIR"])
    import platformdirs

    return Path(platformdirs.user_state_dir("opttius", appauthor=False))


_PATHS = {"source", "cache.folder"}


def _beside(file: Path, value: Any) -> Any:
    """A relative path of a config file is relative to that file, wherever the command runs."""
    if not isinstance(value, str) or not value.strip() or "://" in value or value.startswith("service="):
        return value
    return str(file.parent / Path(value).expanduser())


_FREE_TABLES = {"reports"}
"""Tables of the file that hold definitions, not settings."""


def read_file(file: Path) -> dict[str, Any]:
    """The settings of one file by dotted key. Raises ConfigError for bad TOML or a key that does not exist."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(_("{file} cannot be read: {why}", file=file, why=error)) from error
    known = settings()
    flat: dict[str, Any] = {}
    for key, value in document.items():
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
    """The default of a declared setting."""
    return item.default if item.default is not MISSING else item.default_factory()
