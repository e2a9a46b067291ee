"""One file a report: columns over records."""
