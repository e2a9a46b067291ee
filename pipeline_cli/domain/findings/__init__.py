"""What the health report ends with: a list of small functions, each of which speaks or keeps silent."""
