"""The values that SQL gets: of every query, of the worklist, and what models learn for the others."""
