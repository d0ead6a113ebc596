"""The checks of ``opttius doctor``: each step towards a source gets a finding with a remedy."""

from opttius_cli.doctor.examining import examine, role_for
from opttius_cli.doctor.findings import STEPS, Finding, State
from opttius_cli.sources.postgres.role import must_be_possible

__all__ = ["STEPS", "Finding", "State", "examine", "must_be_possible", "role_for"]
