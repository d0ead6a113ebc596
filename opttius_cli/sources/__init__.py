"""Read external rows. A source returns the parts of each table and does nothing else."""
