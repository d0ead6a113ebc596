"""The live source, on a real PostgreSQL server."""
