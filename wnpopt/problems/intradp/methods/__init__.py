"""Methods of intradp, exact and heuristic alike: one a file."""
