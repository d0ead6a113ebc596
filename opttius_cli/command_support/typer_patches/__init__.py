"""What the program changes in Typer: faster parsing of a command line, and its texts in both languages."""
