"""Keep one DuckDB file per source: built beside the old one, published by rename, opened read-only."""
