"""The live PostgreSQL database as a source: one read-only transaction, only the columns that reports need."""
