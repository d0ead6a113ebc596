"""Declare the tables and columns of the source as data."""
