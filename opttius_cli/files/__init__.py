"""Write, lock and protect files."""
