"""Statements that take long or much: each runs far beyond small limits when nothing kills it."""

from __future__ import annotations

HUNGRY = {
    "text": "SELECT damerau_levenshtein(repeat('ab', 40000), repeat('ba', 40000)) AS n",
    "plan": f"SELECT 1 AS n {'UNION SELECT 1 ' * 8000}",
    "bytes": "SELECT length(repeat(repeat('x', 100000), 60000)) AS n",
    "rows": "SELECT list(range) AS n FROM range(300000000)",
}
"""By what they need."""
