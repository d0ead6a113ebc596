"""The checks of ``opttius doctor``: each step towards a source gets a finding with a remedy."""

from opttius_cli.doctor.checks import build_role_sql, run_checks
from opttius_cli.doctor.findings import STEPS, Finding, State
from opttius_cli.sources.postgres.role_sql import check_role_name

__all__ = ["STEPS", "Finding", "State", "build_role_sql", "check_role_name", "run_checks"]
