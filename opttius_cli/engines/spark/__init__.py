"""Spark Connect as an engine: a dialect for the project's SQL, and a session on a lake.

Only this folder knows pyspark and sqlglot.
"""
