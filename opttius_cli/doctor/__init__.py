"""Why a source does not work, looked at step by step, each with what to do about it."""

from opttius_cli.doctor.examining import examine, role_for
from opttius_cli.doctor.findings import STEPS, Finding, State

__all__ = ["STEPS", "Finding", "State", "examine", "role_for"]
