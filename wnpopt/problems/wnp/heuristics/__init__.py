"""Heuristics of wnp, one a file."""
