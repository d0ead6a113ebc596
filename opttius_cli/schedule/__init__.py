"""When reports are due, and the lines by which cron or systemd calls for them."""
