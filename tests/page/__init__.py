"""The HTML page: what stands in its file, and what a real browser makes of it."""
