"""Best known values beside the instances."""
