"""Methods of slide, exact and heuristic alike: one a file."""
