"""What changed since last week, and what to decide."""
