"""Backup, restore, check, repair, forget: what keeps the record whole."""
