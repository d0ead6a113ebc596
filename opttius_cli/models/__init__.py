"""Models: numbers in, numbers out; no SQL and no files."""
