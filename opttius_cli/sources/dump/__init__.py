"""A plain pg_dump file as a source: scanned line by line, its rows cut out for DuckDB."""
