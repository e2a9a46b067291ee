"""An import into the record, in one transaction."""
