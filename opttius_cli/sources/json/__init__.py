"""A JSON export as a source: an array of objects, or one object per line."""
