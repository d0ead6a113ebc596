"""Render an answer as bytes, one module per format. A renderer sees an Answer and nothing else."""
