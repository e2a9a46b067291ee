"""Mail as it lies on the disk or on a server, read for capture: headers, and of bodies no more than was asked for."""
