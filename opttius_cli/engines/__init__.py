"""Engines that work out reports: each takes a question and answers Arrow tables."""
