"""What the commands share: options, requests, answers written, a watched screen, the audit of a run."""
