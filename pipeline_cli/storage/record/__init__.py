"""Reading and writing the record."""
