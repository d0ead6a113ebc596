"""The shop's own database as a source: read-only, in one transaction, only what a report may need."""
