"""Calendars as other programs keep them (RFC 5545): which events are in them, and when each of a series takes place."""
