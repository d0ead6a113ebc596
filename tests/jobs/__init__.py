"""Jobs: what cron runs."""
