"""One file per command and nothing else: options in, one call, write the answer."""
