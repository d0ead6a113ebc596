"""How the files, columns and words of people's own stand for the catalog's: ``[tables]``, ``[columns]`` and more."""

from opttius_cli.sources.mapping.build_mapping import build_mapping, read_mapping
from opttius_cli.sources.mapping.source_mapping import SourceMapping

__all__ = ["SourceMapping", "build_mapping", "read_mapping"]
