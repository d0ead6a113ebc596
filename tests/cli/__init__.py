"""The command line from outside: what goes to stdout, what to stderr, and the exit code, each by itself."""
