"""What closed deals teach: which differences between won and lost are proven, and where the effort went."""
