"""One file per command: options in, one call, render."""
