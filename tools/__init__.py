"""What the program is made of, and whether anything of it is known to be unsafe."""
