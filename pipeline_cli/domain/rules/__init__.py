"""What pipeline.yaml asks, and every rule that judges a deal by it."""
