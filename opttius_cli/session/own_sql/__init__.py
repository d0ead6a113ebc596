"""SQL that a user wrote, in a session: its process, its answer, and the tables that it may read."""
