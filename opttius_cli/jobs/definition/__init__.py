"""The jobs that ``opttius.toml`` defines, read into frozen values; every error names file, line and key."""

from opttius_cli.jobs.definition.loader import find_job, load_jobs
from opttius_cli.jobs.definition.model import Alert, AllowedValues, Job, Schedule

__all__ = ["Alert", "AllowedValues", "Job", "Schedule", "find_job", "load_jobs"]
