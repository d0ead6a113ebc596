"""Reports: SQL files with a header. This package finds, reads and validates them, and lays out answers."""
