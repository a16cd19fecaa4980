"""What a run shows on a terminal: progress bars, log lines, the table at the end."""
