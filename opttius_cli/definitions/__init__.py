"""The jobs that ``opttius.toml`` defines, read into frozen values; every error names file, line and key."""

from opttius_cli.definitions.model import Alert, Definition, Known, Schedule
from opttius_cli.definitions.reading import DEFAULT_ZONE, named, read

__all__ = ["DEFAULT_ZONE", "Alert", "Definition", "Known", "Schedule", "named", "read"]
