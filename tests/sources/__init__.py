"""Sources: every form that an export takes, and everything that can be wrong with one."""
