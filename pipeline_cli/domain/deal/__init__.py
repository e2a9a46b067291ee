"""The record's nouns, and every change to them as a value."""
