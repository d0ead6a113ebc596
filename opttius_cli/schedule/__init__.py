"""When jobs are due, and the entries by which cron or systemd starts them."""
