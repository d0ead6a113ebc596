"""Generate a realistic optical shop of any size from a seed: the same arguments give the same bytes."""

from opttius_cli.sample.generator import LOYALTY, FileFormat, OddCase, generate_sample, list_odd_cases

__all__ = ["LOYALTY", "FileFormat", "OddCase", "generate_sample", "list_odd_cases"]
