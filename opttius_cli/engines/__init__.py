"""Engines that run the SQL of reports and return Arrow tables."""
