"""Mathematical programmes: one formulation a file."""
