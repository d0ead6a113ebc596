"""Reports: SQL files with a header, found, read and checked; a dashboard is a list of them."""
