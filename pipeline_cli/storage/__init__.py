"""One SQLite file, and every SQL statement."""
