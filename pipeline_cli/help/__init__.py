"""Short pages on what the commands share, one text file each, for `pipeline help TOPIC`."""
