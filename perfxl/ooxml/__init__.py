"""What an Office file is, and nothing of performance contracts."""
