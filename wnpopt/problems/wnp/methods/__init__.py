"""Methods of wnp, exact and heuristic alike: one a file."""
