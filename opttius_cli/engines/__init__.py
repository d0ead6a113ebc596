"""Engines that run the SQL of reports and return Arrow tables: a small Protocol, and DuckDB behind it."""
