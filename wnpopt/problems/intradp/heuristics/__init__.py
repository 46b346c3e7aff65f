"""Heuristics and baselines: one method a file."""
