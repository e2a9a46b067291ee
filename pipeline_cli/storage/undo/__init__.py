"""The journal of every write, and how it takes operations back."""
