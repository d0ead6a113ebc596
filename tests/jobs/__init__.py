"""Reports that are made by themselves."""
