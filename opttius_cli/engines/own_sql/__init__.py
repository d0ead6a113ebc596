"""SQL that a user wrote: one SELECT on masked views of its scope, run in a process that is killed at its limits."""
